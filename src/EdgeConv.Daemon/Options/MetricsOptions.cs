using System.Net;
using EdgeConv.Core;

namespace EdgeConv.Daemon.Options;

/// <summary>Where metrics can be fetched by HTTP.</summary>
/// <param name="Bind">Address to listen on.</param>
/// <param name="Port">TCP port, 1..65535.</param>
internal sealed record MetricsOptions(IPAddress Bind, int Port)
{
    private const int UsualPort = 9464;

    /// <summary>Reads the <c>metrics</c> section; null when there is none.</summary>
    /// <exception cref="ConfigError">The address is none.</exception>
    public static MetricsOptions? Read(ConfigSection? section)
    {
        if (section is null)
            return null;
        MetricsOptions options = new(
            section.Address("bind", IPAddress.Loopback), section.Integer("port", 1, 65535, UsualPort)!.Value);
        section.RefuseUnknown();
        return options;
    }
}
