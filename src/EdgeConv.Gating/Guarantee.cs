using System.Globalization;

namespace EdgeConv.Gating;

/// <summary>
/// What a fingerprint promises of in-distribution inputs that are exchangeable with its calibration samples.
/// </summary>
/// <param name="Calibration">Calibration samples n, exact copies counted once.</param>
/// <param name="Alpha">Wanted share of false alarms α.</param>
/// <param name="Delta">It is held with confidence 1 − δ; null for on average over calibration sets.</param>
public readonly record struct Guarantee(int Calibration, double Alpha, double? Delta)
{
    /// <summary>The promise of <paramref name="fingerprint"/> at its own α.</summary>
    public static Guarantee Of(Fingerprint fingerprint)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        return new(fingerprint.DistinctCount, fingerprint.Alpha, fingerprint.Delta);
    }

    /// <summary>Inputs with p at most this are flagged, see <see cref="Conformal.Threshold"/>.</summary>
    public double Threshold => Conformal.Threshold(Calibration, Alpha, Delta);

    /// <summary>
    /// The bound on the share of flagged in-distribution inputs that these n samples reach, at most α. With δ
    /// and j calibration samples beyond the threshold: the (1 − δ)-quantile of Beta(j + 1, n − j). On average:
    /// k/(n + 1) with k = ⌊(n + 1) α⌋.
    /// </summary>
    public double Bound
    {
        get
        {
            if (Delta is not double delta)
                return (Calibration + 1.0 - Conformal.ThresholdRank(Calibration, Alpha)) / (Calibration + 1.0);
            int rank = Conformal.PacRank(Calibration, Alpha, delta);
            return rank < 0 ? 0 : SpecialFunctions.BetaQuantile(1 - delta, rank + 1, Calibration - rank);
        }
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
