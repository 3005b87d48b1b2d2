using System.Threading.Channels;

namespace EdgeConv.Mqtt.Tests.Brokers;

/// <summary>Collects what a sink reports.</summary>
public sealed class StatusLog
{
    private readonly Channel<MqttStatus> _channel = Channel.CreateUnbounded<MqttStatus>();
    private readonly List<MqttStatus> _all = [];

    public IReadOnlyList<MqttStatus> All
    {
        get
        {
            lock (_all)
                return [.. _all];
        }
    }

    public void Add(MqttStatus status)
    {
        lock (_all)
            _all.Add(status);
        _channel.Writer.TryWrite(status);
    }

    /// <summary>
    /// Waits for the next report of <paramref name="state"/>; its message must contain the words.
    /// </summary>
    public async Task WaitAsync(MqttState state, string words) =>
        Assert.Contains(words, (await WaitAsync(state)).Message, StringComparison.Ordinal);

    /// <summary>Waits for the next report of one of the states, passing over others.</summary>
    public async Task<MqttStatus> WaitAsync(params MqttState[] states)
    {
        using CancellationTokenSource timeout = Patience.Source();
        try
        {
            while (true)
            {
                MqttStatus status = await _channel.Reader.ReadAsync(timeout.Token);
                if (states.Contains(status.State))
                    return status;
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException("reported only:\n" + string.Join('\n', All));
        }
    }
}
