using EdgeConv.Core;
using EdgeConv.Devices;
using EdgeConv.Mqtt;
using EdgeConv.Mqtt.Inlets;

namespace EdgeConv.Daemon.Options;

/// <summary>Reads a <c>source</c> section of kind mqtt.</summary>
internal static class InletReader
{
    private static readonly NumberRange s_expiry = new(1, uint.MaxValue - 1, "a number of seconds");

    /// <summary>Reads the section: what messages hold, and where they come from.</summary>
    /// <param name="section">The source's section.</param>
    /// <param name="paths">Where relative paths start.</param>
    /// <param name="results">The broker that results go to.</param>
    /// <param name="pipeline">The pipeline's name.</param>
    public static (SourceOptions Source, InletOptions Inlet) Read(
        ConfigSection section, ConfigPaths paths, MqttOptions results, string pipeline)
    {
        SourceOptions source = SourceOptionsReader.ReadContent(section, SampleFormat.Json) with
        {
            Kind = SourceKind.Mqtt,
            RateHertz = section.Number("rate_hz", SourceOptionsReader.Hertz) ?? 0,
        };
        InletOptions defaults = new() { Topic = "", ClientId = $"{results.ClientId}-{pipeline}" };
        InletOptions inlet = defaults with
        {
            Topic = section.RequiredText("topic"),
            Group = section.Text("group"),
            ClientId = section.Text("client_id", defaults.ClientId)!,
            Broker = ReadBroker(section, paths),
            InFlight = section.Integer("in_flight", 1, 1000, defaults.InFlight)!.Value,
            MaxPayloadBytes =
                section.Integer("max_payload_kb", 1, 1 << 18, defaults.MaxPayloadBytes >> 10)!.Value << 10,
            SessionExpiry = TimeSpan.FromSeconds(
                section.Number("session_expiry_s", s_expiry) ?? defaults.SessionExpiry.TotalSeconds),
        };
        section.RefuseUnknown();
        Require(inlet, results, section);
        return (source, inlet);
    }

    /// <summary>Refuses what only messages have in a section of another kind.</summary>
    public static void Refuse(ConfigSection section)
    {
        foreach (string key in (ReadOnlySpan<string>)
            ["topic", "group", "client_id", "broker", "in_flight", "max_payload_kb", "session_expiry_s"])
        {
            if (section.Has(key))
                section.Refuse(key, $"'{key}' belongs to a source of 'kind: mqtt'");
        }
    }

    private static MqttOptions? ReadBroker(ConfigSection section, ConfigPaths paths)
    {
        if (section.Section("broker") is { } broker)
            return MqttReader.ReadBroker(broker, paths);
        return section.Has("broker")
            ? throw new ConfigError(
                section.PlaceOf("broker"), "is empty; give it a 'host', or leave it out for the one of 'mqtt'")
            : null;
    }

    private static void Require(InletOptions inlet, MqttOptions results, ConfigSection section)
    {
        if (inlet.ClientId == results.ClientId)
        {
            throw new ConfigError(section.PlaceOf("client_id"),
                $"'{inlet.ClientId}' is the client id that results go out under; the source needs one of its own");
        }

        if (inlet.Broker is null && results.Protocol == MqttProtocol.V311)
        {
            throw new ConfigError(section.PlaceOf("kind"),
                "messages are taken by MQTT 5 only, and 'mqtt.protocol' is 3.1.1; "
                    + "leave that out, or name a 'broker' here");
        }

        try
        {
            inlet.Validate();
        }
        catch (ConfigError error)
        {
            throw new ConfigError(section.PlaceOf(error.Place.Split('.')[^1]), error.Problem, error);
        }
    }
}
