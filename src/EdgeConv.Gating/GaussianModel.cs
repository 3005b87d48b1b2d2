using EdgeConv.Kernels.Linear;

namespace EdgeConv.Gating;

/// <summary>
/// Means that share one covariance, in double: what a fit works with and what the single-precision
/// <see cref="MahalanobisEvaluator"/> is derived from. Σ = L Lᵀ; no inverse is formed. Immutable.
/// </summary>
public sealed class GaussianModel
{
    private readonly double[] _centre;
    private readonly double[][] _means;
    private readonly Cholesky? _factor;
    private readonly double[] _deviations;

    private GaussianModel(double[] centre, double[][] means, Cholesky? factor, double[] deviations)
    {
        _centre = centre;
        _means = means;
        _factor = factor;
        _deviations = deviations;
    }

    /// <summary>Features d.</summary>
    public int Dimension => _centre.Length;

    /// <summary>Number of means: the classes that had samples, or 1.</summary>
    public int Classes => _means.Length;

    /// <summary>The factor of a full covariance; null when it is diagonal.</summary>
    public Cholesky? Factor => _factor;

    /// <summary>Class means sharing <paramref name="covariance"/> (<see cref="PackedLower"/>).</summary>
    public static GaussianModel ClassMeans(Moments moments, ReadOnlySpan<double> covariance) =>
        new(moments.Mean(), MeansOf(moments), new Cholesky(covariance, moments.Dimension), []);

    /// <summary>
    /// One Gaussian over all data with <paramref name="covariance"/> (<see cref="PackedLower"/>).
    /// </summary>
    public static GaussianModel SingleMean(Moments moments, ReadOnlySpan<double> covariance)
    {
        double[] mean = moments.Mean();
        return new(mean, [mean], new Cholesky(covariance, moments.Dimension), []);
    }

    /// <summary>The mean and variance of every feature over all data.</summary>
    public static GaussianModel Diagonal(Moments moments)
    {
        double[] mean = moments.Mean();
        return new(mean, [mean], null, Deviations(moments.TotalVariance()));
    }

    /// <summary>Class means sharing the variance of every feature around them.</summary>
    public static GaussianModel ClassDiagonal(Moments moments) =>
        new(moments.Mean(), MeansOf(moments), null, Deviations(moments.WithinVariance()));

    /// <summary>Squared distance to the nearest mean.</summary>
    public double SquaredDistance(ReadOnlySpan<double> features) => Nearest(features, out _);

    /// <summary>
    /// e_i (Σ⁻¹ e)_i with e = f − nearest mean, <c>[d]</c>: sums to the squared distance, does not depend
    /// on the order of the features, and may be negative.
    /// </summary>
    public double[] Contributions(ReadOnlySpan<double> features)
    {
        Nearest(features, out int nearest);
        double[] difference = Difference(features, _means[nearest]);
        double[] solved = [.. difference];
        Whiten(solved);
        if (_factor is not null)
            _factor.SolveBackward(solved);
        else
            Scale(solved);
        for (int i = 0; i < solved.Length; i++)
            solved[i] *= difference[i];
        return solved;
    }

    /// <summary>The same model for single-precision evaluation.</summary>
    public WhitenedGaussian ToSingle()
    {
        float[] centre = [.. _centre.Select(x => (float)x)];
        float[] means = new float[Classes * Dimension];
        for (int c = 0; c < Classes; c++)
        {
            double[] u = Difference(_means[c], [.. centre.Select(x => (double)x)]);
            Whiten(u);
            for (int i = 0; i < Dimension; i++)
                means[c * Dimension + i] = (float)u[i];
        }

        ReadOnlySpan<double> factor = _factor is null ? _deviations : _factor.Lower;
        float[] single = new float[factor.Length];
        for (int i = 0; i < single.Length; i++)
            single[i] = (float)factor[i];
        return new WhitenedGaussian { Centre = centre, Factor = single, Means = means };
    }

    private double Nearest(ReadOnlySpan<double> features, out int nearest)
    {
        double best = double.PositiveInfinity;
        nearest = 0;
        for (int c = 0; c < Classes; c++)
        {
            double[] u = Difference(features, _means[c]);
            Whiten(u);
            double distance = F64Linear.Dot(u, u);
            if (distance >= best)
                continue;
            best = distance;
            nearest = c;
        }

        return best;
    }

    private void Whiten(double[] x)
    {
        if (_factor is not null)
            _factor.SolveForward(x);
        else
            Scale(x);
    }

    private void Scale(double[] x)
    {
        for (int i = 0; i < x.Length; i++)
            x[i] /= _deviations[i];
    }

    private static double[] Difference(ReadOnlySpan<double> a, double[] b)
    {
        double[] difference = a.ToArray();
        F64Linear.AddMultiple(difference, b, -1);
        return difference;
    }

    private static double[][] MeansOf(Moments moments) =>
    [
        .. Enumerable.Range(0, moments.Classes)
            .Where(c => moments.Counts[c] > 0)
            .Select(c => moments.MeanOf(c).ToArray()),
    ];

    // A constant feature gets the smallest variance of the others: a change in it counts, but stays finite.
    private static double[] Deviations(double[] variances)
    {
        double least = variances.Where(v => v > 0).DefaultIfEmpty(1).Min();
        return [.. variances.Select(v => Math.Sqrt(Math.Max(v, least)))];
    }
}
