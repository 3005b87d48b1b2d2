using EdgeConv.Kernels.Linear;

namespace EdgeConv.Gating;

/// <summary>How strongly a covariance is pulled towards a multiple of the identity.</summary>
public enum CovarianceEstimator
{
    /// <summary>Not at all.</summary>
    Empirical,

    /// <summary>Oracle approximating shrinkage; needs the covariance only, so it survives merging.</summary>
    Oas,

    /// <summary>Ledoit–Wolf; needs a second pass over the samples.</summary>
    LedoitWolf,

    /// <summary>By an amount the user gives.</summary>
    Fixed,
}

/// <summary>
/// Shrinkage of a covariance S [d,d] (<see cref="PackedLower"/>, divisor 1/n) towards m I with m = tr(S)/d:
/// Σ = (1 − s) S + s m I.
/// </summary>
public static class Shrinkage
{
    /// <summary>
    /// s of oracle approximating shrinkage (Chen et al. 2010) in the form scikit-learn computes, which
    /// drops the paper's 2/d terms: a = mean_ij(S_ij²), s = (a + m²) / ((n + 1)(a − m²/d)), at most 1.
    /// </summary>
    public static double Oas(ReadOnlySpan<double> covariance, int dimension, long count)
    {
        double scale = MeanVariance(covariance, dimension);
        double square = SquaredNorm(covariance, dimension) / dimension / dimension;
        double denominator = (count + 1.0) * (square - scale * scale / dimension);
        return denominator <= 0 ? 1 : Math.Min(1, (square + scale * scale) / denominator);
    }

    /// <summary>
    /// s of Ledoit and Wolf (2004): δ = (‖S‖² − 2 m tr S + d m²)/d, β = (q − ‖S‖²)/(d n), s = min(β, δ)/δ,
    /// where q = mean of ‖x − μ‖⁴ over the n samples is <paramref name="meanFourthPower"/>.
    /// </summary>
    public static double LedoitWolf(
        ReadOnlySpan<double> covariance, int dimension, long count, double meanFourthPower)
    {
        double scale = MeanVariance(covariance, dimension);
        double square = SquaredNorm(covariance, dimension);
        double delta = (square - dimension * scale * scale) / dimension;
        double beta = (meanFourthPower - square) / dimension / count;
        return beta <= 0 || delta <= 0 ? 0 : Math.Min(beta, delta) / delta;
    }

    /// <summary>‖x − μ‖⁴ of one sample, to be averaged for <see cref="LedoitWolf"/>.</summary>
    public static double FourthPower(ReadOnlySpan<double> sample, ReadOnlySpan<double> mean)
    {
        double square = 0;
        for (int i = 0; i < sample.Length; i++)
            square += (sample[i] - mean[i]) * (sample[i] - mean[i]);
        return square * square;
    }

    /// <summary>Replaces S by Σ.</summary>
    /// <param name="covariance">S, then Σ.</param>
    /// <param name="dimension">d.</param>
    /// <param name="amount">s in 0..1.</param>
    public static void Apply(Span<double> covariance, int dimension, double amount)
    {
        double target = amount * MeanVariance(covariance, dimension);
        foreach (ref double element in covariance)
            element *= 1 - amount;
        for (int i = 0; i < dimension; i++)
            covariance[PackedLower.Diagonal(i)] += target;
    }

    /// <summary>m = tr(S)/d.</summary>
    public static double MeanVariance(ReadOnlySpan<double> covariance, int dimension)
    {
        double trace = 0;
        for (int i = 0; i < dimension; i++)
            trace += covariance[PackedLower.Diagonal(i)];
        return trace / dimension;
    }

    // Every element off the diagonal stands for two of the full matrix.
    private static double SquaredNorm(ReadOnlySpan<double> covariance, int dimension)
    {
        double diagonal = 0;
        for (int i = 0; i < dimension; i++)
            diagonal += covariance[PackedLower.Diagonal(i)] * covariance[PackedLower.Diagonal(i)];
        return 2 * F64Linear.Dot(covariance, covariance) - diagonal;
    }
}
