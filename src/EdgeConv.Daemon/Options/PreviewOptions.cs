using System.Net;
using System.Net.Sockets;
using EdgeConv.Core;

namespace EdgeConv.Daemon.Options;

/// <summary>Where pictures can be looked at live, by HTTP, from this machine alone.</summary>
/// <param name="Bind">IPv4 address of the loopback interface to listen on.</param>
/// <param name="Port">TCP port, 1..65535.</param>
/// <param name="RateHertz">Greatest rate of pictures, 1/s.</param>
internal sealed record PreviewOptions(IPAddress Bind, int Port, double RateHertz)
{
    private const int UsualPort = 9466;
    private const double UsualRate = 10;
    private static readonly NumberRange Rates = new(0.01, 120, "a rate in 1/s");

    /// <summary>Reads the <c>preview</c> section; null when there is none.</summary>
    /// <exception cref="ConfigError">The address is none of the loopback interface's.</exception>
    public static PreviewOptions? Read(ConfigSection? section)
    {
        if (section is null)
            return null;
        bool isEnabled = section.Flag("enabled", true);
        PreviewOptions options = new(
            section.Address("bind", IPAddress.Loopback), section.Integer("port", 1, 65535, UsualPort)!.Value,
            section.Number("rate_hz", Rates, UsualRate)!.Value);
        section.RefuseUnknown();
        if (!IPAddress.IsLoopback(options.Bind) || options.Bind.AddressFamily != AddressFamily.InterNetwork)
        {
            throw new ConfigError(section.PlaceOf("bind"),
                $"{options.Bind} is not of the loopback interface, 127.0.0.1, and a preview has no password; "
                    + "from elsewhere reach it through ssh -L or a proxy that has one");
        }

        return isEnabled ? options : null;
    }
}
