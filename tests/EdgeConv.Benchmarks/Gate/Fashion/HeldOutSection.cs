using System.Globalization;
using EdgeConv.Core;
using EdgeConv.Daemon.Reporting.Charts;
using EdgeConv.Gating;

namespace EdgeConv.Benchmarks.Gate.Fashion;

/// <summary>
/// How well the gate tells classes that a network does not know, and pictures that are no clothes at all, from
/// those that it knows: beside the diagonal gate and beside scores that need its outputs only.
/// </summary>
internal static class HeldOutSection
{
    private static readonly string[] Charted =
        [SplitDetectors.Gate, SplitDetectors.Diagonal, SplitDetectors.MaxSoftmax, SplitDetectors.Energy];

    /// <summary>Measures; null, with a word on standard error, when pictures or networks are not there.</summary>
    public static GateSection? Measure(GateData data)
    {
        try
        {
            Areas areas = new([.. Enumerable.Range(0, SplitPictures.Splits).Select(k => Split(data, k))]);
            return new GateSection($"Fashion-MNIST, 8 classes in, 2 held out, {SplitPictures.Splits} splits",
            [
                "AUROC, mean ± standard deviation over splits; 0.5 is chance. In split k the classes 2k and 2k + 1 are",
                "held out (`near`). Mean: of the six kinds.",
                "",
                $"| detector | {string.Join(" | ", areas.Kinds)} | mean |",
                $"| --- |{string.Concat(areas.Kinds.Append("").Select(_ => " ---: |"))}",
                .. areas.Detectors.Select(areas.Row),
            ])
            { Plot = new GatePlot("gate-ood.svg", Chart(areas).ToFile()) };
        }
        catch (EdgeConvError problem)
        {
            Console.Error.WriteLine($"{problem.Message}: held-out classes are not measured");
            return null;
        }
    }

    private static SplitAreas Split(GateData data, int split)
    {
        SplitPictures pictures = SplitPictures.Read(data, split);
        using SplitNetwork network = new(data, split);
        IReadOnlyList<Detector> detectors = SplitDetectors.Fit(network, network.Answer(pictures.Fitted));
        NetworkAnswer[] known = network.Answer(pictures.Judged);
        (string Kind, NetworkAnswer[] Answers)[] outliers =
            [.. pictures.Outliers.Select(kind => (kind.Kind, network.Answer(kind.Pictures)))];
        double[][] areas = [.. detectors.Select(detector =>
        {
            double[] inliers = [.. known.Select(detector.Oddness)];
            return (double[])[.. outliers.Select(kind =>
                Auroc.Of(inliers, [.. kind.Answers.Select(detector.Oddness)]))];
        })];
        return new SplitAreas(
            [.. detectors.Select(detector => detector.Name)], [.. outliers.Select(kind => kind.Kind)], areas);
    }

    private static Svg Chart(Areas areas) => new IntervalPlot
    {
        Title = "Fashion-MNIST with two of ten classes held out",
        AxisTitle = "AUROC, mean and standard deviation of 5 splits (0.5 is chance)",
        Series = Charted,
        Mark = 0.5,
        Rows =
        [
            .. areas.Kinds.Append("mean").Select(kind =>
                new IntervalRow(kind, [.. Charted.Select(detector => areas.IntervalOf(detector, kind))])),
        ],
    }.Draw();

    /// <summary>Areas of one split: a detector each row, a kind each column.</summary>
    private sealed record SplitAreas(string[] Detectors, string[] Kinds, double[][] Values);

    /// <summary>Areas of all splits.</summary>
    private sealed class Areas(SplitAreas[] splits)
    {
        public string[] Detectors => splits[0].Detectors;

        public string[] Kinds => splits[0].Kinds;

        public string Row(string detector) =>
            $"| {detector} | {string.Join(" | ", Kinds.Append("mean").Select(kind => Cell(Of(detector, kind))))} |";

        public Interval IntervalOf(string detector, string kind)
        {
            (double mean, double deviation) = Spread(Of(detector, kind));
            return new Interval(mean, mean - deviation, Math.Min(1, mean + deviation));
        }

        // Of each split; the mean over kinds where there is no such kind.
        private double[] Of(string detector, string kind)
        {
            int row = Array.IndexOf(Detectors, detector), column = Array.IndexOf(Kinds, kind);
            return [.. splits.Select(split =>
                column < 0 ? split.Values[row].Average() : split.Values[row][column])];
        }

        private static string Cell(double[] values)
        {
            (double mean, double deviation) = Spread(values);
            return string.Create(CultureInfo.InvariantCulture, $"{mean:0.000} ± {deviation:0.000}");
        }

        private static (double Mean, double Deviation) Spread(double[] values)
        {
            double mean = values.Average();
            double squares = values.Sum(value => (value - mean) * (value - mean));
            return (mean, Math.Sqrt(squares / (values.Length - 1)));
        }
    }
}
