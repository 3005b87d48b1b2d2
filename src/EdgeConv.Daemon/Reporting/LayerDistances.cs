using EdgeConv.Gating;

namespace EdgeConv.Daemon.Reporting;

/// <summary>
/// Distances at one layer, all of the same samples: fitted to by <see cref="Add"/>, then told by
/// <see cref="Score"/>.
/// </summary>
internal sealed class LayerDistances
{
    /// <summary>Channels up to which variances are features too: their covariance has four times as many.</summary>
    public const int MostChannelsWithVariance = 512;

    /// <summary>The distances, in the order of <see cref="Score"/>.</summary>
    public static readonly IReadOnlyList<string> Names =
        ["diagonal", "tied", "relative", "tied, mean+variance", "tied, mean+variance, scaled"];

    private readonly int _channels;
    private readonly Moments _means;
    private readonly Moments? _all;
    private readonly Moments? _scaled;
    private readonly float[] _unit;
    private Func<float[], float>?[] _scores = [];

    /// <param name="channels">Channels C of the layer.</param>
    /// <param name="classes">Classes of the samples.</param>
    public LayerDistances(int channels, int classes)
    {
        _channels = channels;
        _means = new Moments(channels, classes);
        if (channels <= MostChannelsWithVariance)
        {
            _all = new Moments(2 * channels, classes);
            _scaled = new Moments(2 * channels, classes);
        }

        _unit = new float[2 * channels];
    }

    /// <summary>Fits to a sample.</summary>
    /// <param name="classIndex">Its class.</param>
    /// <param name="statistics">Means, then variances <c>[2C]</c>.</param>
    public void Add(int classIndex, ReadOnlySpan<float> statistics)
    {
        _means.Add(classIndex, statistics[.._channels]);
        _all?.Add(classIndex, statistics);
        _scaled?.Add(classIndex, Scale(statistics));
    }

    /// <summary>Derives the distances.</summary>
    public void Finish()
    {
        MahalanobisEvaluator? tied = Tied(_means), all = Tied(_all), scaled = Tied(_scaled);
        MahalanobisEvaluator? whole = CanBeRelative() ? Whole(_means) : null;
        MahalanobisEvaluator diagonal = new(GaussianModel.Diagonal(_means).ToSingle());
        _scores =
        [
            x => diagonal.SquaredDistance(x.AsSpan(0, _channels)),
            tied is null ? null : x => tied.SquaredDistance(x.AsSpan(0, _channels)),
            tied is null || whole is null ? null : x =>
                tied.SquaredDistance(x.AsSpan(0, _channels)) - whole.SquaredDistance(x.AsSpan(0, _channels)),
            all is null ? null : x => all.SquaredDistance(x),
            scaled is null ? null : x => scaled.SquaredDistance(Scale(x)),
        ];
    }

    /// <summary>
    /// Each distance of a sample; NaN for one that there is not. What single precision cannot tell is as odd as
    /// can be.
    /// </summary>
    /// <param name="statistics">Means, then variances <c>[2C]</c>.</param>
    public double[] Score(float[] statistics) =>
    [
        .. _scores.Select(score =>
        {
            double value = score?.Invoke(statistics) ?? double.NaN;
            return score is null || double.IsFinite(value) ? value : float.MaxValue;
        }),
    ];

    private bool CanBeRelative() => _means.OccupiedClasses > 1 && _means.Count > 2 * _means.Dimension;

    // To length 1; holds until the next.
    private float[] Scale(ReadOnlySpan<float> statistics)
    {
        double sum = 0;
        foreach (float value in statistics)
            sum += (double)value * value;
        double factor = sum == 0 ? 1 : 1 / Math.Sqrt(sum);
        for (int i = 0; i < _unit.Length; i++)
            _unit[i] = (float)(statistics[i] * factor);
        return _unit;
    }

    private static MahalanobisEvaluator? Tied(Moments? moments) => moments is null
        ? null
        : Usable(moments, moments.WithinCovariance(), GaussianModel.ClassMeans);

    private static MahalanobisEvaluator? Whole(Moments moments) =>
        Usable(moments, moments.TotalCovariance(), GaussianModel.SingleMean);

    private static MahalanobisEvaluator? Usable(Moments moments, double[] covariance, Model derive)
    {
        Shrinkage.Apply(covariance, moments.Dimension, Shrinkage.Oas(covariance, moments.Dimension, moments.Count));
        GaussianModel model = derive(moments, covariance);
        if (model.Factor is not { } factor || factor.Rank < factor.Dimension)
            return null;
        WhitenedGaussian single = model.ToSingle();
        return single.IsUsable() ? new MahalanobisEvaluator(single) : null;
    }

    private delegate GaussianModel Model(Moments moments, ReadOnlySpan<double> covariance);
}
