using System.Globalization;
using EdgeConv.Core;
using EdgeConv.Gating.Maps;

namespace EdgeConv.Gating;

/// <summary>
/// Judges inputs by the distance of a session's tap statistics to a <see cref="Fingerprint"/>. Classes are
/// told by the nearest mean, so no label is needed. Allocates nothing once bound to a session. Not
/// thread-safe.
/// </summary>
/// <remarks>
/// Order of use: read the fingerprint, load the session with <see cref="SessionOptions.Taps"/> =
/// <see cref="TapNames"/>, then after each run <see cref="Evaluate(ISession)"/>.
/// </remarks>
public sealed class MahalanobisGate
{
    private readonly Fingerprint _fingerprint;
    private readonly TapScorer[] _scorers;
    private readonly int[] _sessionTaps;
    private readonly CalibrationBlocks _blocks;
    private readonly float[] _scores;
    private ISession? _session;
    private int _oddest;

    /// <summary>A gate with the α of the fingerprint, or another one, which needs no refit.</summary>
    /// <exception cref="FingerprintError">
    /// The calibration set is too small for <paramref name="alpha"/>.
    /// </exception>
    public MahalanobisGate(Fingerprint fingerprint, double? alpha = null)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        _fingerprint = fingerprint;
        Alpha = alpha ?? fingerprint.Alpha;
        TapNames = [.. fingerprint.Taps.Select(tap => tap.Name)];
        Threshold = FindThreshold();
        _scorers = [.. fingerprint.Taps.Select(MakeScorer)];
        _sessionTaps = new int[_scorers.Length];
        _blocks = CalibrationBlocks.Of(fingerprint);
        _scores = new float[_scorers.Length];
        if (fingerprint.Map is { } map)
            Map = new MapGate(map, Alpha, fingerprint.Delta, fingerprint.Place);
    }

    /// <summary>The taps to load a session with.</summary>
    public IReadOnlyList<string> TapNames { get; }

    /// <summary>Calibration samples n.</summary>
    public int CalibrationCount => _blocks.Count;

    /// <summary>
    /// Says where an input is odd; null when the fingerprint has no map. The caller binds and asks it.
    /// </summary>
    public MapGate? Map { get; }

    /// <summary>See <see cref="CalibrationBlocks.OwnPValues"/>.</summary>
    public double[] CalibrationPValues() => _blocks.OwnPValues();

    /// <summary>Wanted false-alarm rate.</summary>
    public double Alpha { get; }

    /// <summary>
    /// Inputs with p at most this are out of distribution: <see cref="Alpha"/>, or less when the fingerprint
    /// promises it with a confidence.
    /// </summary>
    public double Threshold { get; }

    /// <summary>Reads the fingerprint in <paramref name="path"/> for <paramref name="model"/>.</summary>
    /// <exception cref="FingerprintError">
    /// It cannot be read, is damaged, is of another version or model, or is too small for the α.
    /// </exception>
    public static MahalanobisGate Load(string path, ModelIdentity model, double? alpha = null)
    {
        Fingerprint fingerprint = Fingerprint.Read(path);
        fingerprint.RequireModel(model);
        return new MahalanobisGate(fingerprint, alpha);
    }

    /// <summary>Checks that <paramref name="session"/> runs the model and has the taps.</summary>
    /// <exception cref="FingerprintError">
    /// Another model, a missing tap, or other channels at a tap.
    /// </exception>
    public void Bind(ISession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        _fingerprint.RequireModel(session.Model);
        for (int i = 0; i < _scorers.Length; i++)
            _sessionTaps[i] = FindTap(session, _fingerprint.Taps[i]);
        _session = session;
    }

    /// <summary>Judges the input of the session's last run; binds to a session it has not seen.</summary>
    /// <exception cref="FingerprintError">
    /// As <see cref="Bind"/>, at the first call with a session.
    /// </exception>
    public GateReading Evaluate(ISession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        if (!ReferenceEquals(session, _session))
            Bind(session);
        for (int i = 0; i < _scorers.Length; i++)
            _scores[i] = _scorers[i].Score(session.GetTap(_sessionTaps[i]));
        return Decide();
    }

    /// <summary>Judges statistics that stand one tap after another, 2C values each.</summary>
    public GateReading Evaluate(ReadOnlySpan<float> statistics)
    {
        int start = 0;
        for (int i = 0; i < _scorers.Length; i++)
        {
            int length = 2 * _fingerprint.Taps[i].Channels;
            _scores[i] = _scorers[i].Score(statistics.Slice(start, length));
            start += length;
        }

        return Decide();
    }

    /// <summary>
    /// The last evaluation's squared distance at tap <paramref name="index"/> of <see cref="TapNames"/>.
    /// </summary>
    public double DistanceOf(int index) => _scores[index];

    /// <summary>
    /// The statistics that raised the last evaluation's distance at its oddest tap most, largest first. In relative
    /// mode the parts of both distances, subtracted.
    /// </summary>
    /// <returns>
    /// How many were written: the length of <paramref name="destination"/>, or all there are.
    /// </returns>
    public int TopContributions(Span<ChannelContribution> destination)
    {
        TapFingerprint tap = _fingerprint.Taps[_oddest];
        ReadOnlySpan<float> contributions = _scorers[_oddest].Contributions();
        int written = 0;
        for (int i = 0; i < contributions.Length; i++)
        {
            int rank = written;
            while (rank > 0 && destination[rank - 1].Amount < contributions[i])
                rank--;
            if (rank >= destination.Length)
                continue;
            written = Math.Min(written + 1, destination.Length);
            destination[rank..(written - 1)].CopyTo(destination[(rank + 1)..]);
            destination[rank] = new ChannelContribution(
                i % tap.Channels, i < tap.Channels ? "mean" : "variance", contributions[i]);
        }

        return written;
    }

    private GateReading Decide()
    {
        double p = _blocks.PValue(_scores, out _oddest);
        Verdict verdict = p <= Threshold ? Verdict.Ood : Verdict.Accepted;
        return new GateReading(verdict, p, _scores[_oddest], TapNames[_oddest]);
    }

    private double FindThreshold()
    {
        if (!(Alpha > 0 && Alpha < 1))
            throw new ConfigError("alpha", $"{Alpha} is not between 0 and 1");
        int count = _fingerprint.DistinctCount;
        double threshold = Conformal.Threshold(count, Alpha, _fingerprint.Delta);
        if (threshold > 0)
            return threshold;
        int needed = Conformal.MinimumCount(Alpha, _fingerprint.Delta);
        string confidence = _fingerprint.Delta is double delta
            ? string.Create(CultureInfo.InvariantCulture, $" with confidence {1 - delta:0.####}")
            : "";
        throw new FingerprintError(_fingerprint.Place, string.Create(CultureInfo.InvariantCulture,
            $"{count} calibration samples cannot hold alpha {Alpha}{confidence}, {needed} are needed; ")
            + "raise alpha or fit with more samples");
    }

    private int FindTap(ISession session, TapFingerprint tap)
    {
        for (int i = 0; i < session.Taps.Count; i++)
        {
            if (session.Taps[i].Name != tap.Name)
                continue;
            if (session.Taps[i].Channels == tap.Channels)
                return i;
            throw new FingerprintError(_fingerprint.Place,
                $"tap '{tap.Name}' has {session.Taps[i].Channels} channels, {tap.Channels} expected");
        }

        throw new FingerprintError(_fingerprint.Place,
            $"tap '{tap.Name}' is not among the session's: "
            + string.Join(", ", session.Taps.Select(other => other.Name)));
    }

    private static TapScorer MakeScorer(TapFingerprint tap) =>
        new(new TapFeatures(tap.Statistic, tap.Channels, tap.IsNormalized), tap.Classes, tap.Background);
}
