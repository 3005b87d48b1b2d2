using EdgeConv.Core;
using EdgeConv.Gating.Maps;

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
    private readonly TapFitter[] _taps;
    private readonly CalibrationSet _calibration = new();
    private readonly SampleSplit _split;
    private readonly BlockSplit? _blocks;
    private readonly float[] _sample;
    private readonly MapFitter? _map;

    /// <summary>Prepares a fit for <paramref name="model"/>.</summary>
    /// <exception cref="ConfigError">An option is out of range.</exception>
    public FingerprintFitter(ModelIdentity model, FitOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        _model = model;
        _options = options;
        _time = time ?? TimeProvider.System;
        _taps = [.. options.Taps.Select((tap, i) => new TapFitter(tap, options, options.Kept?.Taps[i]))];
        _sample = new float[_taps.Sum(tap => tap.Dimension)];
        _split = new SampleSplit(options.Seed, options.CalibrationShare, _sample.Length);
        _blocks = options.Overlap == 1
            ? null
            : new BlockSplit(options.Seed, options.CalibrationShare, options.Overlap);
        _map = options.Map is null
            ? null
            : new MapFitter(options.Map, options.Alpha, options.Delta, options.Kept?.Map);
    }

    /// <summary>Samples the covariance has been fitted to so far.</summary>
    public long FitCount => _taps[0].FitCount;

    /// <summary>Samples kept for calibration so far.</summary>
    public int CalibrationCount => _calibration.Count;

    /// <summary>Samples on either side so far; those between blocks are on none.</summary>
    public long SampleCount => FitCount + CalibrationCount;

    /// <summary>Those that calibrate and differ; the promise counts these.</summary>
    public int DistinctCount => _calibration.DistinctCount;

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
        ReadAll(origin, session);
        _map?.Read(origin, session.GetMap(0));
        return AddRead(origin, classIndex, position);
    }

    /// <summary>What becomes of a sample that is given to <c>Add</c>; adds nothing.</summary>
    /// <param name="origin">The sample's origin for messages: its file name.</param>
    /// <param name="session">It has run the sample; its first taps are those of the options.</param>
    /// <param name="position">The sample's number in its stream, from 0.</param>
    /// <exception cref="DataError">A feature is not finite.</exception>
    public SampleSide SideOf(string origin, ISession session, long position)
    {
        ArgumentNullException.ThrowIfNull(session);
        ReadAll(origin, session);
        return SideOf(_split.HashOf(_sample), position);
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
    public bool Add(string origin, int classIndex, ReadOnlySpan<float> statistics, long position = 0)
    {
        int start = 0;
        for (int i = 0; i < _taps.Length; i++)
        {
            int length = 2 * _options.Taps[i].Channels;
            start = Read(origin, i, statistics[..length], start);
            statistics = statistics[length..];
        }

        return AddRead(origin, classIndex, position);
    }

    /// <summary>Derives the distances, calibrates them and checks the result.</summary>
    /// <exception cref="FingerprintError">The samples do not suffice for what the options ask.</exception>
    public Fingerprint Finish()
    {
        RequireVariation();
        int needed = Conformal.MinimumCount(_options.Alpha, ReachableDelta());
        if (DistinctCount < needed)
            throw new FingerprintError(Place, DescribeShortage(needed));
        return Derive(_calibration.InOrder());
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

        if (_map is not null)
            throw new FingerprintError(Place, "shards with a position map cannot be merged; fit it without one");
        RequireVariation();
        if (CalibrationCount == 0)
            throw new FingerprintError(Place, DescribeShortage(1));
        float[][] calibration = _calibration.InOrder();
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
    internal void Absorb(Fingerprint shard)
    {
        for (int i = 0; i < _taps.Length; i++)
            _taps[i].Merge(shard.Taps[i].Moments);
        foreach (float[] sample in shard.Shard!.Calibration)
            _calibration.Add(_split.HashOf(sample), sample);
    }

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

        for (int i = 0; i < _taps.Length; i++)
            TapSection.WriteMoments(writer, $"tap.{i}.", _taps[i].Moments);
        writer.Add("calibration", _calibration.Samples, _sample.Length);
        _map?.Save(writer);
    }

    /// <summary>Adds the samples that <see cref="Save"/> wrote; none has been added yet.</summary>
    internal void Restore(FieldReader fields)
    {
        for (int i = 0; i < _taps.Length; i++)
            _taps[i].Merge(TapSection.ReadMoments(fields, $"tap.{i}.", _taps[i].Dimension));
        foreach (float[] sample in fields.File.FiniteRows("calibration", _sample.Length))
            _calibration.Add(_split.HashOf(sample), sample);
        _map?.Restore(fields);
    }

    private string Place => $"fit of {_model.Name}";

    private Fingerprint Derive(float[][] calibration)
    {
        int start = 0;
        TapFingerprint[] taps = new TapFingerprint[_taps.Length];
        for (int i = 0; i < taps.Length; i++)
        {
            int first = start, end = start += _taps[i].Dimension;
            taps[i] = _taps[i].Finish(Place, [.. calibration.Select(sample => sample[first..end])]);
        }

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
            HeldOutFlagRate = CrossCheck(taps),
            Map = _map?.Finish(Place),
        };
    }

    private void RequireVariation()
    {
        if (AreAllEqual())
        {
            throw new FingerprintError(Place,
                $"all {FitCount + CalibrationCount} samples have the same features; they must vary");
        }
    }

    private double? ReachableDelta() =>
        !_options.IsDeltaOptional
        || DistinctCount >= Conformal.MinimumCount(_options.Alpha, _options.Delta)
            ? _options.Delta
            : null;

    // Split by content, equal samples are all on one side, so that nothing else could be said of them.
    private bool AreAllEqual() => FitCount == 0
        ? _calibration.Count > 1 && _calibration.AreEqual()
        : (_blocks is null ? _calibration.Count == 0 : _calibration.AreEqual())
            && FitCount > 1 && _taps.All(tap => tap.IsConstant);

    private bool AddRead(string origin, int classIndex, long position)
    {
        if ((uint)classIndex >= (uint)_options.Classes)
            throw new DataError(origin, $"class {classIndex}; there are {_options.Classes}, counted from 0");
        ulong hash = _split.HashOf(_sample);
        switch (SideOf(hash, position))
        {
            case SampleSide.Calibration:
                _calibration.Add(hash, _sample);
                _map?.Calibrate(hash);
                return true;
            case SampleSide.Fit:
                _map?.Fit();
                foreach (TapFitter tap in _taps)
                    tap.Add(classIndex);
                return false;
            default:
                return false;
        }
    }

    // Distances that are kept know nothing of these samples, so that all of them calibrate.
    private SampleSide SideOf(ulong hash, long position) => _options.Kept is not null
        ? SampleSide.Calibration
        : _blocks?.SideOf(position) ?? _split.SideOf(hash);

    private void ReadAll(string origin, ISession session)
    {
        int start = 0;
        for (int i = 0; i < _taps.Length; i++)
            start = Read(origin, i, session.GetTap(i), start);
    }

    // Reads one tap's features into the sample from `start`, and tells where the next tap's begin.
    private int Read(string origin, int tap, ReadOnlySpan<float> statistics, int start)
    {
        ReadOnlySpan<float> features = _taps[tap].Read(origin, statistics);
        features.CopyTo(_sample.AsSpan(start));
        return start + features.Length;
    }

    // Each half of the calibration scores judged by the other half: what share would have been flagged.
    private double CrossCheck(TapFingerprint[] taps)
    {
        int flagged = 0;
        for (int parity = 0; parity < 2; parity++)
        {
            CalibrationBlocks judge = new([.. taps.Select(tap => HalfOf(tap.Scores, 1 - parity))]);
            float[][] judged = [.. taps.Select(tap => HalfOf(tap.Scores, parity))];
            flagged += Enumerable.Range(0, judged[0].Length).Count(i =>
                judge.PValue([.. judged.Select(scores => scores[i])], out _) <= _options.Alpha);
        }

        return (double)flagged / CalibrationCount;
    }

    private static float[] HalfOf(float[] scores, int parity) => [.. scores.Where((_, i) => i % 2 == parity)];

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
