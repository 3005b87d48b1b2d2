namespace EdgeConv.Gating;

/// <summary>
/// Split-conformal calibration: turns a score (higher is odder) into a p-value by its rank among the scores
/// of n held-out in-distribution samples. P(p ≤ α) ≤ α for a new exchangeable sample, whatever the
/// distribution.
/// </summary>
public static class Conformal
{
    /// <summary>p = (1 + #{s_i ≥ s}) / (n + 1), in (0,1]; a binary search.</summary>
    /// <param name="sortedScores">Calibration scores s_i, ascending.</param>
    /// <param name="score">s.</param>
    public static double PValue(ReadOnlySpan<float> sortedScores, float score)
    {
        int low = 0, high = sortedScores.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (sortedScores[middle] >= score)
                high = middle;
            else
                low = middle + 1;
        }

        return (1.0 + sortedScores.Length - low) / (sortedScores.Length + 1.0);
    }

    /// <summary>
    /// Bonferroni's combination of the p-values of several taps: the smallest times their number, at most 1.
    /// </summary>
    public static double Combine(double smallest, int taps) => Math.Min(1, taps * smallest);

    /// <summary>
    /// k = ⌈(n + 1)(1 − α)⌉: scores above the k-th smallest calibration score have p ≤ α. k &gt; n means that
    /// nothing can be flagged.
    /// </summary>
    public static int ThresholdRank(int count, double alpha)
    {
        int flagged = (int)(alpha * (count + 1.0));
        while ((flagged + 1) / (count + 1.0) <= alpha)
            flagged++;
        while (flagged / (count + 1.0) > alpha)
            flagged--;
        return count + 1 - flagged;
    }

    /// <summary>
    /// The fewest calibration samples with which <paramref name="taps"/> taps can flag at α.
    /// </summary>
    public static int MinimumCount(double alpha, int taps = 1)
    {
        double estimate = Math.Ceiling(taps / alpha) - 2;
        int count = (int)Math.Clamp(estimate, 0, int.MaxValue - 8);
        while (Combine(1 / (count + 1.0), taps) > alpha && count < int.MaxValue - 1)
            count++;
        return count;
    }

    /// <summary>
    /// The largest j such that a threshold with j calibration scores above it flags, with confidence 1 − δ,
    /// at most α of in-distribution inputs; its false-alarm rate is Beta(j + 1, n − j). −1 when there is
    /// none.
    /// </summary>
    public static int PacRank(int count, double alpha, double delta)
    {
        int low = -1, high = count;
        while (high - low > 1)
        {
            int middle = low + (high - low) / 2;
            if (SpecialFunctions.Beta(middle + 1, count - middle, alpha) >= 1 - delta)
                low = middle;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>
    /// The fewest calibration samples for which <see cref="PacRank"/> exists: ⌈ln δ / ln(1 − α)⌉.
    /// </summary>
    public static int MinimumPacCount(double alpha, double delta)
    {
        // ln(1 − α) is −α where 1 − α would be 1.
        double logarithm = alpha < 1e-8 ? -alpha : Math.Log(1 - alpha);
        return (int)Math.Clamp(Math.Ceiling(Math.Log(delta) / logarithm), 0, int.MaxValue);
    }

    /// <summary>
    /// The fewest calibration samples for verdicts at α, with confidence 1 − δ when δ is given.
    /// </summary>
    /// <param name="taps">Taps whose p-values are combined; each gets its share of α and δ.</param>
    /// <param name="alpha">α in (0,1).</param>
    /// <param name="delta">δ in (0,1), or null for validity on average over calibration sets.</param>
    public static int MinimumCount(int taps, double alpha, double? delta) =>
        delta is double d ? MinimumPacCount(alpha / taps, d / taps) : MinimumCount(alpha, taps);

    /// <summary>
    /// The greatest combined p-value whose verdict is "out of distribution": α itself, or with δ the smaller
    /// value that holds α with confidence 1 − δ; 0 when nothing can be flagged.
    /// </summary>
    public static double Threshold(int count, int taps, double alpha, double? delta)
    {
        if (delta is double d)
            return Combine((PacRank(count, alpha / taps, d / taps) + 1) / (count + 1.0), taps);
        return Combine(1 / (count + 1.0), taps) <= alpha ? alpha : 0;
    }
}
