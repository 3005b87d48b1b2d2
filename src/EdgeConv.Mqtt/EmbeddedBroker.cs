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
    public int MaxConnections { get; init; } = 32;

    /// <summary>Messages kept for a slow client; at more its oldest are dropped.</summary>
    public int MaxPendingMessages { get; init; } = 256;

    /// <summary>
    /// Bytes of the largest packet, announced to clients; a larger one ends the connection.
    /// </summary>
    public int MaxPacketBytes { get; init; } = 1 << 16;

    /// <summary>Topics whose last message is retained; messages on more are refused.</summary>
    public int MaxRetainedMessages { get; init; } = 1000;

    /// <summary>Bytes of all retained messages together; what would exceed them is refused.</summary>
    public long MaxRetainedBytes { get; init; } = 4 << 20;

    /// <summary>Topic filters of one client; more are refused.</summary>
    public int MaxSubscriptions { get; init; } = 100;

    /// <summary>All but the password.</summary>
    public override string ToString() => $"embedded broker on {Address}:{Port}";
}

/// <summary>
/// A small MQTT 5 and 3.1.1 broker in this process, for when there is no other. Retained messages live as
/// long as it does. What clients can make it keep is bounded: connections, packets, queues, retained messages
/// and subscriptions; sessions end with their connection.
/// </summary>
public sealed class EmbeddedBroker : IAsyncDisposable
{
    /// <summary>Sockets beyond the connections allowed, to answer who is one too many.</summary>
    private const int SpareSockets = 8;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private readonly EmbeddedBrokerOptions _options;
    private readonly MqttServer _server;
    private readonly TcpServerAdapter _adapter;

    private EmbeddedBroker(EmbeddedBrokerOptions options, MqttServer server, TcpServerAdapter adapter)
    {
        _options = options;
        _server = server;
        _adapter = adapter;
        server.ValidatingConnectionAsync += ValidateAsync;
        ClientLimits.Impose(options, server);
    }

    /// <summary>The port it listens on.</summary>
    public int Port => _adapter.Port;

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

        try
        {
            return await ListenAsync(options).ConfigureAwait(false);
        }
        catch (SocketException error)
        {
            throw new ConfigError(
                "mqtt.port",
                $"cannot start the embedded broker on {options.Address}:{options.Port}: {error.SocketErrorCode};"
                + " name another port, or the broker that is there as mqtt.host",
                error);
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
            // Only MQTT 5 lets the broker tell how large a packet may be.
            Protocol = MqttProtocol.V5,
        };
    }

    /// <summary>Disconnects the clients and frees the port.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_server.IsStarted)
            await _server.StopAsync(new MqttServerStopOptions()).ConfigureAwait(false);
        _server.Dispose();
    }

    private static async Task<EmbeddedBroker> ListenAsync(EmbeddedBrokerOptions options)
    {
        MqttServerOptions server = new MqttServerOptionsBuilder()
            .WithoutDefaultEndpoint()
            .WithDefaultCommunicationTimeout(s_patience)
            .WithPersistentSessions(false)
            .WithMaxPendingMessagesPerClient(options.MaxPendingMessages)
            .WithPendingMessagesOverflowStrategy(MqttPendingMessagesOverflowStrategy.DropOldestQueuedMessage)
            .Build();
        TcpServerAdapter adapter = new(
            new IPEndPoint(options.Address, options.Port),
            options.MaxConnections + SpareSockets, options.MaxPacketBytes);
        EmbeddedBroker broker = new(
            options, new MqttServerFactory().CreateMqttServer(server, [adapter]), adapter);
        try
        {
            await broker._server.StartAsync().ConfigureAwait(false);
            return broker;
        }
        catch
        {
            broker._server.Dispose();
            throw;
        }
    }

    private async Task ValidateAsync(ValidatingConnectionEventArgs connection)
    {
        if (!Knows(connection))
        {
            connection.ReasonCode = MqttConnectReasonCode.BadUserNameOrPassword;
            return;
        }

        // With MQTT 5 a client may leave its name to the broker.
        if (connection.ClientId.Length == 0)
            connection.AssignedClientIdentifier = $"client-{Guid.NewGuid():N}";
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
