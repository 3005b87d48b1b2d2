using System.Net;
using EdgeConv.Core;
using EdgeConv.Mqtt;

namespace EdgeConv.Daemon.Options;

/// <summary>
/// Reads the <c>mqtt</c> section. Passwords never stand in the file, only where they are found.
/// </summary>
internal static class MqttReader
{
    private static readonly NumberRange Seconds = new(1, 65_535, "a number of seconds");

    private static readonly Dictionary<string, MqttProtocol> Protocols = new()
    {
        ["5"] = MqttProtocol.V5,
        ["3.1.1"] = MqttProtocol.V311,
    };

    /// <summary>What the embedded broker offers when <paramref name="mqtt"/> names no host.</summary>
    /// <exception cref="ConfigError">It would be open to the network without a password.</exception>
    private static EmbeddedBrokerOptions EmbeddedOf(MqttOptions mqtt, IPAddress bind, string place)
    {
        if (!IPAddress.IsLoopback(bind) && mqtt.Host is null && mqtt.Password is null)
            throw new ConfigError(
                place, $"{bind} can be reached from outside; that needs 'user' and a password");
        return new EmbeddedBrokerOptions
        {
            Address = bind,
            Port = mqtt.EffectivePort,
            User = mqtt.User,
            Password = mqtt.Password,
        };
    }

    /// <summary>Reads the section, and <c>node</c>, which names this machine in topics.</summary>
    public static (MqttOptions Mqtt, EmbeddedBrokerOptions Embedded) Read(
        ConfigSection root, ConfigPaths paths)
    {
        string node = ConfigReader.TopicName(root, "node", MqttOptions.Node);
        MqttOptions defaults = new() { Base = $"edgeconv/{node}", ClientId = $"edgeconv-{node}" };
        ConfigSection? section = root.Section("mqtt");
        if (section is null)
            return (Validated(defaults, root.PlaceOf("node")), new EmbeddedBrokerOptions());
        MqttOptions options = ReadAccess(section, paths, defaults) with
        {
            Host = section.Text("host"),
            Port = section.Integer("port", 0, 65535),
            Base = section.Text("base", defaults.Base)!,
            ClientId = section.Text("client_id", defaults.ClientId)!,
            Protocol = section.Choice("protocol", Protocols, defaults.Protocol),
            QueueLimit = section.Integer("queue_limit", 1, 1_000_000, defaults.QueueLimit)!.Value,
        };
        IPAddress address = section.Address("bind", IPAddress.Loopback);
        section.RefuseUnknown();
        return (Validated(options, section.Place), EmbeddedOf(options, address, section.PlaceOf("bind")));
    }

    /// <summary>Reads the section of a broker that is only subscribed at; it speaks MQTT 5.</summary>
    /// <exception cref="ConfigError">Names the key that is wrong.</exception>
    public static MqttOptions ReadBroker(ConfigSection section, ConfigPaths paths)
    {
        MqttOptions options = ReadAccess(section, paths, new MqttOptions()) with
        {
            Host = section.RequiredText("host"),
            Port = section.Integer("port", 1, 65535),
        };
        section.RefuseUnknown();
        return Validated(options, section.Place);
    }

    private static MqttOptions ReadAccess(ConfigSection section, ConfigPaths paths, MqttOptions defaults) =>
        defaults with
        {
            User = section.Text("user"),
            Password = SecretReader.ReadPassword(section, paths),
            Tls = ReadTls(section, paths),
            KeepAlive = TimeSpan.FromSeconds(
                section.Number("keep_alive_s", Seconds) ?? defaults.KeepAlive.TotalSeconds),
        };

    private static MqttOptions Validated(MqttOptions options, string place)
    {
        try
        {
            options.Validate();
            return options;
        }
        catch (EdgeConvError error)
        {
            throw new ConfigError(place, error.Message, error);
        }
    }

    private static MqttTls? ReadTls(ConfigSection mqtt, ConfigPaths paths)
    {
        if (mqtt.Section("tls") is not { } section)
        {
            // Whoever has written the key does not mean a connection in the clear.
            return mqtt.Has("tls")
                ? throw new ConfigError(
                    mqtt.PlaceOf("tls"), "is empty; 'tls: { enabled: true }' trusts the system's authorities")
                : null;
        }

        bool isOn = section.Flag("enabled", true);
        MqttTls tls = new()
        {
            CaFile = FileOf(section, "ca_file", paths),
            CertificateFile = FileOf(section, "certificate_file", paths),
            KeyFile = FileOf(section, "key_file", paths),
            ServerName = section.Text("server_name"),
        };
        section.RefuseUnknown();
        return isOn ? tls : null;
    }

    private static string? FileOf(ConfigSection section, string key, ConfigPaths paths) =>
        section.Text(key) is { } path ? paths.Resolve(path) : null;
}
