using EdgeConv.Core;

namespace EdgeConv.Gating;

/// <summary>
/// Makes a <see cref="Fingerprint"/> of in-distribution samples, fed one after another in any order. A seeded
/// hash of its features sends each sample either to the fit (moments only, so any number streams through) or
/// to the calibration (features kept until the end); windows that overlap go by their position instead, see
/// <see cref="FitOptions.Overlap"/>. Not thread-safe.
/// </summary>
public sealed class FingerprintFitter
{
    private readonly ModelIdentity _model;
    private readonly FitOptions _options;
    private readonly TimeProvider _time;
    private readonly FitSamples _samples;

    /// <summary>Prepares a fit for <paramref name="model"/>.</summary>
    /// <exception cref="ConfigError">An option is out of range.</exception>
    public FingerprintFitter(ModelIdentity model, FitOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        _model = model;
        _options = options;
        _time = time ?? TimeProvider.System;
        _samples = new FitSamples(options);
    }

    /// <summary>Samples the covariance has been fitted to so far.</summary>
    public long FitCount => _samples.FitCount;

    /// <summary>Samples kept for calibration so far.</summary>
    public int CalibrationCount => _samples.CalibrationCount;

    /// <summary>Samples on either side so far; those between blocks are on none.</summary>
    public long SampleCount => FitCount + CalibrationCount;

    /// <summary>Those that calibrate and differ; the promise counts these.</summary>
    public int DistinctCount => _samples.DistinctCount;

    /// <summary>Adds the statistics that <paramref name="session"/> holds after a run.</summary>
    /// <param name="origin">The sample's origin for messages: its file name.</param>
    /// <param name="classIndex">The class the model gave it, 0 for data without labels.</param>
    /// <param name="session">Its first taps are those of the options, its first map as well.</param>
    /// <param name="position">
    /// The sample's number in its stream, from 0; it matters for samples that overlap alone.
    /// </param>
    /// <returns>Whether the sample calibrates.</returns>
    /// <exception cref="DataError">
    /// A feature is not finite or there is no such class; nothing was added, and the fit can go on.
    /// </exception>
    public bool Add(string origin, int classIndex, ISession session, long position = 0)
    {
        ArgumentNullException.ThrowIfNull(session);
        return _samples.Add(origin, classIndex, session, position);
    }

    /// <summary>What becomes of a sample that is given to <c>Add</c>; adds nothing.</summary>
    /// <param name="origin">The sample's origin for messages: its file name.</param>
    /// <param name="session">It has run the sample; its first taps are those of the options.</param>
    /// <param name="position">The sample's number in its stream, from 0.</param>
    /// <exception cref="DataError">A feature is not finite.</exception>
    public SampleSide SideOf(string origin, ISession session, long position)
    {
        ArgumentNullException.ThrowIfNull(session);
        return _samples.SideOf(origin, session, position);
    }

    /// <summary>Adds one sample whose taps' statistics stand one after another.</summary>
    /// <param name="origin">The sample's origin for messages: its file name.</param>
    /// <param name="classIndex">The class the model gave it, 0 for data without labels.</param>
    /// <param name="statistics">For each tap the means, then the variances of its C channels.</param>
    /// <param name="position">As for a session.</param>
    /// <returns>Whether the sample calibrates.</returns>
    /// <exception cref="DataError">
    /// A feature is not finite or there is no such class; nothing was added, and the fit can go on.
    /// </exception>
    public bool Add(string origin, int classIndex, ReadOnlySpan<float> statistics, long position = 0) =>
        _samples.Add(origin, classIndex, statistics, position);

    /// <summary>Derives the distances, calibrates them and checks the result.</summary>
    /// <exception cref="FingerprintError">The samples do not suffice for what the options ask.</exception>
    public Fingerprint Finish()
    {
        RequireVariation();
        int needed = Conformal.MinimumCount(_options.Alpha, ReachableDelta());
        if (DistinctCount < needed)
            throw new FingerprintError(Place, DescribeShortage(needed));
        return Derive(_samples.Calibration());
    }

    /// <summary>
    /// As <see cref="Finish"/>, but mergeable, and therefore with however few calibration samples: a gate
    /// says when they do not suffice.
    /// </summary>
    /// <exception cref="FingerprintError">
    /// The samples do not suffice for a distance, or the estimator needs all of them.
    /// </exception>
    public Fingerprint FinishShard() => FinishShard(_options.DataHash.Length == 0 ? [] : [_options.DataHash]);

    internal Fingerprint FinishShard(IReadOnlyList<string> dataHashes)
    {
        if (_options.Estimator == CovarianceEstimator.LedoitWolf)
        {
            throw new FingerprintError(Place,
                "estimator ledoit-wolf needs every sample, so that shards with it cannot be merged; use oas");
        }

        if (_samples.HasMap)
            throw new FingerprintError(Place, "shards with a position map cannot be merged; fit it without one");
        RequireVariation();
        if (CalibrationCount == 0)
            throw new FingerprintError(Place, DescribeShortage(1));
        float[][] calibration = _samples.Calibration();
        return Derive(calibration) with
        {
            Shard = new Shard
            {
                Calibration = calibration,
                CalibrationShare = _options.CalibrationShare,
                FixedShrinkage = _options.FixedShrinkage,
                Delta = _options.Delta,
                IsDeltaOptional = _options.IsDeltaOptional,
                Overlap = _options.Overlap,
                DataHashes = dataHashes,
            },
        };
    }

    /// <summary>Adds all samples of a shard of the same taps and options.</summary>
    internal void Absorb(Fingerprint shard) => _samples.Absorb(shard);

    /// <summary>
    /// Which model, data and options this fit is of; another fit with the same goes on with its state.
    /// </summary>
    internal IReadOnlyList<(string What, string Value)> Identity =>
    [
        ("model", _model.Sha256), ("data", _options.DataHash), ("options", _options.Canonical()),
    ];

    /// <summary>Statistics of a sample, all taps'.</summary>
    internal int Statistics => 2 * _options.Taps.Sum(tap => tap.Channels);

    /// <summary>Writes the samples added so far.</summary>
    internal void Save(SafeTensorsWriter writer)
    {
        if (_options.Estimator == CovarianceEstimator.LedoitWolf)
        {
            throw new FingerprintError(Place,
                "estimator ledoit-wolf needs every sample; its fits cannot be resumed");
        }

        _samples.Save(writer);
    }

    /// <summary>Adds the samples that <see cref="Save"/> wrote; none has been added yet.</summary>
    internal void Restore(FieldReader fields) => _samples.Restore(fields);

    private string Place => $"fit of {_model.Name}";

    private Fingerprint Derive(float[][] calibration)
    {
        TapFingerprint[] taps = _samples.FinishTaps(Place, calibration);
        return new Fingerprint
        {
            ModelName = _model.Name,
            ModelSha256 = _model.Sha256,
            Taps = taps,
            Alpha = _options.Alpha,
            Delta = ReachableDelta(),
            Seed = _options.Seed,
            DataHash = _options.DataHash,
            FitHashes = _options.Kept?.FitHashes
                ?? (_options.PartHashes.Count > 0 ? _options.PartHashes : [_options.DataHash]),
            Preparation = _options.Preparation,
            DistinctCount = DistinctCount,
            Created = _time.GetUtcNow(),
            HeldOutFlagRate = CrossCalibration.FlagRate(taps, _options.Alpha),
            Map = _samples.FinishMap(Place),
        };
    }

    private void RequireVariation()
    {
        if (_samples.AreAllEqual)
        {
            throw new FingerprintError(Place,
                $"all {SampleCount} samples have the same features; they must vary");
        }
    }

    private double? ReachableDelta() =>
        !_options.IsDeltaOptional
        || DistinctCount >= Conformal.MinimumCount(_options.Alpha, _options.Delta)
            ? _options.Delta
            : null;

    private string DescribeShortage(int needed)
    {
        string wish = ReachableDelta() is double delta
            ? $"alpha {_options.Alpha} with confidence {1 - delta}"
            : $"alpha {_options.Alpha}";
        long total = _options.Kept is null ? (long)Math.Ceiling(needed / _options.CalibrationShare) : needed;
        string distinct = DistinctCount == CalibrationCount ? "" : "distinct ";
        return $"{DistinctCount} {distinct}calibration samples of {CalibrationCount + FitCount} cannot hold {wish}; "
            + $"{needed} are needed, about {total} samples in all";
    }
}
