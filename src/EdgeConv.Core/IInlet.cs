namespace EdgeConv.Core;

/// <summary>Where messages arrive, each to be settled: a subscription at a broker.</summary>
/// <remarks>
/// One reader at a time. After a <see cref="DeviceError"/> the next call connects anew, and what was not settled
/// comes again.
/// </remarks>
public interface IInlet : IAsyncDisposable
{
    /// <summary>Name for messages: <c>mqtt:sensors/+/window</c>.</summary>
    string Name { get; }

    /// <summary>Connects and subscribes, unless that is done already.</summary>
    /// <exception cref="DeviceError">Not reached, or refused: names the address and what would help.</exception>
    ValueTask OpenAsync(CancellationToken cancellation);

    /// <summary>Waits for the next message. Whoever takes it settles it.</summary>
    /// <exception cref="DeviceError">The connection could not be made, or was lost.</exception>
    /// <exception cref="DataError">A message that is none of this inlet's; it is settled already.</exception>
    ValueTask<Delivery> ReceiveAsync(CancellationToken cancellation);
}

/// <summary>One message that has arrived.</summary>
public abstract class Delivery : IReceipt
{
    /// <summary>What it was sent under.</summary>
    public required string Topic { get; init; }

    /// <summary>Its content; stays as it is as long as it is referred to.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>When it arrived, UTC.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>When it arrived, <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public required long ArrivedAt { get; init; }

    /// <summary>What its sender wants to find in the answer; empty for nothing.</summary>
    public ReadOnlyMemory<byte> Correlation { get; init; }

    /// <inheritdoc/>
    public abstract void Settle(Settlement settlement);
}
