using EdgeConv.Daemon.Fingerprints;
using EdgeConv.Gating;
using static System.FormattableString;

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
        string samples = Invariant(
            $"fitted to {fingerprint.FitCount} samples, calibrated by {fingerprint.CalibrationCount}");
        string heldOut = Invariant($"{fingerprint.HeldOutFlagRate:P2} of held-out samples have p of at most");
        text.WriteLine(Invariant($"{output}: {samples}; {heldOut} {fingerprint.Alpha:0.####}"));
        foreach (TapFingerprint tap in fingerprint.Taps)
        {
            string features = Invariant($"{tap.Dimension} features ({GateNames.Of(tap.Statistic)})");
            string scaled = tap.IsNormalized ? ", scaled to length 1" : "";
            string distance = $"{GateNames.Of(tap.Mode)}{Reason(tap)}{scaled}";
            text.WriteLine(Invariant(
                $"  tap '{tap.Name}': {features}, {distance}, shrinkage {tap.Shrinkage:0.######}"));
        }

        if (fingerprint.Map is { } map)
            text.WriteLine($"  {MapText.Describe(map, fingerprint)}");
        text.WriteLine(Promise(fingerprint));
        if (fingerprint.Delta is null && optionalDelta is double delta)
            text.WriteLine(Shortage(fingerprint, delta));
    }

    /// <summary>
    /// The area under the curve of each tap for each kind of outlier; warns where it ranks backwards.
    /// </summary>
    public static void PrintCheck(
        OutlierCheck check, Fingerprint fingerprint, TextWriter text, TextWriter warnings)
    {
        IReadOnlyList<OutlierRank> ranks = check.Rank(fingerprint);
        int all = fingerprint.CalibrationCount;
        text.WriteLine(check.Count == all
            ? Invariant($"AUROC of {all} calibration samples against outliers made of them (0.5 is chance):")
            : Invariant($"AUROC of the first {check.Count} of {all} calibration samples against outliers made of ")
                + "them (0.5 is chance; --report takes all of them):");
        foreach (IGrouping<string?, OutlierRank> tap in ranks.GroupBy(rank => rank.Tap))
        {
            string name = tap.Key is null ? "combined" : $"tap '{tap.Key}'";
            IEnumerable<string> kinds = tap.Select(rank => Invariant($"{rank.Kind} {rank.Auroc:0.000}"));
            text.WriteLine($"  {name}: {string.Join(", ", kinds)}");
        }

        foreach (OutlierRank rank in ranks.Where(rank => rank.Tap is not null && rank.Auroc < 0.5))
        {
            string finding = Invariant(
                $"tap '{rank.Tap}' ranks {rank.Kind} below in-distribution data (AUROC {rank.Auroc:0.000})");
            warnings.WriteLine($"warning: {finding}; choose another layer with --tap or distance with --mode");
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
        int needed = Conformal.MinimumCount(fingerprint.Alpha, fingerprint.Delta);
        string shortage = Invariant($"too few calibration samples for alpha {fingerprint.Alpha:0.####}");
        return Invariant($"{shortage}: {needed} are needed; merge it with other shards");
    }

    private static string Shortage(Fingerprint fingerprint, double delta)
    {
        int needed = Conformal.MinimumCount(fingerprint.Alpha, delta);
        long samples = fingerprint.CalibrationCount + fingerprint.FitCount;
        double total = Math.Ceiling(needed * (double)samples / fingerprint.CalibrationCount);
        string wish = Invariant($"with {100 * (1 - delta):0.##} % confidence");
        return Invariant($"{wish} it would need {needed} calibration samples, about {total} samples in all");
    }
}
