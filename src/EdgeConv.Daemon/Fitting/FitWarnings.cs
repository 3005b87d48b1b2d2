using EdgeConv.Gating;
using static System.FormattableString;

namespace EdgeConv.Daemon.Fitting;

/// <summary>Says what is wrong with the data of a fit that went through.</summary>
internal static class FitWarnings
{
    // Some samples are alike by nature; more than this share of copies is worth a word.
    private const double MostCopies = 0.1;

    /// <summary>
    /// Windows of which each may share instants with the first, itself among them; 1 where there are none such.
    /// </summary>
    public static int OverlapOf(int stride, int? window) =>
        window is { } length && stride > 0 && stride < length ? (length + stride - 1) / stride : 1;

    /// <summary>
    /// Windows that overlap: those that calibrate are not independent of each other, and worth less than their
    /// number.
    /// </summary>
    /// <param name="window">Their length.</param>
    /// <param name="stride">Instants from one to the next.</param>
    /// <param name="leftOut">How many were left out between blocks; null where all calibrate.</param>
    public static string OfOverlap(int window, int stride, long? leftOut)
    {
        string blocks = leftOut is { } count
            ? Invariant($" fit and calibration are blocks of them, {count} between are left out;")
            : "";
        return Invariant($"warning: windows of {window} overlap, {stride} apart:{blocks} those that calibrate ")
            + "are not independent, and more may be flagged than is promised; a stride of the window's length would "
            + "be right";
    }

    /// <summary>Calibration samples that are copies; null where they are few.</summary>
    public static string? OfCopies(Fingerprint fingerprint)
    {
        int count = fingerprint.CalibrationCount, copies = count - fingerprint.DistinctCount;
        return copies > MostCopies * count
            ? Invariant($"warning: {copies} of {count} calibration samples are exact copies of others; ")
                + "the promise counts those that differ"
            : null;
    }
}
