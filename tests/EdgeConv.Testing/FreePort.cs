using System.Net;
using System.Net.Sockets;

namespace EdgeConv.Testing;

/// <summary>Ports of loopback that nobody listens on.</summary>
public static class FreePort
{
    /// <summary>A port that is free now; another program may take it.</summary>
    public static int Find()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
