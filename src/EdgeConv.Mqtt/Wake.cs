using System.Threading.Channels;

namespace EdgeConv.Mqtt;

/// <summary>
/// Wakes the one task that waits: several calls before it looks count as one. Setting never waits.
/// </summary>
internal sealed class Wake
{
    private readonly Channel<bool> _channel = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    public void Set() => _channel.Writer.TryWrite(true);

    public ValueTask<bool> WaitAsync() => _channel.Reader.ReadAsync();
}
