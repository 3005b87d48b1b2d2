using EdgeConv.Gating;
using EdgeConv.Gating.Maps;
using static System.FormattableString;

namespace EdgeConv.Daemon.Fingerprints;

/// <summary>Position maps for a person to read.</summary>
internal static class MapText
{
    /// <summary>One line: layer, grid, mode, size, threshold.</summary>
    public static string Describe(PositionMap map, Fingerprint of)
    {
        MapChoice choice = map.Choice;
        float threshold = map.Threshold(of.Alpha, of.Delta);
        string odd = float.IsInfinity(threshold)
            ? Invariant($"{map.Scores.Length} calibration samples are too few to call a position odd")
            : Invariant($"odd above {threshold:0.###}, by {map.Scores.Length} calibration samples");
        string grid = Invariant($"{choice.Height}x{choice.Width} positions of {choice.Channels} channels");
        string size = Invariant($"{MapModes.NameOf(choice.Mode)}, {choice.Bytes / 1e6:0.00} MB");
        return $"map '{choice.Layer}': {grid}, {size}; {odd}";
    }
}

/// <summary>The map of a <see cref="FingerprintDescription"/>.</summary>
internal sealed record MapDescription
{
    public required string Layer { get; init; }
    public required int Height { get; init; }
    public required int Width { get; init; }
    public required int Channels { get; init; }
    public required string Mode { get; init; }

    /// <summary>Bytes of means and factors.</summary>
    public required long Bytes { get; init; }

    public required long FitSamples { get; init; }
    public required int CalibrationSamples { get; init; }

    /// <summary>Squared distance above which a position is odd; null when none can be.</summary>
    public required double? ThresholdDistance { get; init; }

    public static MapDescription? Of(Fingerprint fingerprint)
    {
        if (fingerprint.Map is not { Choice: { } choice } map)
            return null;
        float threshold = map.Threshold(fingerprint.Alpha, fingerprint.Delta);
        return new MapDescription
        {
            Layer = choice.Layer,
            Height = choice.Height,
            Width = choice.Width,
            Channels = choice.Channels,
            Mode = MapModes.NameOf(choice.Mode),
            Bytes = choice.Bytes,
            FitSamples = map.FitCount,
            CalibrationSamples = map.Scores.Length,
            ThresholdDistance = float.IsInfinity(threshold) ? null : threshold,
        };
    }
}
