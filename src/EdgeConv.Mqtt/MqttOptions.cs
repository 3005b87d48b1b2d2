using System.Text;
using EdgeConv.Core;

namespace EdgeConv.Mqtt;

/// <summary>Which MQTT is spoken.</summary>
public enum MqttProtocol
{
    /// <summary>MQTT 3.1.1: no expiry, no content type, no reasons.</summary>
    V311,

    /// <summary>MQTT 5.</summary>
    V5,
}

/// <summary>
/// Whom to trust, and who we are, over TLS (1.2 or 1.3). Certificates are never taken unchecked.
/// </summary>
public sealed record MqttTls
{
    /// <summary>PEM file of the authorities to trust; null for those of the system.</summary>
    public string? CaFile { get; init; }

    /// <summary>PEM file of our own certificate; null when the broker asks for none.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>PEM file of that certificate's private key, without passphrase.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Name the broker's certificate must carry; null for the host that is connected to.</summary>
    public string? ServerName { get; init; }
}

/// <summary>How to reach the broker and what to owe it while it is away.</summary>
public sealed record MqttOptions
{
    /// <summary>This machine's host name as a topic level.</summary>
    public static string Node { get; } = Topics.NameFrom(Environment.MachineName);

    /// <summary>Host name or address of the broker; null for the <see cref="EmbeddedBroker"/>.</summary>
    public string? Host { get; init; }

    /// <summary>TCP port; null for 1883, or 8883 with <see cref="Tls"/>.</summary>
    public int? Port { get; init; }

    /// <summary>What all topics start with, see <see cref="Topics"/>.</summary>
    public string Base { get; init; } = $"edgeconv/{Node}";

    /// <summary>
    /// Client identifier; must be the same at every start and differ from every other client's.
    /// </summary>
    public string ClientId { get; init; } = $"edgeconv-{Node}";

    /// <summary>Protocol version.</summary>
    public MqttProtocol Protocol { get; init; } = MqttProtocol.V5;

    /// <summary>User name, or null.</summary>
    public string? User { get; init; }

    /// <summary>Password, already read from its file or credential; or null.</summary>
    public string? Password { get; init; }

    /// <summary>TLS, or null for plain TCP.</summary>
    public MqttTls? Tls { get; init; }

    /// <summary>Longest silence towards the broker, 1 s to 65,535 s.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Results are at most (0) or at least (1) once delivered.</summary>
    public int Qos { get; init; } = 1;

    /// <summary>How long the broker may keep a result for a slow receiver (MQTT 5), at least 1 s.</summary>
    public TimeSpan ResultExpiry { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Results kept while the broker is away; at more the oldest is dropped.</summary>
    public int QueueLimit { get; init; } = 1000;

    /// <summary>Messages sent ahead of the broker's acknowledgement, 1 to 1000.</summary>
    public int Window { get; init; } = 16;

    /// <summary>How long one attempt to connect, or one acknowledgement, may take.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Pause before the first new attempt to connect; it doubles with each.</summary>
    public TimeSpan ReconnectMin { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Longest pause between attempts; ten times as long against a client with the same id.
    /// </summary>
    public TimeSpan ReconnectMax { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Smallest time between two messages on <see cref="Topics.Health"/>.</summary>
    public TimeSpan HealthInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a stop waits for queued results; one second more may go into saying goodbye.
    /// </summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary><c>host:port</c> as connected to.</summary>
    public string Address => $"{(Host?.Contains(':') == true ? $"[{Host}]" : Host)}:{EffectivePort}";

    /// <summary><see cref="Port"/>, or the protocol's.</summary>
    public int EffectivePort => Port ?? (Tls is null ? 1883 : 8883);

    /// <summary>Checks every value, and that the TLS files can be read.</summary>
    /// <exception cref="ConfigError">Naming the first key that is wrong, and what would be right.</exception>
    public void Validate()
    {
        _ = new Topics(Base);
        Require(Host is null || Uri.CheckHostName(Host) != UriHostNameType.Unknown, "host",
            $"'{Host}' is no host name or address");
        Require(
            Port is null or (>= 0 and <= 65535), "port",
            $"{Port} is not in 0..65535 (0 only for the embedded broker)");
        Require(Host is null || Port != 0, "port", "0 is only for the embedded broker");
        Require(ClientId.Length is > 0 and <= 128 && !ClientId.Any(char.IsControl), "client_id",
            "must have 1 to 128 characters, none of them a control character");
        Require(Password is null || User is not null, "user", "a password needs a user");
        Require(Qos is 0 or 1, "qos", $"{Qos} is not 0 or 1");
        Require(QueueLimit is >= 1 and <= 1_000_000, "queue_limit", $"{QueueLimit} is not in 1..1000000");
        Require(Window is >= 1 and <= 1000, "window", $"{Window} is not in 1..1000");
        ValidateTimes();
        using ClientCertificates certificates = ClientCertificates.Load(Tls);
    }

    /// <summary>All but the password.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        text.Append(Host is null ? "embedded broker" : Address).Append(", base ").Append(Base);
        text.Append(", client id ").Append(ClientId).Append(", ").Append(Protocol);
        text.Append(User is null ? "" : $", user {User}").Append(Tls is null ? "" : ", TLS");
        return text.ToString();
    }

    private void ValidateTimes()
    {
        TimeSpan second = TimeSpan.FromSeconds(1), longest = TimeSpan.FromDays(1);
        RequireTime(KeepAlive, second, TimeSpan.FromSeconds(65535), "keep_alive");
        RequireTime(ResultExpiry, second, TimeSpan.FromDays(365), "result_expiry");
        RequireTime(AnswerTimeout, TimeSpan.FromMilliseconds(1), longest, "answer_timeout");
        RequireTime(ReconnectMin, TimeSpan.FromMilliseconds(1), longest, "reconnect_min");
        RequireTime(ReconnectMax, ReconnectMin, longest, "reconnect_max");
        RequireTime(HealthInterval, TimeSpan.Zero, longest, "health_interval");
        RequireTime(DrainTimeout, TimeSpan.Zero, longest, "drain_timeout");
    }

    private static void RequireTime(TimeSpan value, TimeSpan least, TimeSpan most, string key) => Require(
        value >= least && value <= most, key,
        $"{value.TotalSeconds} s is not in {least.TotalSeconds}..{most.TotalSeconds} s");

    private static void Require(bool holds, string key, string problem)
    {
        if (!holds)
            throw new ConfigError($"mqtt.{key}", problem);
    }
}
