namespace EdgeConv.Gating;

/// <summary>How well scores tell outliers from in-distribution samples.</summary>
public static class Auroc
{
    /// <summary>
    /// Area under the receiver operating characteristic, the probability that an outlier has the higher
    /// score, ties counting one half: U / (n m) after Mann and Whitney (1947). 0.5 is chance; below it the
    /// scores rank backwards. NaN where either side is empty.
    /// </summary>
    /// <param name="inliers">Scores of n in-distribution samples, in any order; no NaN.</param>
    /// <param name="outliers">Scores of m outliers, in any order; no NaN.</param>
    public static double Of(ReadOnlySpan<double> inliers, ReadOnlySpan<double> outliers)
    {
        double[] sorted = inliers.ToArray();
        Array.Sort(sorted);
        double sum = 0;
        foreach (double score in outliers)
            sum += ShareBelow(sorted, score);
        return sum / outliers.Length;
    }

    /// <summary>Share of ascending scores below one score, ties counting one half; NaN of none.</summary>
    internal static double ShareBelow(double[] sorted, double score)
    {
        int below = CountBelow(sorted, score, isEqualCounted: false);
        int notAbove = CountBelow(sorted, score, isEqualCounted: true);
        return 0.5 * (below + notAbove) / sorted.Length;
    }

    private static int CountBelow(double[] sorted, double score, bool isEqualCounted)
    {
        int low = 0, high = sorted.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (sorted[middle] < score || (isEqualCounted && sorted[middle] == score))
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
