using System.Text.Json.Serialization;

namespace EdgeConv.Daemon.Scoring;

/// <summary>A tap's word on one sample.</summary>
/// <param name="Name">The tap's name.</param>
/// <param name="Distance">Squared distance.</param>
internal sealed record ScoredTap(string Name, double Distance);

/// <summary>A channel's part in the distance at the oddest tap.</summary>
/// <param name="Channel">Channel of the oddest tap.</param>
/// <param name="Statistic">"mean" or "variance".</param>
/// <param name="Amount">Its additive part.</param>
internal sealed record ScoredChannel(int Channel, string Statistic, double Amount);

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

    /// <summary>What raised its distance most, largest first.</summary>
    public required IReadOnlyList<ScoredChannel> Channels { get; init; }
}

/// <summary>JSON of <c>edgeconv score --json</c>, one object a line.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ScoreRow))]
internal sealed partial class ScoreJson : JsonSerializerContext;
