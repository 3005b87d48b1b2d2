using System.Globalization;

namespace EdgeConv.Daemon.Options;

/// <summary>What a <see cref="ConfigNode"/> is.</summary>
internal enum ConfigNodeKind
{
    /// <summary>A single value.</summary>
    Scalar,

    /// <summary>A list.</summary>
    List,

    /// <summary>Keys with values.</summary>
    Section,
}

/// <summary>One value, list or section of a configuration file, and where it stands there.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Place">Where: <c>edgeconv.yaml:12: pipelines[0].source</c>.</param>
internal sealed record ConfigNode(ConfigNodeKind Kind, string Place)
{
    /// <summary>Text of a scalar.</summary>
    public string Text { get; init; } = "";

    /// <summary>Entries of a list.</summary>
    public List<ConfigNode> Items { get; } = [];

    /// <summary>Keys of a section in the file's order.</summary>
    public List<KeyValuePair<string, ConfigNode>> Entries { get; } = [];

    /// <summary>True for a key without a value, or with <c>null</c>; <c>''</c> is a value.</summary>
    public bool IsEmpty { get; init; }

    /// <summary>What it is, for messages: <c>a list</c>, <c>'30ms'</c>.</summary>
    public string Description => Kind switch
    {
        ConfigNodeKind.Scalar => IsEmpty ? "nothing" : $"'{Text}'",
        ConfigNodeKind.List => "a list",
        _ => "a section",
    };

    /// <summary>The place of a part of this node.</summary>
    public static string PlaceOf(string file, long line, string path) =>
        string.Create(CultureInfo.InvariantCulture, $"{file}:{line}{(path.Length == 0 ? "" : ": ")}{path}");
}
