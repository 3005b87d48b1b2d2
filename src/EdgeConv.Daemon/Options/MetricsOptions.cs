using System.Net;
using System.Net.Sockets;
using EdgeConv.Core;

namespace EdgeConv.Daemon.Options;

/// <summary>Where metrics can be fetched by HTTP.</summary>
/// <param name="Bind">IPv4 address to listen on.</param>
/// <param name="Port">TCP port, 1..65535.</param>
internal sealed record MetricsOptions(IPAddress Bind, int Port)
{
    private const int UsualPort = 9464;

    /// <summary>Reads the <c>metrics</c> section; null when there is none.</summary>
    /// <exception cref="ConfigError">The address is none of IPv4.</exception>
    public static MetricsOptions? Read(ConfigSection? section)
    {
        if (section is null)
            return null;
        MetricsOptions options = new(
            section.Address("bind", IPAddress.Loopback), section.Integer("port", 1, 65535, UsualPort)!.Value);
        section.RefuseUnknown();
        // HttpListener takes no other.
        if (options.Bind.AddressFamily != AddressFamily.InterNetwork)
            throw new ConfigError(section.PlaceOf("bind"), $"{options.Bind} is no IPv4 address, which metrics need");
        return options;
    }
}
