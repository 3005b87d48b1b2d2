using System.Net;
using System.Net.Sockets;
using EdgeConv.Core;
using EdgeConv.Daemon.Options;
using Prometheus;

namespace EdgeConv.Daemon.Metering;

/// <summary>Serves metrics at <c>http://BIND:PORT/metrics</c> in the text format of Prometheus.</summary>
internal sealed class MetricsEndpoint : IDisposable
{
    private readonly MetricServer _server;

    /// <summary>Begins to listen.</summary>
    /// <param name="options">Where.</param>
    /// <param name="file">The configuration, for messages.</param>
    /// <exception cref="ConfigError">The address cannot be listened on.</exception>
    public MetricsEndpoint(MetricsOptions options, string file)
    {
        // "+" is every address, and every name that leads to one.
        string host = options.Bind.Equals(IPAddress.Any) ? "+" : options.Bind.ToString();
        _server = new MetricServer(host, options.Port, registry: Metrics.Registry);
        try
        {
            _server.Start();
        }
        catch (Exception problem) when (problem is HttpListenerException or SocketException)
        {
            throw new ConfigError($"{file}: metrics",
                $"cannot listen on {new IPEndPoint(options.Bind, options.Port)}: {problem.Message}", problem);
        }
    }

    /// <summary>What it serves.</summary>
    public PipelineMetrics Metrics { get; } = new();

    /// <inheritdoc/>
    public void Dispose() => _server.Dispose();
}
