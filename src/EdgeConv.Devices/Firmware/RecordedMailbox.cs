using System.Buffers.Text;
using System.Runtime.InteropServices;

namespace EdgeConv.Devices.Firmware;

/// <summary>
/// A firmware's answers in a file of text in the mailbox's place: what <c>vcgencmd get_throttled</c> and
/// <c>vcgencmd pmic_read_adc</c> printed, one behind the other.
/// </summary>
internal sealed class RecordedMailbox(SysFile file) : IMailbox
{
    private const int LargestFile = 2048;

    /// <inheritdoc/>
    public int Call(Span<uint> message)
    {
        Span<byte> bytes = stackalloc byte[LargestFile];
        int read = file.Read(bytes);
        if (read < 0)
            return read;
        message[1] = RaspberryPi.Understood;
        ReadOnlySpan<byte> text = bytes[..read];
        if (message[2] == RaspberryPi.ThrottledTag)
            GiveThrottled(text, message);
        else
            GivePmic(text, message);
        return 0;
    }

    private static void GiveThrottled(ReadOnlySpan<byte> text, Span<uint> message)
    {
        ReadOnlySpan<byte> key = "throttled=0x"u8;
        int begin = text.IndexOf(key);
        if (begin < 0 || !Utf8Parser.TryParse(text[(begin + key.Length)..], out uint word, out _, 'x'))
            return;
        message[4] = RaspberryPi.Understood | sizeof(uint);
        message[RaspberryPi.Value] = word;
    }

    private static void GivePmic(ReadOnlySpan<byte> text, Span<uint> message)
    {
        Span<byte> answer = MemoryMarshal.AsBytes(message[(RaspberryPi.Value + 1)..^1]);
        bool isKnown = answer.StartsWith("pmic_read_adc\0"u8) && text.Contains((byte)'(');
        // The firmware of a board without this chip refuses the command.
        message[RaspberryPi.Value] = isKnown ? 0u : 1u;
        answer.Clear();
        int length = 0;
        foreach (Range range in text.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = text[range];
            if (line.StartsWith("throttled="u8) || length + line.Length + 1 >= answer.Length)
                continue;
            line.CopyTo(answer[length..]);
            length += line.Length;
            answer[length++] = (byte)'\n';
        }
    }
}
