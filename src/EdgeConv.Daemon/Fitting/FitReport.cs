using System.Globalization;
using EdgeConv.Gating;

namespace EdgeConv.Daemon.Fitting;

/// <summary>Tells what a fit has come to.</summary>
internal static class FitReport
{
    /// <summary>Samples, the taps and how they were chosen, the promise.</summary>
    /// <param name="output">The fingerprint's file.</param>
    /// <param name="fingerprint">What is told of.</param>
    /// <param name="optionalDelta">A delta that it was to hold where it could; null for none.</param>
    /// <param name="text">Where it is told.</param>
    public static void Print(string output, Fingerprint fingerprint, double? optionalDelta, TextWriter text)
    {
        text.WriteLine(Invariant(
            $"{output}: fitted to {fingerprint.FitCount} samples, calibrated by {fingerprint.CalibrationCount}; at alpha {fingerprint.Alpha:0.####} {fingerprint.HeldOutFlagRate:P2} of held-out samples are flagged"));
        foreach (TapFingerprint tap in fingerprint.Taps)
        {
            text.WriteLine(Invariant(
                $"  tap '{tap.Name}': {tap.Dimension} features ({GateNames.Of(tap.Statistic)}), {GateNames.Of(tap.Mode)}{Reason(tap)}, shrinkage {tap.Shrinkage:0.######}"));
        }

        text.WriteLine(Promise(fingerprint));
        if (fingerprint.Delta is null && optionalDelta is double delta)
            text.WriteLine(Shortage(fingerprint, delta));
    }

    /// <summary>The area under the curve of each tap for each kind of outlier; warns where it ranks backwards.</summary>
    public static void PrintCheck(
        OutlierCheck check, Fingerprint fingerprint, TextWriter text, TextWriter warnings)
    {
        IReadOnlyList<OutlierRank> ranks = check.Rank(fingerprint);
        text.WriteLine(Invariant(
            $"AUROC of {check.Count} calibration samples against outliers made of them (0.5 is chance):"));
        foreach (IGrouping<string?, OutlierRank> tap in ranks.GroupBy(rank => rank.Tap))
        {
            string name = tap.Key is null ? "combined" : $"tap '{tap.Key}'";
            text.WriteLine(
                $"  {name}: {string.Join(", ", tap.Select(rank => Invariant($"{rank.Kind} {rank.Auroc:0.000}")))}");
        }

        foreach (OutlierRank rank in ranks.Where(rank => rank.Tap is not null && rank.Auroc < 0.5))
        {
            warnings.WriteLine(Invariant(
                $"warning: tap '{rank.Tap}' ranks {rank.Kind} below in-distribution data (AUROC {rank.Auroc:0.000}); choose another layer with --tap or another distance with --mode"));
        }
    }

    // Relative distances need two classes or more, and more samples than twice the features.
    private static string Reason(TapFingerprint tap)
    {
        if (!tap.IsModeAutomatic)
            return "";
        long samples = tap.Moments.Count;
        if (tap.Moments.OccupiedClasses < 2)
            return " (of one class only)";
        string comparison = samples > 2 * tap.Dimension ? "more" : "no more";
        return Invariant($" ({samples} samples are {comparison} than twice {tap.Dimension} features)");
    }

    // A shard may be too small for any verdict.
    private static string Promise(Fingerprint fingerprint)
    {
        Guarantee guarantee = Guarantee.Of(fingerprint);
        if (guarantee.Threshold > 0)
            return guarantee.ToString();
        int needed = Conformal.MinimumCount(fingerprint.Taps.Count, fingerprint.Alpha, fingerprint.Delta);
        return Invariant(
            $"too few calibration samples for verdicts at alpha {fingerprint.Alpha:0.####}: {needed} are needed; merge it with other shards");
    }

    private static string Shortage(Fingerprint fingerprint, double delta)
    {
        int needed = Conformal.MinimumCount(fingerprint.Taps.Count, fingerprint.Alpha, delta);
        double share = (double)fingerprint.CalibrationCount / (fingerprint.CalibrationCount + fingerprint.FitCount);
        return Invariant(
            $"with {100 * (1 - delta):0.##} % confidence it would need {needed} calibration samples, about {Math.Ceiling(needed / share)} samples in all");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
