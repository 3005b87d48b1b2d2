using EdgeConv.Core;
using EdgeConv.Gating.Maps;

namespace EdgeConv.Gating;

/// <summary>
/// The samples of a fit, taken one after another: moments of those that are fitted to, features of those that
/// calibrate. Not thread-safe.
/// </summary>
internal sealed class FitSamples
{
    private readonly FitOptions _options;
    private readonly TapFitter[] _taps;
    private readonly CalibrationSet _calibration = new();
    private readonly SampleSplit _split;
    private readonly BlockSplit? _blocks;
    private readonly float[] _sample;
    private readonly MapFitter? _map;

    /// <param name="options">Options that have been checked.</param>
    public FitSamples(FitOptions options)
    {
        _options = options;
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

    /// <summary>Those that calibrate and differ.</summary>
    public int DistinctCount => _calibration.DistinctCount;

    /// <summary>Whether a map is fitted too.</summary>
    public bool HasMap => _map is not null;

    /// <summary>
    /// Whether no two samples differ. Split by content, equal samples are all on one side, so that nothing
    /// else could be said of them.
    /// </summary>
    public bool AreAllEqual => FitCount == 0
        ? _calibration.Count > 1 && _calibration.AreEqual()
        : (_blocks is null ? _calibration.Count == 0 : _calibration.AreEqual())
            && FitCount > 1 && _taps.All(tap => tap.IsConstant);

    /// <summary>See <see cref="FingerprintFitter.Add(string, int, ISession, long)"/>.</summary>
    public bool Add(string origin, int classIndex, ISession session, long position)
    {
        ReadAll(origin, session);
        _map?.Read(origin, session.GetMap(0));
        return AddRead(origin, classIndex, position);
    }

    /// <summary>See <see cref="FingerprintFitter.Add(string, int, ReadOnlySpan{float}, long)"/>.</summary>
    public bool Add(string origin, int classIndex, ReadOnlySpan<float> statistics, long position)
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

    /// <summary>See <see cref="FingerprintFitter.SideOf"/>.</summary>
    public SampleSide SideOf(string origin, ISession session, long position)
    {
        ReadAll(origin, session);
        return SideOf(_split.HashOf(_sample), position);
    }

    /// <summary>Adds all samples of a shard of the same taps and options.</summary>
    public void Absorb(Fingerprint shard)
    {
        for (int i = 0; i < _taps.Length; i++)
            _taps[i].Merge(shard.Taps[i].Moments);
        foreach (float[] sample in shard.Shard!.Calibration)
            _calibration.Add(_split.HashOf(sample), sample);
    }

    /// <summary>Writes the samples added so far.</summary>
    public void Save(SafeTensorsWriter writer)
    {
        for (int i = 0; i < _taps.Length; i++)
            TapSection.WriteMoments(writer, $"tap.{i}.", _taps[i].Moments);
        writer.Add("calibration", _calibration.Samples, _sample.Length);
        _map?.Save(writer);
    }

    /// <summary>Adds the samples that <see cref="Save"/> wrote; none has been added yet.</summary>
    public void Restore(FieldReader fields)
    {
        for (int i = 0; i < _taps.Length; i++)
            _taps[i].Merge(TapSection.ReadMoments(fields, $"tap.{i}.", _taps[i].Dimension));
        foreach (float[] sample in fields.File.FiniteRows("calibration", _sample.Length))
            _calibration.Add(_split.HashOf(sample), sample);
        _map?.Restore(fields);
    }

    /// <summary>
    /// The features that calibrate, of all taps one after another, in an order that content decides.
    /// </summary>
    public float[][] Calibration() => _calibration.InOrder();

    /// <summary>Derives each tap's distance, and calibrates it.</summary>
    /// <param name="place">Which fit, for messages.</param>
    /// <param name="calibration">As <see cref="Calibration"/> gives it.</param>
    /// <exception cref="FingerprintError">The samples do not suffice for a distance.</exception>
    public TapFingerprint[] FinishTaps(string place, float[][] calibration)
    {
        int start = 0;
        TapFingerprint[] taps = new TapFingerprint[_taps.Length];
        for (int i = 0; i < taps.Length; i++)
        {
            int first = start, end = start += _taps[i].Dimension;
            taps[i] = _taps[i].Finish(place, [.. calibration.Select(sample => sample[first..end])]);
        }

        return taps;
    }

    /// <summary>Derives the map; null where none is fitted.</summary>
    /// <exception cref="FingerprintError">The samples do not suffice for one.</exception>
    public PositionMap? FinishMap(string place) => _map?.Finish(place);

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
}
