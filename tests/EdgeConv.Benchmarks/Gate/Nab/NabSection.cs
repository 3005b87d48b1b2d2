using static System.FormattableString;


namespace EdgeConv.Benchmarks.Gate.Nab;

/// <summary>The gate on series of the Numenta Anomaly Benchmark, beside two of its detectors.</summary>
internal static class NabSection
{
    private const int Seeds = 20;
    private const string BestForLabels = "best for the labels";
    private static readonly double[] Alphas = [0.01, 0.05];
    private static readonly double[] Sweep =
        [0.5, 0.3, 0.2, 0.1, 0.07, 0.05, 0.03, 0.02, 0.015, 0.01, 0.008, 0.006, 0.005];

    /// <summary>Measures; null, with a word on standard error, when the series are not there.</summary>
    public static GateSection? Measure(string data)
    {
        string folder = Path.Combine(data, "nab");
        if (!Directory.Exists(folder))
        {
            Console.Error.WriteLine($"{folder} is not there: the gate is not measured on NAB");
            return null;
        }

        NabSeries[] series = NabSeries.ReadAll(folder);
        int windows = series.Sum(one => one.Windows.Length), rows = series.Sum(one => one.Values.Length);
        GateDetector[] gates = [.. series.Select(one => new GateDetector(one))];
        return new GateSection($"NAB: {series.Length} series, {rows} rows, {windows} windows",
        [
            "| detector | threshold | windows found | false detections | NAB score |",
            "| --- | --- | ---: | ---: | ---: |",
            .. Table(series, gates),
            "",
            Invariant($"The gate's events at alpha {Alphas[0]}, series by series:"),
            "",
            "| series | windows | windows found | false detections |",
            "| --- | ---: | ---: | ---: |",
            .. series.Zip(gates).Select(pair => SeriesRow(pair.First, pair.Second)),
        ]);
    }

    private static IEnumerable<string> Table(NabSeries[] series, GateDetector[] gates)
    {
        NabScore score = new(series);
        double[][] gaussian = [.. series.Select(Detectors.WindowedGaussian)];
        NabOutcome Events(double alpha) => score.Of([.. gates.Select(gate => gate.Events(alpha))]);
        NabOutcome Flagged(double alpha) => score.Of([.. gates.Select(gate => gate.FlaggedRows(alpha))]);
        NabOutcome Tails(double alpha) => score.Of([.. gaussian.Select(one => AtLeast(one, 1 - alpha / 2))]);
        NabOutcome GaussianEvents(double alpha) => score.Of(
            [.. series.Zip(gaussian, (one, scores) => Detectors.GaussianEvents(one, scores, alpha))]);
        return
        [
            .. Alphas.Select(alpha => Row("gate, events", Fixed(alpha), Events(alpha))),
            Row("gate, events", BestForLabels, Sweep.Select(Events).MaxBy(outcome => outcome.Normalized)),
            .. Alphas.Select(alpha => Row("gate, each row", Fixed(alpha), Flagged(alpha))),
            .. Alphas.Select(alpha => Row("windowed Gaussian, events", Fixed(alpha), GaussianEvents(alpha))),
            .. Alphas.Select(alpha => Row("windowed Gaussian, each row", Fixed(alpha), Tails(alpha))),
            Row("windowed Gaussian, each row", BestForLabels, score.Best(gaussian)),
            Mean("random", BestForLabels, [.. Enumerable.Range(0, Seeds).Select(seed => score.Best(
                [.. series.Select((one, i) => Detectors.Random(one, new Random(100 * seed + i)))]))]),
        ];
    }

    private static string SeriesRow(NabSeries series, GateDetector gate)
    {
        NabOutcome outcome = new NabScore([series]).Of([gate.Events(Alphas[0])]);
        return $"| {series.Name} | {series.Windows.Length} | {outcome.Found} | {outcome.False} |";
    }

    private static IEnumerable<int> AtLeast(double[] scores, double threshold) =>
        Enumerable.Range(0, scores.Length).Where(row => scores[row] >= threshold);

    private static string Fixed(double alpha) => Invariant($"alpha {alpha}");

    private static string Row(string detector, string threshold, NabOutcome outcome) => Invariant(
        $"| {detector} | {threshold} | {outcome.Found} | {outcome.False} | {outcome.Normalized:0.0} |");

    private static string Mean(string detector, string threshold, NabOutcome[] outcomes) => Invariant(
        $"| {detector}, mean of {outcomes.Length} | {threshold} | {outcomes.Average(o => o.Found):0.0} | ") +
        Invariant($"{outcomes.Average(o => o.False):0} | {outcomes.Average(o => o.Normalized):0.0} |");
}
