using System.Globalization;
using EdgeConv.Core;
using EdgeConv.Gating;

namespace EdgeConv.Benchmarks.Gate.Fashion;

/// <summary>
/// What share of in-distribution pictures is flagged, over random splits of the pictures into those that a
/// fingerprint is fitted to and calibrated by and those that it judges.
/// </summary>
internal static class FalseAlarmSection
{
    private const int Splits = 200;
    private const int Judged = 7000;
    private const double Delta = 0.05;
    private static readonly double[] Alphas = [0.01, 0.05];
    private static readonly string[] Names = ["fashion-s", "fashion-m", "fashion-l"];

    /// <summary>Measures; null, with a word on standard error, when the pictures are not there.</summary>
    public static GateSection? Measure(GateData data)
    {
        try
        {
            return new GateSection(
                $"False alarms: {Splits} random splits of the 10,000 test pictures of Fashion-MNIST",
                [
                    "A fingerprint is fitted to 3000 pictures, a third of which calibrate, and judges the other 7000.",
                    "It holds α on average over splits, or, with a confidence, in 95 % of them.",
                    "",
                    "| model | α | flagged, α on average | flagged, with confidence | splits above α with it |",
                    "| --- | ---: | ---: | ---: | ---: |",
                    .. Names.SelectMany(name => Rows(FashionTaps.Read(data, name), name)),
                ]);
        }
        catch (EdgeConvError problem)
        {
            Console.Error.WriteLine($"{problem.Message}: false alarms are not measured");
            return null;
        }
    }

    private static IEnumerable<string> Rows(FashionTaps taps, string name)
    {
        Rates[] rates = new Rates[Splits];
        Parallel.For(0, Splits, split => rates[split] = Split(taps, split));
        return Alphas.Select((alpha, i) => Row(
            name,
            alpha,
            rates.Average(rate => rate.OnAverage[i]),
            rates.Average(rate => rate.Promised[i]),
            rates.Average(rate => rate.Promised[i] > alpha ? 1.0 : 0)));
    }

    private static string Row(string name, double alpha, double onAverage, double promised, double above) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {alpha:P0} | {onAverage:P2} | {promised:P2} | {above:P1} |");

    private static Rates Split(FashionTaps taps, int split)
    {
        int[] order = [.. Enumerable.Range(0, taps.Statistics.Length)];
        new Random(split).Shuffle(order);
        FingerprintFitter fitter = new(taps.Model, taps.Options with { Seed = (ulong)split });
        foreach (int picture in order.AsSpan(Judged))
            fitter.Add($"picture {picture}", taps.Classes[picture], taps.Statistics[picture]);
        Fingerprint fingerprint = fitter.Finish();
        MahalanobisGate gate = new(fingerprint);
        double[] values =
            [.. order.Take(Judged).Select(picture => gate.Evaluate(taps.Statistics[picture]).P)];
        double[] Flagged(double? delta) => [.. Alphas.Select(alpha => Share(
            values, Conformal.Threshold(fingerprint.CalibrationCount, alpha, delta)))];
        return new Rates(Flagged(null), Flagged(Delta));
    }

    private static double Share(double[] values, double threshold) =>
        values.Count(p => p <= threshold) / (double)values.Length;

    /// <summary>Shares of the judged pictures that are flagged, for each α.</summary>
    private sealed record Rates(double[] OnAverage, double[] Promised);
}
