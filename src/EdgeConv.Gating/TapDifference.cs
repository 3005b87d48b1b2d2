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
/// What lies between two fingerprints at one tap, from their moments alone. With e = μ_B − μ_A, the
/// difference of the means over all data, and Σ the pooled covariance of all data around them,
/// (T_A + T_B)/(N_A + N_B), shrunk by OAS.
/// </summary>
public sealed record TapDifference
{
    /// <summary>The tap's name.</summary>
    public required string Tap { get; init; }

    /// <summary>
    /// D² = eᵀ Σ⁻¹ e, Mahalanobis' distance of two samples (1936): the same for A and B as for B and A, and
    /// for any invertible linear map of the features but for the shrinkage.
    /// </summary>
    public required double SquaredDistance { get; init; }

    /// <summary>
    /// tr(Σ⁻¹ T) (1/N_A + 1/N_B) with T the pooled covariance before it was shrunk: what D² is expected to be
    /// for two independent samples of one distribution, d (1/N_A + 1/N_B) without shrinkage (Hotelling 1931).
    /// A D² of this size is no change.
    /// </summary>
    public required double ExpectedByChance { get; init; }

    /// <summary>
    /// ln det Σ_B − ln det Σ_A of the covariances of all data, each shrunk by OAS: above 0 B spreads wider.
    /// The volume of the ellipsoid at one distance changes by exp of half of it.
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
        double shrinkage = Shrink(pooled, a.Dimension, a.Count + b.Count);
        Cholesky factor = new(pooled, a.Dimension);
        double[] contributions = Contributions(factor, shift);
        return new TapDifference
        {
            Tap = first.Name,
            SquaredDistance = contributions.Sum(),
            ExpectedByChance =
                UnshrunkTrace(factor, Shrinkage.MeanVariance(pooled, a.Dimension), shrinkage)
                * (1.0 / a.Count + 1.0 / b.Count),
            LogDeterminantChange = LogDeterminant(b) - LogDeterminant(a),
            Features = [.. FeaturesOf(first, second, pooled, shift, contributions)
                .OrderByDescending(feature => feature.Contribution)],
        };
    }

    private static IEnumerable<FeatureDifference> FeaturesOf(
        TapFingerprint first, TapFingerprint second, double[] pooled, double[] shift, double[] contributions)
    {
        double[] before = first.Moments.TotalVariance(), after = second.Moments.TotalVariance();
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
        double[] pooled = a.TotalCovariance();
        foreach (ref double element in pooled.AsSpan())
            element *= (double)a.Count / count;
        F64Linear.AddMultiple(pooled, b.TotalCovariance(), (double)b.Count / count);
        return pooled;
    }

    // tr(Σ⁻¹ T) where Σ = (1 − s) T + s m I: (d − s m tr Σ⁻¹)/(1 − s), and d for s = 1. m is that of Σ too.
    private static double UnshrunkTrace(Cholesky factor, double scale, double shrinkage)
    {
        if (shrinkage == 1)
            return factor.Dimension;
        double inverse = 0;
        double[] column = new double[factor.Dimension];
        for (int i = 0; i < column.Length; i++)
        {
            Array.Clear(column);
            column[i] = 1;
            factor.SolveForward(column);
            inverse += F64Linear.Dot(column, column);
        }

        return (factor.Dimension - shrinkage * scale * inverse) / (1 - shrinkage);
    }

    private static double[] Contributions(Cholesky factor, double[] shift)
    {
        double[] solved = [.. shift];
        factor.SolveForward(solved);
        factor.SolveBackward(solved);
        for (int i = 0; i < solved.Length; i++)
            solved[i] *= shift[i];
        return solved;
    }

    private static double LogDeterminant(Moments moments)
    {
        double[] covariance = moments.TotalCovariance();
        Shrink(covariance, moments.Dimension, moments.Count);
        return new Cholesky(covariance, moments.Dimension).LogDeterminant;
    }

    private static double Shrink(double[] covariance, int dimension, long count)
    {
        double amount = Shrinkage.Oas(covariance, dimension, count);
        Shrinkage.Apply(covariance, dimension, amount);
        return amount;
    }
}
