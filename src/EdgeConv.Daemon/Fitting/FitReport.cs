using System.Globalization;
using EdgeConv.Gating;

namespace EdgeConv.Daemon.Fitting;

/// <summary>Tells what a fit has come to.</summary>
internal static class FitReport
{
    /// <summary>Samples, the promise, the taps and how they were chosen.</summary>
    public static void Print(string output, Fingerprint fingerprint, FitRequest request, TextWriter text)
    {
        text.WriteLine(Invariant(
            $"{output}: fitted to {fingerprint.FitCount} samples, calibrated by {fingerprint.CalibrationCount}; at alpha {fingerprint.Alpha:0.####} {fingerprint.HeldOutFlagRate:P2} of held-out samples are flagged"));
        foreach (TapFingerprint tap in fingerprint.Taps)
        {
            text.WriteLine(Invariant(
                $"  tap '{tap.Name}': {tap.Dimension} features ({GateNames.Of(tap.Statistic)}), {GateNames.Of(tap.Mode)}{Reason(tap)}, shrinkage {tap.Shrinkage:0.######}"));
        }

        text.WriteLine(Guarantee.Of(fingerprint).ToString());
        if (fingerprint.Delta is null && request is { IsDeltaOptional: true, Delta: double delta })
            text.WriteLine(Shortage(fingerprint, delta));
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

    private static string Shortage(Fingerprint fingerprint, double delta)
    {
        int needed = Conformal.MinimumCount(fingerprint.Taps.Count, fingerprint.Alpha, delta);
        double share = (double)fingerprint.CalibrationCount / (fingerprint.CalibrationCount + fingerprint.FitCount);
        return Invariant(
            $"with {100 * (1 - delta):0.##} % confidence it would need {needed} calibration samples, about {Math.Ceiling(needed / share)} samples in all");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
