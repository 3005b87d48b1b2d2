using System.Globalization;

namespace EdgeConv.Gating;

/// <summary>
/// What a fingerprint promises of in-distribution inputs that are exchangeable with its calibration samples.
/// </summary>
/// <param name="Calibration">Calibration samples n, exact copies counted once.</param>
/// <param name="Taps">Taps T whose p-values are combined.</param>
/// <param name="Alpha">Wanted share of false alarms α.</param>
/// <param name="Delta">It is held with confidence 1 − δ; null for on average over calibration sets.</param>
public readonly record struct Guarantee(int Calibration, int Taps, double Alpha, double? Delta)
{
    /// <summary>The promise of <paramref name="fingerprint"/> at its own α.</summary>
    public static Guarantee Of(Fingerprint fingerprint)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        return new(
            fingerprint.DistinctCount, fingerprint.Taps.Count, fingerprint.Alpha, fingerprint.Delta);
    }

    /// <summary>Inputs with p at most this are flagged, see <see cref="Conformal.Threshold"/>.</summary>
    public double Threshold => Conformal.Threshold(Calibration, Taps, Alpha, Delta);

    /// <summary>
    /// The bound on the share of flagged in-distribution inputs that these n samples reach, at most α. With δ
    /// and j scores above each tap's threshold: T times the (1 − δ/T)-quantile of Beta(j + 1, n − j). On
    /// average: T k/(n + 1) with k = ⌊(n + 1) α/T⌋.
    /// </summary>
    public double Bound
    {
        get
        {
            if (Delta is not double delta)
                return Taps * (Calibration + 1.0 - Conformal.ThresholdRank(Calibration, Alpha / Taps))
                    / (Calibration + 1.0);
            int rank = Conformal.PacRank(Calibration, Alpha / Taps, delta / Taps);
            return rank < 0
                ? 0
                : Taps * SpecialFunctions.BetaQuantile(1 - delta / Taps, rank + 1, Calibration - rank);
        }
    }

    /// <summary>
    /// The score above which one tap alone makes the combined p-value at most <see cref="Threshold"/>; null
    /// when none does.
    /// </summary>
    /// <param name="sortedScores">The tap's n calibration scores, ascending.</param>
    public double? ThresholdScore(ReadOnlySpan<float> sortedScores)
    {
        int count = sortedScores.Length, flagged = 0;
        double threshold = Threshold;
        while (flagged < count && Conformal.Combine((flagged + 1) / (count + 1.0), Taps) <= threshold)
            flagged++;
        return flagged == 0 ? null : sortedScores[count - flagged];
    }

    /// <summary>One line: the promise, and what it rests on.</summary>
    public override string ToString()
    {
        string promise = Delta is double delta
            ? $"with {Percent(1 - delta)} confidence at most"
            : "on average over calibration sets at most";
        return string.Create(CultureInfo.InvariantCulture,
            $"{promise} {Percent(Alpha)} of in-distribution inputs are flagged: {Calibration} calibration samples "
            + $"reach {Percent(Bound)}, flagging p up to {Threshold:0.######}");
    }

    private static string Percent(double share) =>
        (100 * share).ToString("0.##", CultureInfo.InvariantCulture) + " %";
}
