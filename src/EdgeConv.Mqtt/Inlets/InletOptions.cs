using EdgeConv.Core;

namespace EdgeConv.Mqtt.Inlets;

/// <summary>What an <see cref="MqttInlet"/> subscribes to, and what the broker keeps for it.</summary>
public sealed record InletOptions
{
    /// <summary>Topic filter, with <c>+</c> and <c>#</c>.</summary>
    public required string Topic { get; init; }

    /// <summary>
    /// Group whose members share the messages, each going to one of them; null to get all of them.
    /// </summary>
    public string? Group { get; init; }

    /// <summary>
    /// Client identifier: names the session in which the broker keeps what is not acknowledged, so it must be the
    /// same at every start and differ from every other client's.
    /// </summary>
    public required string ClientId { get; init; }

    /// <summary>The broker; null for the one that results go to.</summary>
    public MqttOptions? Broker { get; init; }

    /// <summary>Messages taken ahead of being acknowledged, 1 to 1000: MQTT's Receive Maximum.</summary>
    public int InFlight { get; init; } = 32;

    /// <summary>Largest payload in bytes, 1 KB to 256 MB; the broker is told to keep larger ones to itself.</summary>
    public int MaxPayloadBytes { get; init; } = 8 << 20;

    /// <summary>How long the broker keeps the session after the connection, 1 s to 136 years.</summary>
    public TimeSpan SessionExpiry { get; init; } = TimeSpan.FromDays(1);

    /// <summary>What is subscribed to: the topic, as <c>$share/group/topic</c> with a group.</summary>
    public string Filter => Group is null ? Topic : $"$share/{Group}/{Topic}";

    /// <summary>Checks every value.</summary>
    /// <exception cref="ConfigError">Naming the first key that is wrong, and what would be right.</exception>
    public void Validate()
    {
        Require(!Topic.StartsWith("$share/", StringComparison.Ordinal), "topic",
            $"'{Topic}' holds a group; name the group under 'group' and the rest here");
        Require(TopicFilter.IsValid(Topic), "topic",
            $"'{Topic}' is no topic filter: levels joined by '/', '+' for one whole level, "
                + "'#' for all that follow, at the end");
        Require(Group is null || IsGroup(Group), "group",
            $"'{Group}' is no name of a group: 1 to 128 characters without '/', '+' and '#'");
        Require(ClientId.Length is > 0 and <= 128 && !ClientId.Any(char.IsControl), "client_id",
            "must have 1 to 128 characters, none of them a control character");
        Require(InFlight is >= 1 and <= 1000, "in_flight", $"{InFlight} is not in 1..1000");
        Require(MaxPayloadBytes is >= 1 << 10 and <= 1 << 28, "max_payload_kb",
            $"{MaxPayloadBytes >> 10} is not in 1..{1 << 18}");
        Require(SessionExpiry.TotalSeconds is >= 1 and < uint.MaxValue, "session_expiry_s",
            $"{SessionExpiry.TotalSeconds} s is not in 1..{uint.MaxValue - 1} s");
        Require(Broker is not { Protocol: MqttProtocol.V311 }, "protocol",
            "3.1.1 has no limit on what is in flight and no word on shared subscriptions; "
                + "a source of messages needs MQTT 5");
    }

    private static bool IsGroup(string text) =>
        text.Length is > 0 and <= 128 && text.IndexOfAny(['/', '+', '#', '\0']) < 0;

    private static void Require(bool holds, string key, string problem)
    {
        if (!holds)
            throw new ConfigError($"source.{key}", problem);
    }
}
