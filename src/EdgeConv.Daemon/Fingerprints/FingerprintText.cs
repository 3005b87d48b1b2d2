using EdgeConv.Gating;
using static System.FormattableString;

namespace EdgeConv.Daemon.Fingerprints;

/// <summary>Fingerprints and their differences for a person to read.</summary>
internal static class FingerprintText
{
    private const int Column = 20;

    /// <summary>Prints a fingerprint.</summary>
    public static void Print(FingerprintDescription of, TextWriter text)
    {
        text.WriteLine(of.File);
        Line(text, "model", $"{of.ModelName}, sha256 {of.ModelSha256}");
        Line(text, "created", Invariant(
            $"{of.Created:yyyy-MM-dd HH:mm:ss} UTC, format version {of.FormatVersion}"));
        Line(text, "data hash", of.DataHash.Length == 0 ? "none" : of.DataHash);
        Line(text, "inputs", of.Preparation.Length == 0 ? "not told" : of.Preparation);
        Line(text, "samples", Invariant(
            $"{of.FitSamples} fitted to, {of.CalibrationSamples} calibrate{Distinct(of)}; seed {of.Seed}"));
        Line(text, "promise", of.Guarantee ?? Invariant(
            $"none: {of.CalibrationSamples} calibration samples are too few for alpha {of.Alpha}"));
        Line(text, "held-out flag rate", Invariant($"{of.HeldOutFlagRate:P2} at alpha {of.Alpha}"));
        if (of.Taps.Count > 1)
            Line(text, "flags above", $"{Limit(of.ThresholdSum)}, the sum of the taps' distances");
        Line(text, "mergeable", of.IsShard ? "yes" : "no");
        foreach (TapDescription tap in of.Taps)
            Print(tap, text);
        if (of.Map is { } map)
            Print(map, text);
    }

    private static string Distinct(FingerprintDescription of) =>
        of.DistinctCalibrationSamples == of.CalibrationSamples
            ? ""
            : Invariant($", {of.DistinctCalibrationSamples} of them distinct");

    /// <summary>Prints what differs.</summary>
    public static void Print(FingerprintComparison of, TextWriter text)
    {
        if (of.Identity.Count == 0)
            text.WriteLine("nothing differs but perhaps the moments");
        foreach (ValueDifference value in of.Identity)
            text.WriteLine($"{value.What}: {value.First} → {value.Second}");
        foreach (TapDifference tap in of.Taps)
            Print(tap, text);
    }

    private static void Print(TapDescription tap, TextWriter text)
    {
        text.WriteLine();
        text.WriteLine($"tap '{tap.Name}'");
        string normalized = tap.IsNormalized ? ", scaled to length 1" : "";
        Line(text, "features", Invariant(
            $"{tap.Features}: {tap.Statistic} of {tap.Channels} channels{normalized}"));
        Line(text, "distance", tap.Mode + (tap.IsModeAutomatic ? ", chosen by the fit" : ""));
        if (tap.Estimator is not null)
        {
            string background = tap.BackgroundShrinkage > 0
                ? Invariant($"; of all data {tap.BackgroundShrinkage:0.######}")
                : "";
            Line(text, "estimator", Invariant(
                $"{tap.Estimator}, shrinkage {tap.Shrinkage:0.######}{background}"));
        }

        Line(text, "log determinant", Invariant($"{tap.LogDeterminant:0.####}"));
        Line(text, "samples per class", string.Join(' ', tap.ClassCounts));
        Line(text, "calibration", QuantilesOf(tap.Calibration));
        Line(text, "flags above", Limit(tap.ThresholdDistance));
    }

    private static string Limit(double? distance) =>
        distance is double value ? Invariant($"{value:0.###}") : "nothing";

    private static void Print(MapDescription map, TextWriter text)
    {
        text.WriteLine();
        text.WriteLine($"map '{map.Layer}'");
        Line(text, "positions", Invariant($"{map.Height}x{map.Width} of {map.Channels} channels"));
        Line(text, "distance", Invariant($"{map.Mode}, {map.Bytes / 1e6:0.00} MB"));
        Line(text, "samples", Invariant($"{map.FitSamples} fitted to, {map.CalibrationSamples} calibrate"));
        Line(text, "odd above",
            Limit(map.ThresholdDistance));
    }

    private static string QuantilesOf(ScoreQuantiles of)
    {
        string lower = Invariant($"least {of.Least:0.###}, 25 % {of.Q25:0.###}, median {of.Median:0.###}");
        string upper = Invariant($"75 % {of.Q75:0.###}, 95 % {of.Q95:0.###}, 99 % {of.Q99:0.###}");
        return Invariant($"{lower}, {upper}, greatest {of.Greatest:0.###}");
    }

    private static void Print(TapDifference tap, TextWriter text)
    {
        text.WriteLine();
        text.WriteLine($"tap '{tap.Tap}'");
        Line(text, "squared distance", Invariant(
            $"{tap.SquaredDistance:0.######} between the means; by chance {tap.ExpectedByChance:0.######}"));
        Line(text, "log determinant", Invariant($"{tap.LogDeterminantChange:+0.####;-0.####;0}"));
        foreach (FeatureDifference feature in tap.Features)
        {
            string moved = Invariant($"moved by {feature.Shift:+0.###;-0.###;0} deviations");
            string variance = Invariant($"ln variance {feature.LogVarianceRatio:+0.###;-0.###;0}");
            Line(text, Invariant($"{feature.Statistic} {feature.Channel}"), Invariant(
                $"contributes {feature.Contribution:0.######}; {moved}, {variance}"));
        }
    }

    private static void Line(TextWriter text, string name, string value) =>
        text.WriteLine($"  {name.PadRight(Column)}{value}");
}
