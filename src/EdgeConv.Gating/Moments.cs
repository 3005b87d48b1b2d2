using EdgeConv.Kernels.Linear;

namespace EdgeConv.Gating;

/// <summary>
/// Counts, class means and pooled within-class scatter of d features, gathered in one pass and mergeable:
/// shards in any order and grouping give what one batch gives. K + K d + d(d+1)/2 numbers, all in double;
/// divisors are 1/n. Not thread-safe.
/// </summary>
/// <remarks>
/// Update after Welford (1962), merge after Chan, Golub and LeVeque (1983). Total scatter follows from the
/// within-class one: T = W + Σ n_c (μ_c − μ)(μ_c − μ)ᵀ.
/// </remarks>
public sealed class Moments
{
    private readonly long[] _counts;
    private readonly double[] _means;
    private readonly double[] _scatter;
    private readonly double[] _delta;

    /// <summary>
    /// Empty moments of <paramref name="dimension"/> features in <paramref name="classes"/> classes.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Either is below 1.</exception>
    public Moments(int dimension, int classes)
        : this(new long[AtLeastOne(classes)], new double[AtLeastOne(dimension) * (long)classes],
            new double[PackedLower.Length(dimension)])
    {
    }

    internal Moments(long[] counts, double[] means, double[] scatter)
    {
        _counts = counts;
        _means = means;
        _scatter = scatter;
        Dimension = means.Length / counts.Length;
        _delta = new double[Dimension];
        Count = counts.Sum();
    }

    /// <summary>Features d.</summary>
    public int Dimension { get; }

    /// <summary>Classes K; 1 when samples carry no label.</summary>
    public int Classes => _counts.Length;

    /// <summary>Classes that have samples.</summary>
    public int OccupiedClasses => _counts.Count(count => count > 0);

    /// <summary>Samples of all classes.</summary>
    public long Count { get; private set; }

    /// <summary>Samples of each class <c>[K]</c>.</summary>
    public ReadOnlySpan<long> Counts => _counts;

    /// <summary>Class means <c>[K,d]</c>; zeros for a class without samples.</summary>
    public ReadOnlySpan<double> Means => _means;

    /// <summary>Pooled within-class scatter Σ (x − μ_c)(x − μ_c)ᵀ, <see cref="PackedLower"/>.</summary>
    public ReadOnlySpan<double> Scatter => _scatter;

    /// <summary>Mean of one class, <c>[d]</c>.</summary>
    public ReadOnlySpan<double> MeanOf(int classIndex) => _means.AsSpan(classIndex * Dimension, Dimension);

    /// <summary>Adds one sample of <paramref name="classIndex"/>; finite values.</summary>
    /// <exception cref="ArgumentException">Not d features, or no such class.</exception>
    public void Add(int classIndex, ReadOnlySpan<double> features)
    {
        CheckSample(classIndex, features.Length);
        features.CopyTo(_delta);
        AddDelta(classIndex);
    }

    /// <inheritdoc cref="Add(int, ReadOnlySpan{double})"/>
    public void Add(int classIndex, ReadOnlySpan<float> features)
    {
        CheckSample(classIndex, features.Length);
        for (int i = 0; i < features.Length; i++)
            _delta[i] = features[i];
        AddDelta(classIndex);
    }

    /// <summary>Adds all samples that <paramref name="other"/> has seen.</summary>
    /// <exception cref="ArgumentException">Features or classes differ in number.</exception>
    public void Merge(Moments other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Dimension != Dimension || other.Classes != Classes)
        {
            throw new ArgumentException(
                $"moments [{other.Classes},{other.Dimension}] merged into [{Classes},{Dimension}]");
        }

        F64Linear.AddMultiple(_scatter, other._scatter, 1);
        for (int c = 0; c < Classes; c++)
            MergeClass(c, other);
        Count += other.Count;
    }

    /// <summary>Mean over all classes, <c>[d]</c>; zeros without samples.</summary>
    public double[] Mean()
    {
        double[] mean = new double[Dimension];
        for (int c = 0; c < Classes && Count > 0; c++)
            F64Linear.AddMultiple(mean, MeanOf(c), (double)_counts[c] / Count);
        return mean;
    }

    /// <summary>Pooled covariance around the class means W/N, <see cref="PackedLower"/>.</summary>
    public double[] WithinCovariance() => Divided([.. _scatter]);

    /// <summary>Covariance around the overall mean T/N, <see cref="PackedLower"/>.</summary>
    public double[] TotalCovariance()
    {
        double[] total = [.. _scatter];
        double[] mean = Mean();
        double[] delta = new double[Dimension];
        for (int c = 0; c < Classes; c++)
        {
            MeanOf(c).CopyTo(delta);
            F64Linear.AddMultiple(delta, mean, -1);
            F64Linear.RankOneUpdate(total, delta, _counts[c]);
        }

        return Divided(total);
    }

    /// <summary>Variance of each feature around its class means, <c>[d]</c>.</summary>
    public double[] WithinVariance() => DiagonalOf(WithinCovariance());

    /// <summary>Variance of each feature around the overall mean, <c>[d]</c>.</summary>
    public double[] TotalVariance() => DiagonalOf(TotalCovariance());

    // _delta holds the sample on entry.
    private void AddDelta(int classIndex)
    {
        long n = ++_counts[classIndex];
        Count++;
        Span<double> mean = _means.AsSpan(classIndex * Dimension, Dimension);
        F64Linear.AddMultiple(_delta, mean, -1);
        F64Linear.AddMultiple(mean, _delta, 1.0 / n);
        F64Linear.RankOneUpdate(_scatter, _delta, (n - 1.0) / n);
    }

    private void MergeClass(int c, Moments other)
    {
        double n = _counts[c], m = other._counts[c];
        if (m == 0)
            return;
        Span<double> mean = _means.AsSpan(c * Dimension, Dimension);
        other.MeanOf(c).CopyTo(_delta);
        F64Linear.AddMultiple(_delta, mean, -1);
        F64Linear.AddMultiple(mean, _delta, m / (n + m));
        F64Linear.RankOneUpdate(_scatter, _delta, n * m / (n + m));
        _counts[c] += other._counts[c];
    }

    private double[] Divided(double[] scatter)
    {
        for (int i = 0; i < scatter.Length; i++)
            scatter[i] /= Math.Max(Count, 1);
        return scatter;
    }

    private double[] DiagonalOf(double[] packed)
    {
        double[] diagonal = new double[Dimension];
        for (int i = 0; i < Dimension; i++)
            diagonal[i] = packed[PackedLower.Diagonal(i)];
        return diagonal;
    }

    private void CheckSample(int classIndex, int features)
    {
        if ((uint)classIndex >= (uint)Classes)
            throw new ArgumentException($"class {classIndex} of {Classes}", nameof(classIndex));
        if (features != Dimension)
            throw new ArgumentException($"{features} features, {Dimension} expected", nameof(features));
    }

    private static int AtLeastOne(int value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
        return value;
    }
}
