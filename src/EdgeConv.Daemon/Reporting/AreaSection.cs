using EdgeConv.Daemon.Reporting.Charts;
using EdgeConv.Gating;

namespace EdgeConv.Daemon.Reporting;

/// <summary>How well the gate tells outliers from calibration samples.</summary>
internal static class AreaSection
{
    /// <summary>Adds the section.</summary>
    public static void Add(HtmlPage page, ReportContent content)
    {
        page.Heading(2, "Telling outliers apart");
        ScoredSet[] outliers = [.. content.Outliers];
        if (outliers.Length == 0)
            return;
        page.Paragraph("Area under the ROC curve: the probability that an outlier looks odder than a calibration "
            + "sample; 0.5 is chance, and below it the order is reversed. Intervals hold 95 % (DeLong). Outliers are "
            + "made of calibration samples, as a broken, covered, turned or badly set sensor would give them.");
        (string Name, int? Tap)[] judges =
        [
            ("combined p", null),
            .. content.Fingerprint.Taps.Select((_, i) => (ReportPage.Text($"tap {i + 1}"), (int?)i)),
        ];
        AurocEstimate[][] areas =
            [.. outliers.Select(set => (AurocEstimate[])[.. judges.Select(judge => content.AreaOf(set, judge.Tap))])];
        page.Chart(new IntervalPlot
        {
            Title = "AUROC with 95 % intervals",
            AxisTitle = "AUROC (0.5 is chance)",
            Series = [.. judges.Select(judge => judge.Name)],
            Mark = 0.5,
            Rows =
            [
                .. outliers.Zip(areas, (set, row) => new IntervalRow(
                    set.Name, [.. row.Select(area => new Interval(area.Area, area.Low, area.High))])),
            ],
        }.Draw());
        page.Table(
            ["outliers", "samples", "flagged", .. judges.Select(judge => judge.Name)],
            outliers.Zip(areas, (set, row) => Row(set, row, content.Scoring.Threshold)));
    }

    private static IReadOnlyList<Cell> Row(ScoredSet set, AurocEstimate[] areas, double threshold) =>
    [
        new(set.Name), new(ReportPage.Text($"{set.Count}")),
        new(ReportPage.Text($"{100 * set.FlagRate(threshold):0.0} %")), .. areas.Select(CellOf),
    ];

    private static Cell CellOf(AurocEstimate area)
    {
        string interval = double.IsFinite(area.StandardError)
            ? ReportPage.Text($" ({area.Low:0.000}–{area.High:0.000})")
            : "";
        return new(ReportPage.Text($"{area.Area:0.000}{interval}"), area.Area < 0.5 ? "poor" : "");
    }
}
