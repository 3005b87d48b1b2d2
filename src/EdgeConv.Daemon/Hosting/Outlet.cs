using EdgeConv.Core;
using EdgeConv.Mqtt;
using Microsoft.Extensions.Logging;

namespace EdgeConv.Daemon.Hosting;

/// <summary>Where results leave the daemon: the MQTT sink, and the embedded broker when no other is named.</summary>
internal sealed class Outlet : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly EmbeddedBroker? _broker;

    private Outlet(EmbeddedBroker? broker, MqttSink sink)
    {
        _broker = broker;
        Sink = sink;
    }

    /// <summary>The sink.</summary>
    public MqttSink Sink { get; }

    /// <summary>Starts broker and sink.</summary>
    /// <exception cref="ConfigError">The embedded broker's address cannot be listened on.</exception>
    public static async Task<Outlet> StartAsync(
        MqttOptions options, EmbeddedBrokerOptions embedded, ILogger logger, TimeProvider time)
    {
        EmbeddedBroker? broker = options.Host is null ? await EmbeddedBroker.StartAsync(embedded).ConfigureAwait(false) : null;
        MqttSink sink = MqttSink.Start(broker?.Reach(options) ?? options, status => Report(logger, status), time);
        return new Outlet(broker, sink);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => new(StopAsync(Patience));

    /// <summary>Sends what is queued and says goodbye, in about <paramref name="limit"/>.</summary>
    public async Task StopAsync(TimeSpan limit)
    {
        await Sink.StopAsync(limit).ConfigureAwait(false);
        if (_broker is not null)
            await _broker.DisposeAsync().ConfigureAwait(false);
    }

    private static void Report(ILogger logger, MqttStatus status)
    {
        if (status.IsProblem)
            logger.MqttProblem(status.Message);
        else
            logger.Mqtt(status.Message);
    }
}
