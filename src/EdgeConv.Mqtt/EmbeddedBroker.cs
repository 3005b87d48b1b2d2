using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using EdgeConv.Core;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace EdgeConv.Mqtt;

/// <summary>What the embedded broker offers, and to whom.</summary>
public sealed record EmbeddedBrokerOptions
{
    /// <summary>Address to listen on; beyond loopback only with a user and password.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>TCP port; 0 for any free one.</summary>
    public int Port { get; init; } = 1883;

    /// <summary>User that clients must name, or null for any.</summary>
    public string? User { get; init; }

    /// <summary>That user's password.</summary>
    public string? Password { get; init; }

    /// <summary>Clients connected at the same time.</summary>
    public int MaxConnections { get; init; } = 64;

    /// <summary>Messages kept for a slow client; at more its oldest are dropped.</summary>
    public int MaxPendingMessages { get; init; } = 1000;

    /// <summary>All but the password.</summary>
    public override string ToString() => $"embedded broker on {Address}:{Port}";
}

/// <summary>
/// A small MQTT 5 and 3.1.1 broker in this process, for when there is no other. Retained messages live as
/// long as it does.
/// </summary>
public sealed class EmbeddedBroker : IAsyncDisposable
{
    private const int PortTries = 10;
    private readonly EmbeddedBrokerOptions _options;
    private readonly MqttServer _server;

    private EmbeddedBroker(EmbeddedBrokerOptions options, MqttServer server, int port)
    {
        _options = options;
        _server = server;
        Port = port;
        server.ValidatingConnectionAsync += ValidateAsync;
    }

    /// <summary>The port it listens on.</summary>
    public int Port { get; }

    /// <summary>Starts it.</summary>
    /// <exception cref="ConfigError">The port is taken, or the options open it to everybody.</exception>
    public static async Task<EmbeddedBroker> StartAsync(EmbeddedBrokerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!IPAddress.IsLoopback(options.Address) && (options.User is null || options.Password is null))
        {
            throw new ConfigError(
                "mqtt",
                $"the embedded broker on {options.Address} is not on loopback: it needs a user and password");
        }

        for (int attempt = 1; ; attempt++)
        {
            int port = options.Port != 0 ? options.Port : FreePort(options.Address);
            try
            {
                return await StartOnAsync(options, port).ConfigureAwait(false);
            }
            catch (SocketException error) when (options.Port != 0 || attempt == PortTries)
            {
                throw new ConfigError(
                    "mqtt.port",
                    $"cannot start the embedded broker on {options.Address}:{port}: {error.SocketErrorCode};"
                    + " name another port, or the broker that is there as mqtt.host",
                    error);
            }
            catch (SocketException)
            {
                // Somebody took the free port first.
            }
        }
    }

    /// <summary><paramref name="options"/> changed so that a client reaches this broker.</summary>
    public MqttOptions Reach(MqttOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        IPAddress address = _options.Address;
        if (address.Equals(IPAddress.Any))
            address = IPAddress.Loopback;
        else if (address.Equals(IPAddress.IPv6Any))
            address = IPAddress.IPv6Loopback;
        return options with
        {
            Host = address.ToString(),
            Port = Port,
            User = _options.User,
            Password = _options.Password,
            Tls = null,
        };
    }

    /// <summary>Disconnects the clients and frees the port.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_server.IsStarted)
            await _server.StopAsync(new MqttServerStopOptions()).ConfigureAwait(false);
        _server.Dispose();
    }

    private static async Task<EmbeddedBroker> StartOnAsync(EmbeddedBrokerOptions options, int port)
    {
        MqttServerOptionsBuilder builder = new MqttServerOptionsBuilder()
            .WithDefaultEndpoint()
            .WithDefaultEndpointPort(port)
            .WithPersistentSessions(false)
            .WithMaxPendingMessagesPerClient(options.MaxPendingMessages)
            .WithPendingMessagesOverflowStrategy(MqttPendingMessagesOverflowStrategy.DropOldestQueuedMessage);
        bool v6 = options.Address.AddressFamily == AddressFamily.InterNetworkV6;
        builder.WithDefaultEndpointBoundIPAddress(v6 ? IPAddress.None : options.Address);
        builder.WithDefaultEndpointBoundIPV6Address(v6 ? options.Address : IPAddress.None);
        MqttServer server = new MqttServerFactory().CreateMqttServer(builder.Build());
        EmbeddedBroker broker = new(options, server, port);
        try
        {
            await server.StartAsync().ConfigureAwait(false);
            return broker;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    private static int FreePort(IPAddress address)
    {
        using TcpListener listener = new(address, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task ValidateAsync(ValidatingConnectionEventArgs connection)
    {
        if (!Knows(connection))
        {
            connection.ReasonCode = MqttConnectReasonCode.BadUserNameOrPassword;
            return;
        }

        IList<MqttClientStatus> clients = await _server.GetClientsAsync().ConfigureAwait(false);
        bool isKnown = clients.Any(client => client.Id == connection.ClientId);
        if (clients.Count >= _options.MaxConnections && !isKnown)
            connection.ReasonCode = MqttConnectReasonCode.ServerBusy;
    }

    private bool Knows(ValidatingConnectionEventArgs connection) =>
        _options.User is null || (AreEqual(connection.UserName, _options.User)
            & AreEqual(connection.Password, _options.Password));

    private static bool AreEqual(string? given, string? right) => CryptographicOperations.FixedTimeEquals(
        Encoding.UTF8.GetBytes(given ?? ""), Encoding.UTF8.GetBytes(right ?? ""));
}
