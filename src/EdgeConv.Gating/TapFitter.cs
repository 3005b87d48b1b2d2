using EdgeConv.Core;

namespace EdgeConv.Gating;

/// <summary>Gathers one tap's samples and derives its fingerprint.</summary>
internal sealed class TapFitter
{
    private readonly TapChoice _choice;
    private readonly FitOptions _options;
    private readonly TapFeatures _features;
    private readonly Moments _moments;
    private readonly List<(int Class, float[] Features)> _fit = [];
    private readonly TapFingerprint? _kept;
    private GateMode _mode;

    /// <param name="choice">The tap.</param>
    /// <param name="options">How it is fitted.</param>
    /// <param name="kept">Whose distance is kept; null to fit one.</param>
    public TapFitter(TapChoice choice, FitOptions options, TapFingerprint? kept = null)
    {
        _kept = kept;
        _choice = choice;
        _options = options;
        _features = new TapFeatures(choice.Statistic, choice.Channels, choice.IsNormalized);
        _moments = new Moments(_features.Dimension, options.Classes);
    }

    public long FitCount => _moments.Count;

    /// <summary>Features d.</summary>
    public int Dimension => _features.Dimension;

    /// <summary>What the samples fitted to have come to.</summary>
    public Moments Moments => _moments;

    /// <summary>Whether no feature of the samples fitted to varies.</summary>
    public bool IsConstant => !(_moments.TotalVariance().Sum() > 0);

    /// <summary>Reads the features of one sample; they hold until the next is read.</summary>
    public ReadOnlySpan<float> Read(string origin, ReadOnlySpan<float> statistics)
    {
        _features.Read(statistics);
        for (int i = 0; i < _features.Dimension; i++)
        {
            if (!float.IsFinite(_features.Values[i]))
                throw new DataError(origin, $"{Describe(i)} is {_features.Values[i]}; it must be finite");
        }

        return _features.Values;
    }

    /// <summary>Fits to the features that were read last.</summary>
    public void Add(int classIndex)
    {
        _moments.Add(classIndex, _features.Values);
        if (_options.Estimator == CovarianceEstimator.LedoitWolf)
            _fit.Add((classIndex, _features.Values.ToArray()));
    }

    /// <summary>Adds the samples that other moments of this tap have seen.</summary>
    public void Merge(Moments moments) => _moments.Merge(moments);

    /// <summary>Derives the distance and calibrates it by features of other samples.</summary>
    public TapFingerprint Finish(string place, IEnumerable<float[]> calibration)
    {
        if (_kept is not null)
            return Calibrated(_kept, calibration);
        _mode = _choice.Mode ?? Automatic();
        CheckCounts(place);
        double shrinkage = 0, background = 0;
        WhitenedGaussian? whole = null;
        WhitenedGaussian classes = _mode switch
        {
            GateMode.Diagonal => GaussianModel.Diagonal(_moments).ToSingle(),
            GateMode.ClassDiagonal => GaussianModel.ClassDiagonal(_moments).ToSingle(),
            _ => Tied(place, out shrinkage),
        };
        if (_mode == GateMode.Relative)
            whole = Background(place, out background);
        CheckSingle(place, classes);
        if (whole is not null)
            CheckSingle(place, whole);
        return Calibrated(new TapFingerprint
        {
            Name = _choice.Name,
            Channels = _choice.Channels,
            Statistic = _choice.Statistic,
            IsNormalized = _choice.IsNormalized,
            Mode = _mode,
            IsModeAutomatic = _choice.Mode is null,
            Estimator = _options.Estimator,
            Shrinkage = shrinkage,
            BackgroundShrinkage = background,
            Moments = _moments,
            Classes = classes,
            Background = whole,
            Scores = [],
        }, calibration);
    }

    private TapFingerprint Calibrated(TapFingerprint tap, IEnumerable<float[]> calibration)
    {
        TapScorer scorer = new(_features, tap.Classes, tap.Background);
        return tap with { Scores = [.. calibration.Select(x => scorer.ScoreFeatures(x))] };
    }

    private GateMode Automatic() =>
        FitCount > 2 * Dimension && _moments.OccupiedClasses > 1 ? GateMode.Relative : GateMode.Tied;

    private WhitenedGaussian Tied(string place, out double shrinkage)
    {
        double[] covariance = _moments.WithinCovariance();
        shrinkage = Estimate(covariance, c => _moments.MeanOf(c).ToArray());
        Shrinkage.Apply(covariance, _moments.Dimension, shrinkage);
        return Definite(place, GaussianModel.ClassMeans(_moments, covariance)).ToSingle();
    }

    private WhitenedGaussian Background(string place, out double shrinkage)
    {
        double[] covariance = _moments.TotalCovariance();
        double[] mean = _moments.Mean();
        shrinkage = Estimate(covariance, _ => mean);
        Shrinkage.Apply(covariance, _moments.Dimension, shrinkage);
        return Definite(place, GaussianModel.SingleMean(_moments, covariance)).ToSingle();
    }

    private double Estimate(double[] covariance, Func<int, double[]> meanOf) => _options.Estimator switch
    {
        CovarianceEstimator.Empirical => 0,
        CovarianceEstimator.Oas => Shrinkage.Oas(covariance, _moments.Dimension, _moments.Count),
        CovarianceEstimator.LedoitWolf => Shrinkage.LedoitWolf(
            covariance, _moments.Dimension, _moments.Count, MeanFourthPower(meanOf)),
        _ => _options.FixedShrinkage,
    };

    private double MeanFourthPower(Func<int, double[]> meanOf) =>
        _fit.Average(s => Shrinkage.FourthPower([.. s.Features.Select(x => (double)x)], meanOf(s.Class)));

    private void CheckCounts(string place)
    {
        if (FitCount < 2)
            throw new FingerprintError(place, $"{FitCount} samples to fit to; at least 2 are needed");
        if (IsConstant)
            throw new FingerprintError(place, $"every feature of tap '{_choice.Name}' is constant");
        if (_mode == GateMode.Relative && FitCount <= 2 * _features.Dimension)
        {
            throw new FingerprintError(place,
                $"relative distances of {_features.Dimension} features at tap '{_choice.Name}' need more "
                + $"than {2 * _features.Dimension} samples to fit to, found {FitCount}; "
                + "give more, or use mode tied");
        }

        if (_mode == GateMode.Relative && _moments.OccupiedClasses < 2)
        {
            throw new FingerprintError(place,
                $"relative distances at tap '{_choice.Name}' need samples of two classes or more, found one; "
                + "use mode tied");
        }

        if (_mode != GateMode.Diagonal && !(_moments.WithinVariance().Sum() > 0))
        {
            throw new FingerprintError(place,
                $"tap '{_choice.Name}' does not vary within any class; give more samples of each class");
        }
    }

    private GaussianModel Definite(string place, GaussianModel model)
    {
        if (model.Factor is { } factor && factor.Rank < factor.Dimension)
        {
            throw new FingerprintError(place,
                $"the covariance of tap '{_choice.Name}' has rank {factor.Rank} of {factor.Dimension}; "
                + "give more samples, or use estimator oas");
        }

        return model;
    }

    private void CheckSingle(string place, WhitenedGaussian gaussian)
    {
        if (!gaussian.IsUsable())
            throw new FingerprintError(place, $"tap '{_choice.Name}' varies beyond single precision");
    }

    private string Describe(int i) => i < _choice.Channels
        ? $"mean of channel {i} at tap '{_choice.Name}'"
        : $"variance of channel {i - _choice.Channels} at tap '{_choice.Name}'";
}
