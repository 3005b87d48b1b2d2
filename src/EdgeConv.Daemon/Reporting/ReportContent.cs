using EdgeConv.Daemon.Reporting.Charts;
using EdgeConv.Gating;

namespace EdgeConv.Daemon.Reporting;

/// <summary>Everything that a report tells.</summary>
internal sealed record ReportContent
{
    /// <summary>The fingerprint.</summary>
    public required Fingerprint Fingerprint { get; init; }

    /// <summary>The in-distribution data's path.</summary>
    public required string Data { get; init; }

    /// <summary>What the gate said of all samples.</summary>
    public required ReportScoring Scoring { get; init; }

    /// <summary>Realised shares of false alarms by promised ones; null for too few samples.</summary>
    public required IReadOnlyList<RatePoint>? Rates { get; init; }

    /// <summary>The comparison of layers; null where the engine cannot look into the model.</summary>
    public required LayerTable? Layers { get; init; }

    /// <summary>Outliers of all kinds: made ones, then others.</summary>
    public IEnumerable<ScoredSet> Outliers => Scoring.Synthetic.Where(set => set.Count > 0).Concat(Scoring.Others);

    /// <summary>All sets: in-distribution ones first.</summary>
    public IEnumerable<ScoredSet> Sets =>
        ((ScoredSet[])[Scoring.Fit, Scoring.Calibration]).Where(set => set.Count > 0).Concat(Outliers);

    /// <summary>
    /// How well one tap, or with null the combined p-value, tells a set from the calibration samples.
    /// </summary>
    public AurocEstimate AreaOf(ScoredSet set, int? tap) => tap is { } i
        ? AurocEstimate.Of(Scoring.Calibration.Scores(i), set.Scores(i))
        : AurocEstimate.Of(
            [.. Scoring.Calibration.PValues.Select(p => -p)], [.. set.PValues.Select(p => -p)]);
}

/// <summary>What the layers came to.</summary>
/// <param name="Outliers">Sets of outliers, in the order of the rows' areas.</param>
/// <param name="Rows">A row for each layer.</param>
/// <param name="Left">Layers that were left out.</param>
internal sealed record LayerTable(IReadOnlyList<string> Outliers, IReadOnlyList<LayerRow> Rows, int Left);
