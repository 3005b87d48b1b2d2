using EdgeConv.Kernels.Linear;

namespace EdgeConv.Gating.Maps;

/// <summary>
/// Mean and scatter of the channels at each position, gathered in one pass and mergeable; all in double.
/// Not thread-safe.
/// </summary>
/// <remarks>Update after Welford (1962), merge after Chan, Golub and LeVeque (1983).</remarks>
internal sealed class MapMoments
{
    private readonly int _channels;
    private readonly int _factorLength;
    private readonly double[] _means;
    private readonly double[] _scatter;
    private readonly double[] _delta;

    public MapMoments(MapChoice choice)
        : this(choice, 0, new double[choice.Positions * choice.Channels],
            new double[choice.Positions * choice.FactorLength])
    {
    }

    public MapMoments(MapChoice choice, long count, double[] means, double[] scatter)
    {
        _channels = choice.Channels;
        _factorLength = choice.FactorLength;
        _means = means;
        _scatter = scatter;
        _delta = new double[_channels];
        Count = count;
    }

    /// <summary>Samples n.</summary>
    public long Count { get; private set; }

    /// <summary>Means <c>[H W, C]</c>.</summary>
    public ReadOnlySpan<double> Means => _means;

    /// <summary>Σ (x − μ)(x − μ)ᵀ of each position, or its diagonal, <c>[H W, F]</c>.</summary>
    public ReadOnlySpan<double> Scatter => _scatter;

    private int Positions => _means.Length / _channels;

    private bool IsDiagonal => _factorLength == _channels;

    /// <summary>Adds a sample <c>[H W, C]</c>.</summary>
    public void Add(ReadOnlySpan<float> activations)
    {
        long n = ++Count;
        for (int position = 0; position < Positions; position++)
        {
            ReadOnlySpan<float> sample = activations.Slice(position * _channels, _channels);
            for (int i = 0; i < _delta.Length; i++)
                _delta[i] = sample[i];
            Move(position, 1.0 / n, (n - 1.0) / n);
        }
    }

    /// <summary>Adds all samples that <paramref name="other"/> has seen; of the same extents and mode.</summary>
    public void Merge(MapMoments other)
    {
        double n = Count, m = other.Count;
        if (m == 0)
            return;
        F64Linear.AddMultiple(_scatter, other._scatter, 1);
        for (int position = 0; position < Positions; position++)
        {
            other._means.AsSpan(position * _channels, _channels).CopyTo(_delta);
            Move(position, m / (n + m), n * m / (n + m));
        }

        Count += other.Count;
    }

    /// <summary>Covariance of one position, packed or its diagonal; divisor 1/n.</summary>
    public double[] Covariance(int position)
    {
        double[] covariance = _scatter.AsSpan(position * _factorLength, _factorLength).ToArray();
        foreach (ref double element in covariance.AsSpan())
            element /= Math.Max(1, Count);
        return covariance;
    }

    /// <summary>Mean of the variances of all channels at all positions.</summary>
    public double MeanVariance()
    {
        double sum = 0;
        for (int position = 0; position < Positions; position++)
        {
            int start = position * _factorLength;
            for (int i = 0; i < _channels; i++)
                sum += _scatter[start + (IsDiagonal ? i : PackedLower.Diagonal(i))];
        }

        return sum / Math.Max(1, Count) / _means.Length;
    }

    // _delta holds the newcomers' mean on entry: moves the mean by their share, adds `weight` of the square.
    private void Move(int position, double share, double weight)
    {
        Span<double> mean = _means.AsSpan(position * _channels, _channels);
        Span<double> scatter = _scatter.AsSpan(position * _factorLength, _factorLength);
        F64Linear.AddMultiple(_delta, mean, -1);
        F64Linear.AddMultiple(mean, _delta, share);
        if (IsDiagonal)
            AddSquares(scatter, weight);
        else
            F64Linear.RankOneUpdate(scatter, _delta, weight);
    }

    private void AddSquares(Span<double> scatter, double weight)
    {
        for (int i = 0; i < scatter.Length; i++)
            scatter[i] += weight * _delta[i] * _delta[i];
    }
}
