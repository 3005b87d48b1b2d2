using System.Text;

namespace EdgeConv.Devices.Tests.Support;

/// <summary>Hands out the messages of a test, and remembers how each was settled.</summary>
internal sealed class ScriptedInlet : IInlet
{
    private readonly Queue<Message> _messages = new();

    public string Name => "mqtt:test/#";

    public List<Message> Taken { get; } = [];

    public static ScriptedInlet Of(params string[] payloads) =>
        Of([.. payloads.Select(Encoding.UTF8.GetBytes)]);

    public static ScriptedInlet Of(params byte[][] payloads)
    {
        ScriptedInlet inlet = new();
        foreach (byte[] payload in payloads)
        {
            inlet._messages.Enqueue(new Message
            {
                Topic = "test/seven",
                Payload = payload,
                Timestamp = new DateTimeOffset(2026, 8, 1, 12, 0, 0, TimeSpan.Zero),
                ArrivedAt = 77,
                Correlation = new byte[] { 1, 2 },
            });
        }

        return inlet;
    }

    public ValueTask OpenAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

    public ValueTask<Delivery> ReceiveAsync(CancellationToken cancellation)
    {
        Message message = _messages.Dequeue();
        Taken.Add(message);
        return ValueTask.FromResult<Delivery>(message);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal sealed class Message : Delivery
    {
        public List<Settlement> Settlements { get; } = [];

        public override void Settle(Settlement settlement) => Settlements.Add(settlement);
    }
}
