using EdgeConv.Core;
using EdgeConv.Mqtt.Tests.Brokers;

namespace EdgeConv.Mqtt.Tests;

/// <summary>Remembers how it was settled first.</summary>
internal sealed class RecordingReceipt : IReceipt
{
    private readonly TaskCompletionSource<Settlement> _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How; null when it is not.</summary>
    public Settlement? Settlement => _settled.Task.IsCompleted ? _settled.Task.Result : null;

    /// <summary>How, once it is.</summary>
    public Task<Settlement> Settled => _settled.Task.WaitAsync(Patience.Limit);

    public void Settle(Settlement settlement) => _settled.TrySetResult(settlement);
}
