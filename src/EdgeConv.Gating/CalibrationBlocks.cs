namespace EdgeConv.Gating;

/// <summary>
/// Split-conformal calibration of T taps together: turns their scores (higher is odder) into one p-value that
/// is exact for a new exchangeable sample, whatever the distribution and however the taps depend on each
/// other. Immutable; evaluation allocates nothing and is thread-safe.
/// </summary>
/// <remarks>
/// <para>
/// The n calibration samples are peeled off, the taps in turns: step k takes, of those left, the one with the
/// greatest score s at tap t = (k − 1) mod T, and cuts off block k, all scores above s at t that no earlier
/// step has cut off. The n blocks and the rest are statistically equivalent (J. W. Tukey, Non-parametric
/// estimation II, Annals of Mathematical Statistics 18, 1947): a new sample lies in each of them with
/// probability 1/(n + 1), so p = k/(n + 1) is uniform, and the share of new samples in the first k blocks has
/// the distribution Beta(k, n + 1 − k). With equal scores p is cautious.
/// </para>
/// <para>
/// With one tap this is p = (1 + #{s_i ≥ s}) / (n + 1). With several p is never above T times the least of
/// the taps' own p-values (Bonferroni), which wastes what the taps agree about.
/// </para>
/// </remarks>
public sealed class CalibrationBlocks
{
    // Of each tap the scores it has cut at, ascending: the first cut is the last.
    private readonly float[][] _cuts;

    /// <summary>Peels calibration samples.</summary>
    /// <param name="scores">
    /// <c>[T][n]</c>: each tap's finite scores, of the same samples in the same order; among equal scores the
    /// earlier sample is peeled first.
    /// </param>
    public CalibrationBlocks(IReadOnlyList<float[]> scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        Count = scores[0].Length;
        _cuts = Peel(scores);
    }

    /// <summary>Calibration samples n.</summary>
    public int Count { get; }

    /// <summary>The taps' calibration as <paramref name="fingerprint"/> keeps it.</summary>
    public static CalibrationBlocks Of(Fingerprint fingerprint)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        return new([.. fingerprint.Taps.Select(tap => tap.Scores)]);
    }

    /// <summary>p of a sample, one of k/(n + 1) for k in 1..n + 1.</summary>
    /// <param name="scores"><c>[T]</c>: its score at each tap.</param>
    /// <param name="decisive">The tap whose cut it lies beyond.</param>
    public double PValue(ReadOnlySpan<float> scores, out int decisive)
    {
        int least = int.MaxValue;
        decisive = 0;
        for (int tap = 0; tap < _cuts.Length; tap++)
        {
            int step = (Conformal.CountAtLeast(_cuts[tap], scores[tap]) * _cuts.Length) + tap + 1;
            if (step >= least)
                continue;
            least = step;
            decisive = tap;
        }

        return Math.Min(least, Count + 1) / (Count + 1.0);
    }

    /// <summary>The score above which a tap alone makes p at most <paramref name="p"/>.</summary>
    /// <returns>Null when no score does.</returns>
    public float? CutAt(int tap, double p)
    {
        int cut = 0;
        while (cut < _cuts[tap].Length && ((cut * _cuts.Length) + tap + 1) / (Count + 1.0) <= p)
            cut++;
        return cut == 0 ? null : _cuts[tap][^cut];
    }

    private static float[][] Peel(IReadOnlyList<float[]> scores)
    {
        int count = scores[0].Length;
        int[][] oddestFirst = [.. scores.Select(OddestFirst)];
        int[] next = new int[scores.Count];
        bool[] isPeeled = new bool[count];
        List<float>[] cuts = [.. scores.Select(_ => new List<float>())];
        for (int step = 0; step < count; step++)
        {
            int tap = step % scores.Count;
            while (isPeeled[oddestFirst[tap][next[tap]]])
                next[tap]++;
            int sample = oddestFirst[tap][next[tap]];
            isPeeled[sample] = true;
            cuts[tap].Add(scores[tap][sample]);
        }

        return [.. cuts.Select(list => list.AsEnumerable().Reverse().ToArray())];
    }

    private static int[] OddestFirst(float[] scores) =>
        [.. Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i])];
}
