namespace EdgeConv.Gating;

/// <summary>What a gate knows of in-distribution data at one tap. Immutable.</summary>
public sealed record TapFingerprint
{
    /// <summary>The tapped value's name in the model file.</summary>
    public required string Name { get; init; }

    /// <summary>Channels C of the tap.</summary>
    public required int Channels { get; init; }

    /// <summary>Which statistics are the features.</summary>
    public required TapStatistic Statistic { get; init; }

    /// <summary>
    /// Whether features are scaled to Euclidean length 1 (Mahalanobis++), which ignores gain.
    /// </summary>
    public bool IsNormalized { get; init; }

    /// <summary>The distance.</summary>
    public required GateMode Mode { get; init; }

    /// <summary>Whether the fit chose the distance, see <see cref="TapChoice.Mode"/>.</summary>
    public bool IsModeAutomatic { get; init; }

    /// <summary>How the shrinkage was found; of no meaning for the diagonal modes.</summary>
    public required CovarianceEstimator Estimator { get; init; }

    /// <summary>Shrinkage of the covariance around the class means, 0..1.</summary>
    public double Shrinkage { get; init; }

    /// <summary>Shrinkage of the covariance of all data, 0..1; 0 unless relative.</summary>
    public double BackgroundShrinkage { get; init; }

    /// <summary>Counts, class means and scatter of the fit samples.</summary>
    public required Moments Moments { get; init; }

    /// <summary>
    /// The classes (or all data, for <see cref="GateMode.Diagonal"/>), derived from the moments.
    /// </summary>
    public required WhitenedGaussian Classes { get; init; }

    /// <summary>All data as one Gaussian; null unless relative.</summary>
    public WhitenedGaussian? Background { get; init; }

    /// <summary>
    /// Scores of the calibration samples, finite; the same samples in the same order at every tap.
    /// </summary>
    public required float[] Scores { get; init; }

    /// <summary>Features d: C or 2C.</summary>
    public int Dimension => DimensionOf(Statistic, Channels);

    /// <summary>How it was fitted, for another fit of the same kind.</summary>
    public TapChoice Choice => new(Name, Channels)
    {
        Statistic = Statistic,
        Mode = IsModeAutomatic ? null : Mode,
        IsNormalized = IsNormalized,
    };

    internal static int DimensionOf(TapStatistic statistic, int channels) =>
        statistic == TapStatistic.Mean ? channels : 2 * channels;
}

/// <summary>Scores a tap's statistics as the run time does; no allocation. Not thread-safe.</summary>
internal sealed class TapScorer
{
    private readonly TapFeatures _features;
    private readonly MahalanobisEvaluator _classes;
    private readonly MahalanobisEvaluator? _background;
    private readonly float[] _contributions;

    public TapScorer(TapFeatures features, WhitenedGaussian classes, WhitenedGaussian? background)
    {
        _features = features;
        _classes = new MahalanobisEvaluator(classes);
        _background = background is null ? null : new MahalanobisEvaluator(background);
        _contributions = new float[features.Dimension];
    }

    public float Score(ReadOnlySpan<float> statistics)
    {
        _features.Read(statistics);
        return ScoreFeatures(_features.Values);
    }

    // Inputs whose distance cannot be told in single precision (activations NaN, infinite or astronomically
    // far) get the greatest finite score: certainly odd, and a number that every reader of the result can
    // parse.
    public float ScoreFeatures(ReadOnlySpan<float> features)
    {
        float score = _classes.SquaredDistance(features);
        if (_background is not null)
            score -= _background.SquaredDistance(features);
        return float.IsFinite(score) ? score : float.MaxValue;
    }

    public ReadOnlySpan<float> Contributions()
    {
        _contributions.AsSpan().Clear();
        _classes.AddContributions(_contributions, 1);
        _background?.AddContributions(_contributions, -1);
        return _contributions;
    }
}

/// <summary>Takes a tap's features out of its statistics; no allocation. Not thread-safe.</summary>
internal sealed class TapFeatures(TapStatistic statistic, int channels, bool isNormalized)
{
    private readonly float[] _values = new float[TapFingerprint.DimensionOf(statistic, channels)];

    public int Dimension => _values.Length;

    public int Channels => channels;

    public ReadOnlySpan<float> Values => _values;

    /// <summary>Reads the mean, then the variance of each channel, 2C values.</summary>
    public void Read(ReadOnlySpan<float> statistics)
    {
        if (statistics.Length != 2 * channels)
            throw new ArgumentException($"{statistics.Length} statistics, {2 * channels} expected");
        statistics[.._values.Length].CopyTo(_values);
        if (isNormalized)
            Normalize();
    }

    private void Normalize()
    {
        double sum = 0;
        foreach (float value in _values)
            sum += (double)value * value;
        if (sum == 0)
            return;
        double factor = 1 / Math.Sqrt(sum);
        foreach (ref float value in _values.AsSpan())
            value = (float)(value * factor);
    }
}
