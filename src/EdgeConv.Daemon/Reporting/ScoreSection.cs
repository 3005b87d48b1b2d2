using EdgeConv.Daemon.Reporting.Charts;
using EdgeConv.Gating;

namespace EdgeConv.Daemon.Reporting;

/// <summary>How the scores of all sets are distributed.</summary>
internal static class ScoreSection
{
    // Scores beyond this share of a set do not stretch the axis.
    private const double Shown = 0.99;
    private static readonly string[] Styles = ["c0", "c1", "c2", "c3"];

    /// <summary>Adds the section.</summary>
    public static void Add(HtmlPage page, ReportContent content)
    {
        page.Heading(2, "Scores");
        page.Paragraph("Each bar is a share of its own set, the tallest of a row fills it. What the gate finds odd "
            + "gathers at 0; calibration samples are spread evenly. Samples that were fitted to lie a little nearer than "
            + "others and are shown for comparison only.");
        page.Chart(OfPValues(content).Draw());
        for (int tap = 0; tap < content.Fingerprint.Taps.Count; tap++)
            page.Chart(OfTap(content, tap).Draw());
        page.Paragraph("Distances are drawn linear around 0 and logarithmic further out; the last bin holds "
            + "whatever lies beyond. Right of the dashed line a tap flags by itself.", "soft");
    }

    private static HistogramRows OfPValues(ReportContent content)
    {
        double threshold = content.Scoring.Threshold;
        return new HistogramRows
        {
            Title = "Combined p-value",
            AxisTitle = "p, the share of calibration inputs at least as odd",
            NoteTitle = "flagged",
            Scale = new Axis(0, 1, 0, 1),
            Mark = threshold,
            MarkTitle = ReportPage.Text($"flagged up to {threshold:0.####}"),
            Rows = [.. content.Sets.Select(set => Row(set, set.PValues, set.FlagRate(threshold)))],
        };
    }

    private static HistogramRows OfTap(ReportContent content, int tap)
    {
        TapFingerprint fingerprint = content.Fingerprint.Taps[tap];
        double? threshold = CalibrationBlocks.Of(content.Fingerprint).CutAt(tap, content.Scoring.Threshold);
        double Flagged(ScoredSet set) => threshold is { } least
            ? set.Scores(tap).Count(score => score > least) / (double)set.Count
            : 0;
        return new HistogramRows
        {
            Title = ReportPage.Text($"Tap {tap + 1}: {fingerprint.Name}"),
            AxisTitle = $"squared distance, {GateNames.Of(fingerprint.Mode)}",
            NoteTitle = "beyond the line",
            Scale = ScaleOf(content, tap),
            Mark = threshold,
            MarkTitle = threshold is { } value ? ReportPage.Text($"{value:0.###}") : "",
            Rows = [.. content.Sets.Select(set => Row(set, set.Scores(tap), Flagged(set)))],
        };
    }

    private static HistogramRow Row(ScoredSet set, double[] scores, double flagged) => new(
        ReportPage.Text($"{Short(set.Name)} ({set.Count})"), ReportPage.Text($"{100 * flagged:0.0} %"),
        Styles[(int)set.Kind], scores);

    // It bends where most of the calibration samples lie within.
    private static Axis ScaleOf(ReportContent content, int tap)
    {
        double[] known = [.. content.Scoring.Calibration.Scores(tap).Order()];
        double low = double.PositiveInfinity, high = double.NegativeInfinity;
        foreach (ScoredSet set in content.Sets)
        {
            double[] scores = [.. set.Scores(tap).Order()];
            low = Math.Min(low, scores[0]);
            high = Math.Max(high, scores[(int)(Shown * (scores.Length - 1))]);
        }

        double spread = known[(int)(Shown * (known.Length - 1))] - known[0];
        double bend = Math.Max(spread, 1e-6 * Math.Max(1, Math.Abs(known[0])));
        return new Axis(Math.Min(low, 0), Math.Max(high, low + bend), 0, 1) { Bend = bend };
    }

    private static string Short(string name) =>
        name.Length <= 16 ? name : string.Concat("…", name.AsSpan(name.Length - 15));
}
