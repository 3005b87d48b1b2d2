using System.Runtime.InteropServices;
using System.Text;
using EdgeConv.Core;

namespace EdgeConv.Devices.Firmware;

/// <summary>
/// What a Raspberry Pi's firmware answers through its mailbox. Not safe to call from several threads at once.
/// </summary>
/// <remarks>
/// Tags as in raspberrypi/firmware's wiki page "Mailbox property interface"; that of commands is the one
/// <c>vcgencmd</c> uses.
/// </remarks>
internal sealed class RaspberryPi(IMailbox mailbox)
{
    /// <summary>Where the mailbox is.</summary>
    public const string Device = "dev/vcio";

    /// <summary>Asks for the throttle word.</summary>
    public const uint ThrottledTag = 0x00030046;

    /// <summary>Asks for what a command of vcgencmd prints.</summary>
    public const uint CommandTag = 0x00030080;

    /// <summary>What the firmware sets in a message, and in a tag, that it has understood.</summary>
    public const uint Understood = 0x80000000;

    /// <summary>Index of a message's first value.</summary>
    public const int Value = 5;

    private const int PermissionDenied = -13;
    private const int LongestText = 1024;
    private readonly uint[] _message = new uint[Value + 1 + (LongestText / sizeof(uint)) + 1];

    /// <summary>Whether there is a mailbox that this process may not use.</summary>
    public bool IsDenied { get; private set; }

    /// <summary>Whether the firmware has answered the last command with a refusal.</summary>
    public bool IsRefused { get; private set; }

    /// <summary>The firmware of the board below a root; a folder holds what vcgencmd printed.</summary>
    public static RaspberryPi Below(SysRoot root) => new(root.IsRedirected
        ? new RecordedMailbox(root.File("", Device))
        : new VcioMailbox(Encoding.UTF8.GetBytes(root.Folder(Device) + '\0')));

    /// <summary>Why the processor is slowed down; null when the firmware does not tell.</summary>
    public Throttling? Throttling()
    {
        Span<uint> message = _message.AsSpan(0, Value + 2);
        // Value 0: none of the bits since boot is cleared.
        message.Clear();
        bool isAnswered = Ask(message, ThrottledTag, sizeof(uint)) && (message[4] & Understood) != 0;
        return isAnswered
            ? (Throttling)message[Value] & (Core.Throttling.Now | Core.Throttling.SinceBoot)
            : null;
    }

    /// <summary>
    /// What a command prints, UTF-8, until the next call; empty when the firmware refuses or cannot be asked.
    /// </summary>
    /// <param name="command">At most 1023 bytes.</param>
    public ReadOnlySpan<byte> Answer(ReadOnlySpan<byte> command)
    {
        _message.AsSpan().Clear();
        Span<byte> text = MemoryMarshal.AsBytes(_message.AsSpan()[(Value + 1)..^1]);
        command.CopyTo(text);
        bool isAnswered = Ask(_message, CommandTag, LongestText);
        IsRefused = isAnswered && _message[Value] != 0;
        if (!isAnswered || IsRefused)
            return default;
        int end = text.IndexOf((byte)0);
        return end < 0 ? default : text[..end];
    }

    private bool Ask(Span<uint> message, uint tag, int valueBytes)
    {
        message[0] = (uint)(message.Length * sizeof(uint));
        message[2] = tag;
        message[3] = (uint)valueBytes;
        int status = mailbox.Call(message);
        IsDenied = status == PermissionDenied;
        return status >= 0 && message[1] == Understood;
    }
}
