namespace EdgeConv.Gating;

/// <summary>
/// An area under the curve, see <see cref="Auroc"/>, with the error that finite samples leave it.
/// </summary>
/// <param name="Area">The area, 0..1.</param>
/// <param name="StandardError">Its standard error; NaN with fewer than two samples on either side.</param>
public readonly record struct AurocEstimate(double Area, double StandardError)
{
    // The 97.5 % quantile of the normal distribution.
    private const double NormalQuantile = 1.959963984540054;

    /// <summary>Lower end of the 95 % interval, normal and not below 0; NaN as the standard error is.</summary>
    public double Low => Math.Max(0, Area - NormalQuantile * StandardError);

    /// <summary>Upper end of the 95 % interval, normal and not above 1; NaN as the standard error is.</summary>
    public double High => Math.Min(1, Area + NormalQuantile * StandardError);

    /// <summary>
    /// The variance of DeLong, DeLong and Clarke-Pearson (1988): with V_i the share of outliers below inlier
    /// i and W_j the share of inliers below outlier j, ties counting one half, var V / n + var W / m with
    /// divisors n − 1 and m − 1. It is 0 where all of one side lie above the other.
    /// </summary>
    /// <param name="inliers">Scores of n in-distribution samples, in any order; no NaN.</param>
    /// <param name="outliers">Scores of m outliers, in any order; no NaN.</param>
    public static AurocEstimate Of(ReadOnlySpan<double> inliers, ReadOnlySpan<double> outliers)
    {
        double[] ofInliers = SharesBelow(inliers, outliers), ofOutliers = SharesBelow(outliers, inliers);
        double variance = VarianceOfMean(ofInliers) + VarianceOfMean(ofOutliers);
        return new AurocEstimate(Auroc.Of(inliers, outliers), Math.Sqrt(variance));
    }

    private static double[] SharesBelow(ReadOnlySpan<double> scores, ReadOnlySpan<double> others)
    {
        double[] shares = new double[scores.Length], sorted = others.ToArray();
        Array.Sort(sorted);
        for (int i = 0; i < scores.Length; i++)
            shares[i] = Auroc.ShareBelow(sorted, scores[i]);
        return shares;
    }

    // NaN of fewer than two.
    private static double VarianceOfMean(double[] values)
    {
        if (values.Length < 2)
            return double.NaN;
        double mean = values.Average();
        return values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1) / values.Length;
    }
}
