namespace EdgeConv.Gating;

/// <summary>
/// Thresholds for p-values that are k/(n + 1) by a rank among n calibration samples, see
/// <see cref="CalibrationBlocks"/>: P(p ≤ α) ≤ α for a new exchangeable sample, whatever the distribution.
/// </summary>
public static class Conformal
{
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

    /// <summary>The fewest calibration samples with which anything can be flagged at α.</summary>
    public static int MinimumCount(double alpha)
    {
        double estimate = Math.Ceiling(1 / alpha) - 2;
        int count = (int)Math.Clamp(estimate, 0, int.MaxValue - 8);
        while (1 / (count + 1.0) > alpha && count < int.MaxValue - 1)
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
    /// <param name="alpha">α in (0,1).</param>
    /// <param name="delta">δ in (0,1), or null for validity on average over calibration sets.</param>
    public static int MinimumCount(double alpha, double? delta) =>
        delta is double d ? MinimumPacCount(alpha, d) : MinimumCount(alpha);

    /// <summary>
    /// The greatest p-value whose verdict is "out of distribution": α itself, or with δ the smaller value that
    /// holds α with confidence 1 − δ; 0 when nothing can be flagged.
    /// </summary>
    public static double Threshold(int count, double alpha, double? delta)
    {
        if (delta is double d)
            return (PacRank(count, alpha, d) + 1) / (count + 1.0);
        return 1 / (count + 1.0) <= alpha ? alpha : 0;
    }

    /// <summary>#{s_i ≥ s} of ascending scores s_i; a binary search.</summary>
    internal static int CountAtLeast(ReadOnlySpan<float> sortedScores, float score)
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

        return sortedScores.Length - low;
    }
}
