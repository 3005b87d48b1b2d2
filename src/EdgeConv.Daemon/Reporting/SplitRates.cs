using EdgeConv.Daemon.Reporting.Charts;
using EdgeConv.Gating;

namespace EdgeConv.Daemon.Reporting;

/// <summary>
/// What share of calibration samples is flagged when one random half of them calibrates and judges the other
/// half, over many such splits.
/// </summary>
internal static class SplitRates
{
    /// <summary>Splits.</summary>
    public const int Splits = 200;

    /// <summary>Fewest samples for which there is anything to see.</summary>
    public const int LeastSamples = 20;

    /// <summary>Samples that take part; of more, as many evenly spread ones.</summary>
    public const int MostSamples = 20_000;

    /// <summary>The part of the splits, or of what chance allows, that an interval holds.</summary>
    public const double Held = 0.9;

    /// <summary>How many of so many calibration samples calibrate in a split.</summary>
    public static int HalfOf(int calibration) => PartOf(calibration) / 2;

    private const double Greatest = 0.2;
    private const int Steps = 20;

    /// <summary>Realised shares for promises up to 20 %; null for too few samples.</summary>
    public static IReadOnlyList<RatePoint>? Measure(ScoredSet calibration, int taps)
    {
        if (calibration.Count < LeastSamples)
            return null;
        int step = StepOf(calibration.Count);
        double[][] scores = [.. Enumerable.Range(0, taps)
            .Select(tap => (double[])[.. calibration.Scores(tap).Where((_, i) => i % step == 0)])];
        double[][] values = [.. Enumerable.Range(0, Splits).Select(split => PValues(scores, new Random(split)))];
        return [.. Promises().Select(promised => PointOf(promised, values))];
    }

    /// <summary>
    /// The shares that are flagged of an endless stream, when m samples calibrate: Beta(k, m + 1 − k)
    /// with k = ⌊(m + 1) α⌋.
    /// </summary>
    public static IReadOnlyList<RatePoint> Band(int calibration) =>
    [
        .. Promises().Select(promised =>
        {
            int k = calibration + 1 - Conformal.ThresholdRank(calibration, promised), rest = calibration + 1 - k;
            double Quantile(double p) => k == 0 ? 0 : SpecialFunctions.BetaQuantile(p, k, rest);
            return new RatePoint(
                promised, k / (calibration + 1.0), Quantile((1 - Held) / 2), Quantile((1 + Held) / 2));
        }),
    ];

    private static int StepOf(int calibration) => (calibration + MostSamples - 1) / MostSamples;

    private static int PartOf(int calibration) => (calibration + StepOf(calibration) - 1) / StepOf(calibration);

    private static IEnumerable<double> Promises() => Enumerable.Range(1, Steps).Select(i => Greatest * i / Steps);

    // Combined p-values of one half, ranked among the other.
    private static double[] PValues(double[][] scores, Random random)
    {
        int[] order = [.. Enumerable.Range(0, scores[0].Length)];
        random.Shuffle(order);
        int half = order.Length / 2;
        float[] At(double[] tap, int from, int to) => [.. order[from..to].Select(sample => (float)tap[sample])];
        CalibrationBlocks judge = new([.. scores.Select(tap => At(tap, 0, half))]);
        return [.. Enumerable.Range(half, order.Length - half)
            .Select(i => judge.PValue([.. scores.Select(tap => (float)tap[order[i]])], out _))];
    }

    private static RatePoint PointOf(double promised, double[][] values)
    {
        double[] rates = [.. values.Select(split => split.Count(p => p <= promised) / (double)split.Length).Order()];
        double At(double share) => rates[(int)Math.Round(share * (rates.Length - 1))];
        return new RatePoint(promised, rates.Average(), At((1 - Held) / 2), At((1 + Held) / 2));
    }
}
