using System.Text.Json.Serialization;
using EdgeConv.Mqtt;

namespace EdgeConv.Daemon.Scoring;

/// <summary>A tap's word on one sample.</summary>
/// <param name="Name">The tap's name.</param>
/// <param name="Distance">Squared distance.</param>
internal sealed record ScoredTap(string Name, double Distance);

/// <summary>How a fingerprint tells where a sample is odd.</summary>
internal enum RegionKind
{
    /// <summary>It does not: it has no position map.</summary>
    None,

    /// <summary>By a box in pixels of the picture.</summary>
    Box,

    /// <summary>By a stretch of the window.</summary>
    Stretch,
}

/// <summary>One sample, as <c>edgeconv score</c> tells of it.</summary>
internal sealed record ScoreRow
{
    /// <summary>File of the sample, and its number where the file holds several.</summary>
    public required string Origin { get; init; }

    /// <summary>Counts the samples of its file or folder from 0.</summary>
    public required long Sequence { get; init; }

    /// <summary>The best label; null where nothing was found.</summary>
    public required string? Label { get; init; }

    /// <summary>Score of the label.</summary>
    public required float LabelScore { get; init; }

    /// <summary>p-value combined of all taps.</summary>
    public required double P { get; init; }

    /// <summary><c>accepted</c> or <c>ood</c>.</summary>
    public required string Verdict { get; init; }

    /// <summary>The oddest tap.</summary>
    public required string Tap { get; init; }

    /// <summary>All taps in the fingerprint's order.</summary>
    public required IReadOnlyList<ScoredTap> Taps { get; init; }

    /// <summary>What raised its distance most, the greatest first; also where it is accepted.</summary>
    public required IReadOnlyList<ContributionPayload> Contributions { get; init; }

    /// <summary>
    /// Where it is odd, as in results; null unless out of distribution, without a map, or where nothing stands
    /// out.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public required RegionPayload? Region { get; init; }
}

/// <summary>JSON of <c>edgeconv score --json</c>, one object a line.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ScoreRow))]
internal sealed partial class ScoreJson : JsonSerializerContext;
