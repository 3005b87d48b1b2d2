using System.Net;
using System.Net.Sockets;
using EdgeConv.Core;
using EdgeConv.Daemon.Options;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace EdgeConv.Daemon.Metering;

/// <summary>Serves metrics at <c>http://BIND:PORT/metrics</c> in the text format of Prometheus.</summary>
internal sealed class MetricsEndpoint : IDisposable
{
    private readonly MeterProvider _provider;

    /// <summary>Begins to listen.</summary>
    /// <param name="options">Where.</param>
    /// <param name="file">The configuration, for messages.</param>
    /// <exception cref="ConfigError">The address cannot be listened on.</exception>
    public MetricsEndpoint(MetricsOptions options, string file)
    {
        Metrics = new PipelineMetrics();
        try
        {
            _provider = Sdk.CreateMeterProviderBuilder()
                .ConfigureResource(
                    resource => resource.Clear().AddService("edgeconv", serviceVersion: ProductVersion.Number))
                .AddMeter(PipelineMetrics.MeterName)
                .AddPrometheusHttpListener(listener =>
                {
                    listener.Host = HostOf(options.Bind);
                    listener.Port = options.Port;
                    listener.ScopeInfoEnabled = false;
                })
                .Build();
        }
        catch (Exception problem)
            when (problem is HttpListenerException or SocketException or InvalidOperationException)
        {
            Metrics.Dispose();
            throw new ConfigError($"{file}: metrics",
                $"cannot listen on {new IPEndPoint(options.Bind, options.Port)}: {problem.Message}", problem);
        }
    }

    /// <summary>The instruments.</summary>
    public PipelineMetrics Metrics { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _provider.Dispose();
        Metrics.Dispose();
    }

    // The listener knows addresses by name: "+" is every one.
    private static string HostOf(IPAddress bind) =>
        bind.Equals(IPAddress.Any) || bind.Equals(IPAddress.IPv6Any) ? "+"
        : bind.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{bind}]"
        : bind.ToString();
}
