using System.Globalization;
using EdgeConv.Gating;
using EdgeConv.Gating.Maps;

namespace EdgeConv.Daemon.Fingerprints;

/// <summary>Something that is not the same in two fingerprints.</summary>
/// <param name="What">Its name, as in <c>fingerprint show</c>.</param>
/// <param name="First">Its value in the first.</param>
/// <param name="Second">Its value in the second.</param>
internal sealed record ValueDifference(string What, string First, string Second);

/// <summary>What <c>edgeconv fingerprint diff</c> tells of two fingerprints.</summary>
internal sealed record FingerprintComparison
{
    private const int MostFeatures = 5;

    /// <summary>What differs in model, options and sizes.</summary>
    public required IReadOnlyList<ValueDifference> Identity { get; init; }

    /// <summary>
    /// The taps that both have with the same features, and the features that moved most, at most five each.
    /// </summary>
    public required IReadOnlyList<TapDifference> Taps { get; init; }

    public static FingerprintComparison Of(Fingerprint first, Fingerprint second) => new()
    {
        Identity = [.. ValuesOf(first).Zip(ValuesOf(second))
            .Where(pair => pair.First.Value != pair.Second.Value)
            .Select(pair => new ValueDifference(pair.First.What, pair.First.Value, pair.Second.Value))
            .Concat(TapValues(first, second))],
        Taps = [.. Common(first, second)
            .Where(pair => (pair.A.Channels, pair.A.Statistic, pair.A.IsNormalized)
                == (pair.B.Channels, pair.B.Statistic, pair.B.IsNormalized))
            .Select(pair => TapDifference.Of(pair.A, pair.B))
            .Select(tap => tap with { Features = [.. tap.Features.Take(MostFeatures)] })],
    };

    private static IEnumerable<(TapFingerprint A, TapFingerprint B)> Common(
        Fingerprint first, Fingerprint second) =>
        first.Taps.Join(second.Taps, tap => tap.Name, tap => tap.Name, (a, b) => (a, b));

    private static IEnumerable<(string What, string Value)> ValuesOf(Fingerprint fingerprint) =>
    [
        ("model", $"{fingerprint.ModelName} {fingerprint.ModelSha256}"),
        ("taps", string.Join(", ", fingerprint.Taps.Select(tap => tap.Name))),
        ("alpha", Text(fingerprint.Alpha)),
        ("delta", fingerprint.Delta is double delta ? Text(delta) : "none"),
        ("threshold of p", Text(Guarantee.Of(fingerprint).Threshold)),
        ("samples fitted to", Text(fingerprint.FitCount)),
        ("calibration samples", Text(fingerprint.CalibrationCount)),
        ("seed", fingerprint.Seed.ToString(CultureInfo.InvariantCulture)),
        ("data hash", fingerprint.DataHash),
        ("inputs", fingerprint.Preparation.ToString()),
        ("map", fingerprint.Map?.Choice is { } map
            ? $"{map.Layer} {map.Height}x{map.Width}x{map.Channels} {MapModes.NameOf(map.Mode)}"
            : "none"),
        ("created", fingerprint.Created.ToString("O", CultureInfo.InvariantCulture)),
    ];

    private static IEnumerable<ValueDifference> TapValues(Fingerprint first, Fingerprint second) =>
        Common(first, second).SelectMany(pair => ValuesOf(pair.A).Zip(ValuesOf(pair.B))
            .Where(values => values.First.Value != values.Second.Value)
            .Select(values => new ValueDifference(
                $"{values.First.What} at tap '{pair.A.Name}'", values.First.Value, values.Second.Value)));

    private static IEnumerable<(string What, string Value)> ValuesOf(TapFingerprint tap) =>
    [
        ("channels", Text(tap.Channels)),
        ("statistic", GateNames.Of(tap.Statistic)),
        ("mode", GateNames.Of(tap.Mode)),
        ("estimator", GateNames.Of(tap.Estimator)),
        ("shrinkage", Text(tap.Shrinkage)),
        ("classes with samples", Text(tap.Moments.OccupiedClasses)),
    ];

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    // Twelve digits: merged shards differ from one fit in the last ones.
    private static string Text(double value) => value.ToString("G12", CultureInfo.InvariantCulture);
}
