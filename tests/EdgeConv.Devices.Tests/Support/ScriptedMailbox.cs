using System.Runtime.InteropServices;
using System.Text;
using EdgeConv.Devices.Firmware;

namespace EdgeConv.Devices.Tests.Support;

/// <summary>
/// A firmware that answers as the test says, and notes what it is asked; leaves messages as they are when there
/// is no answer left.
/// </summary>
internal sealed class ScriptedMailbox : IMailbox
{
    private readonly Queue<Action<uint[]>> _replies = [];

    /// <summary>What each call ends in.</summary>
    public int Status { get; set; }

    /// <summary>Messages as they came.</summary>
    public List<uint[]> Requests { get; } = [];

    /// <summary>What becomes of the next message.</summary>
    public void Then(Action<uint[]> reply) => _replies.Enqueue(reply);

    /// <summary>The next command prints this.</summary>
    public void ThenPrint(string text) => Then(message =>
    {
        message.AsSpan(5).Clear();
        message[1] = 0x80000000;
        Encoding.UTF8.GetBytes(text, MemoryMarshal.AsBytes(message.AsSpan(6)));
    });

    public int Call(Span<uint> message)
    {
        Requests.Add(message.ToArray());
        if (Status != 0 || !_replies.TryDequeue(out Action<uint[]>? reply))
            return Status;
        uint[] answer = message.ToArray();
        reply(answer);
        answer.CopyTo(message);
        return 0;
    }
}
