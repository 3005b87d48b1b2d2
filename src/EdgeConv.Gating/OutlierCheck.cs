using EdgeConv.Core;

namespace EdgeConv.Gating;

/// <summary>How a tap, or all of them together, ranks one kind of outliers.</summary>
/// <param name="Tap">The tap's name; null for the p-value combined of all taps.</param>
/// <param name="Kind">What was done to the samples.</param>
/// <param name="Auroc">See <see cref="Gating.Auroc"/>; below 0.5 in-distribution data looks odder.</param>
public readonly record struct OutlierRank(string? Tap, string Kind, double Auroc);

/// <summary>
/// Keeps the tap statistics of some calibration samples and of outliers made of the same samples, and ranks
/// them against each other once a fingerprint is there. Not thread-safe.
/// </summary>
public sealed class OutlierCheck
{
    private readonly List<float[]> _originals = [];
    private readonly List<float[]>[] _outliers;

    /// <summary>A check of outliers of these kinds.</summary>
    public OutlierCheck(IReadOnlyList<string> kinds)
    {
        ArgumentNullException.ThrowIfNull(kinds);
        Kinds = kinds;
        _outliers = [.. kinds.Select(_ => new List<float[]>())];
    }

    /// <summary>Kinds of outliers.</summary>
    public IReadOnlyList<string> Kinds { get; }

    /// <summary>Calibration samples that were kept.</summary>
    public int Count => _originals.Count;

    /// <summary>
    /// Keeps the taps of a calibration sample that <paramref name="session"/> has just run.
    /// </summary>
    public void AddOriginal(ISession session) => _originals.Add(StatisticsOf(session));

    /// <summary>
    /// Keeps the taps of an outlier of <paramref name="kind"/>, an index into <see cref="Kinds"/>.
    /// </summary>
    public void AddOutlier(int kind, ISession session) => _outliers[kind].Add(StatisticsOf(session));

    /// <summary>
    /// The area under the curve of each tap for each kind, then that of the combined p-value.
    /// </summary>
    /// <param name="fingerprint">Its taps are those of the sessions, in the same order.</param>
    /// <returns>Nothing when no sample was kept.</returns>
    public IReadOnlyList<OutlierRank> Rank(Fingerprint fingerprint)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        List<OutlierRank> ranks = [];
        if (Count == 0)
            return ranks;
        int start = 0;
        foreach (TapFingerprint tap in fingerprint.Taps)
        {
            int first = start, length = 2 * tap.Channels;
            TapScorer scorer = new(
                new TapFeatures(tap.Statistic, tap.Channels, tap.IsNormalized), tap.Classes, tap.Background);
            AddRanks(ranks, tap.Name, statistics => scorer.Score(statistics.AsSpan(first, length)));
            start += length;
        }

        // A shard may be too small for verdicts.
        if (fingerprint.Taps.Count > 1 && Guarantee.Of(fingerprint).Threshold > 0)
        {
            MahalanobisGate gate = new(fingerprint);
            AddRanks(ranks, null, statistics => -gate.Evaluate(statistics).P);
        }

        return ranks;
    }

    /// <summary>Writes what was kept.</summary>
    /// <param name="writer">The file.</param>
    /// <param name="statistics">Statistics of a sample, all taps'.</param>
    internal void Save(SafeTensorsWriter writer, int statistics)
    {
        writer.Add("check.originals", _originals, statistics);
        for (int kind = 0; kind < Kinds.Count; kind++)
            writer.Add($"check.outliers.{kind}", _outliers[kind], statistics);
    }

    /// <summary>Adds what <see cref="Save"/> wrote.</summary>
    internal void Restore(SafeTensorsReader file, int statistics)
    {
        _originals.AddRange(file.Rows("check.originals", statistics));
        for (int kind = 0; kind < Kinds.Count; kind++)
            _outliers[kind].AddRange(file.Rows($"check.outliers.{kind}", statistics));
        if (_outliers.Any(samples => samples.Count != Count))
            throw file.Error("'check.outliers' are not as many as 'check.originals'");
    }

    private void AddRanks(List<OutlierRank> ranks, string? tap, Func<float[], double> score)
    {
        double[] inliers = [.. _originals.Select(score)];
        for (int kind = 0; kind < Kinds.Count; kind++)
            ranks.Add(new OutlierRank(tap, Kinds[kind], Auroc.Of(inliers, [.. _outliers[kind].Select(score)])));
    }

    private static float[] StatisticsOf(ISession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        return [.. Enumerable.Range(0, session.Taps.Count).SelectMany(tap => session.GetTap(tap).ToArray())];
    }
}
