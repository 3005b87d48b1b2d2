using System.Text;
using EdgeConv.Core;

namespace EdgeConv.Mqtt;

/// <summary>The topics of one daemon, all below its base: <c>edgeconv/&lt;node&gt;</c>.</summary>
public sealed class Topics
{
    /// <summary>Greatest length of a base, so that every topic stays far below MQTT's 65,535 bytes.</summary>
    public const int MaxBaseLength = 256;

    /// <param name="baseTopic">Names joined by <c>/</c>, none empty.</param>
    /// <exception cref="ConfigError">It is not.</exception>
    public Topics(string baseTopic)
    {
        ArgumentNullException.ThrowIfNull(baseTopic);
        if (baseTopic.Length > MaxBaseLength || !baseTopic.Split('/').All(IsName))
        {
            throw new ConfigError(
                "mqtt.base",
                $"'{baseTopic}' is no base topic: names of letters, digits, '_' and '-' joined by '/'");
        }

        Base = baseTopic;
        Status = $"{baseTopic}/status";
        Health = $"{baseTopic}/health";
    }

    /// <summary>What all topics start with.</summary>
    public string Base { get; }

    /// <summary><c>online</c>, <c>stopped</c>, or the will <c>offline</c>; retained.</summary>
    public string Status { get; }

    /// <summary>The <see cref="BrokerHealthPayload"/> of the daemon; retained.</summary>
    public string Health { get; }

    /// <summary>Where a pipeline's <see cref="ResultPayload"/>s go; not retained.</summary>
    /// <exception cref="ArgumentException"><paramref name="pipeline"/> is no name.</exception>
    public string ResultOf(string pipeline) => $"{Base}/{Checked(pipeline)}/result";

    /// <summary>Where a pipeline's <see cref="DriftPayload"/>s go; not retained.</summary>
    /// <exception cref="ArgumentException"><paramref name="pipeline"/> is no name.</exception>
    public string DriftOf(string pipeline) => $"{Base}/{Checked(pipeline)}/drift";

    /// <summary>Where a pipeline's <see cref="EventPayload"/>s go; not retained.</summary>
    /// <exception cref="ArgumentException"><paramref name="pipeline"/> is no name.</exception>
    public string EventOf(string pipeline) => $"{Base}/{Checked(pipeline)}/event";

    /// <summary>Where a pipeline's <see cref="GovernorPayload"/>s go; not retained.</summary>
    /// <exception cref="ArgumentException"><paramref name="pipeline"/> is no name.</exception>
    public string GovernorOf(string pipeline) => $"{Base}/{Checked(pipeline)}/governor";

    /// <summary>Where a pipeline's latest picture goes, a JPEG; retained.</summary>
    /// <exception cref="ArgumentException"><paramref name="pipeline"/> is no name.</exception>
    public string SnapshotOf(string pipeline) => $"{Base}/{Checked(pipeline)}/snapshot";

    /// <summary>Where the heat map of that picture goes while it is odd, a PNG; retained.</summary>
    /// <exception cref="ArgumentException"><paramref name="pipeline"/> is no name.</exception>
    public string HeatMapOf(string pipeline) => $"{Base}/{Checked(pipeline)}/heatmap";

    /// <summary>Where a pipeline's <see cref="HealthPayload"/> goes; retained.</summary>
    /// <exception cref="ArgumentException"><paramref name="pipeline"/> is no name.</exception>
    public string HealthOf(string pipeline) => $"{Base}/{Checked(pipeline)}/health";

    /// <summary>
    /// Whether <paramref name="text"/> may be a level of a topic: one or more of <c>[a-zA-Z0-9_-]</c>.
    /// </summary>
    public static bool IsName(string? text) => !string.IsNullOrEmpty(text) && text.All(IsNameCharacter);

    /// <summary>
    /// <paramref name="text"/> with every other character replaced by <c>-</c>; <c>node</c> when empty.
    /// </summary>
    public static string NameFrom(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length == 0)
            return "node";
        StringBuilder name = new(text);
        for (int i = 0; i < name.Length; i++)
        {
            if (!IsNameCharacter(name[i]))
                name[i] = '-';
        }

        return name.ToString();
    }

    private static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-';

    private static string Checked(string pipeline) => IsName(pipeline)
        ? pipeline
        : throw new ArgumentException(
            $"'{pipeline}' is no name of letters, digits, '_' and '-'", nameof(pipeline));
}
