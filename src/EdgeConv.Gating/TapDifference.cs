using EdgeConv.Core;
using EdgeConv.Kernels.Linear;

namespace EdgeConv.Gating;

/// <summary>How much one feature has moved between two fingerprints.</summary>
/// <param name="Channel">Channel of the tap.</param>
/// <param name="Statistic">"mean" or "variance" of that channel.</param>
/// <param name="Contribution">
/// Its additive part e_i (Σ⁻¹ e)_i of <see cref="TapDifference.SquaredDistance"/>; may be negative.
/// </param>
/// <param name="Shift">e_i in standard deviations of the pooled covariance.</param>
/// <param name="LogVarianceRatio">ln of its variance in the second over that in the first.</param>
public readonly record struct FeatureDifference(
    int Channel, string Statistic, double Contribution, double Shift, double LogVarianceRatio);

/// <summary>
/// What lies between two fingerprints at one tap, from their moments alone. With e = μ_B − μ_A, the difference of
/// the means over all data, and Σ the pooled within-class covariance (W_A + W_B)/(N_A + N_B), shrunk by OAS.
/// </summary>
public sealed record TapDifference
{
    /// <summary>The tap's name.</summary>
    public required string Tap { get; init; }

    /// <summary>
    /// D² = eᵀ Σ⁻¹ e, Mahalanobis' distance of two samples (1936): the same for A and B as for B and A, and for
    /// any invertible linear map of the features but for the shrinkage.
    /// </summary>
    public required double SquaredDistance { get; init; }

    /// <summary>
    /// d (1/N_A + 1/N_B): what D² is expected to be for two independent samples of one distribution (Hotelling
    /// 1931). A D² of this size is no change.
    /// </summary>
    public required double ExpectedByChance { get; init; }

    /// <summary>
    /// ln det Σ_B − ln det Σ_A of the within-class covariances, each shrunk by OAS: above 0 B spreads wider. The
    /// volume of the ellipsoid at one distance changes by exp of half of it.
    /// </summary>
    public required double LogDeterminantChange { get; init; }

    /// <summary>All features, the one that contributes most to the distance first.</summary>
    public required IReadOnlyList<FeatureDifference> Features { get; init; }

    /// <summary>Compares one tap of two fingerprints.</summary>
    /// <exception cref="FingerprintError">The taps have different features.</exception>
    public static TapDifference Of(TapFingerprint first, TapFingerprint second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if ((first.Channels, first.Statistic, first.IsNormalized) !=
            (second.Channels, second.Statistic, second.IsNormalized))
        {
            throw new FingerprintError(first.Name,
                $"{first.Dimension} features ({GateNames.Of(first.Statistic)}) cannot be compared with "
                + $"{second.Dimension} ({GateNames.Of(second.Statistic)})");
        }

        Moments a = first.Moments, b = second.Moments;
        double[] shift = b.Mean();
        F64Linear.AddMultiple(shift, a.Mean(), -1);
        double[] pooled = Pooled(a, b);
        double[] contributions = Contributions(pooled, shift);
        return new TapDifference
        {
            Tap = first.Name,
            SquaredDistance = contributions.Sum(),
            ExpectedByChance = first.Dimension * (1.0 / a.Count + 1.0 / b.Count),
            LogDeterminantChange = LogDeterminant(b) - LogDeterminant(a),
            Features = [.. FeaturesOf(first, second, pooled, shift, contributions)
                .OrderByDescending(feature => feature.Contribution)],
        };
    }

    private static IEnumerable<FeatureDifference> FeaturesOf(
        TapFingerprint first, TapFingerprint second, double[] pooled, double[] shift, double[] contributions)
    {
        double[] before = first.Moments.WithinVariance(), after = second.Moments.WithinVariance();
        for (int i = 0; i < shift.Length; i++)
        {
            yield return new FeatureDifference(
                i % first.Channels,
                i < first.Channels ? "mean" : "variance",
                contributions[i],
                shift[i] / Math.Sqrt(pooled[PackedLower.Diagonal(i)]),
                before[i] == after[i] ? 0 : Math.Log(after[i] / before[i]));
        }
    }

    private static double[] Pooled(Moments a, Moments b)
    {
        long count = a.Count + b.Count;
        double[] pooled = a.WithinCovariance();
        foreach (ref double element in pooled.AsSpan())
            element *= (double)a.Count / count;
        F64Linear.AddMultiple(pooled, b.WithinCovariance(), (double)b.Count / count);
        Shrink(pooled, a.Dimension, count);
        return pooled;
    }

    private static double[] Contributions(double[] covariance, double[] shift)
    {
        Cholesky factor = new(covariance, shift.Length);
        double[] solved = [.. shift];
        factor.SolveForward(solved);
        factor.SolveBackward(solved);
        for (int i = 0; i < solved.Length; i++)
            solved[i] *= shift[i];
        return solved;
    }

    private static double LogDeterminant(Moments moments)
    {
        double[] covariance = moments.WithinCovariance();
        Shrink(covariance, moments.Dimension, moments.Count);
        return new Cholesky(covariance, moments.Dimension).LogDeterminant;
    }

    private static void Shrink(double[] covariance, int dimension, long count) =>
        Shrinkage.Apply(covariance, dimension, Shrinkage.Oas(covariance, dimension, count));
}
