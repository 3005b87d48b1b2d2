using EdgeConv.Daemon.Reporting.Charts;
using EdgeConv.Gating;

namespace EdgeConv.Daemon.Reporting;

/// <summary>Whether the promise of false alarms was kept on samples that did not calibrate.</summary>
internal static class RateSection
{
    /// <summary>Adds the section.</summary>
    public static void Add(HtmlPage page, ReportContent content)
    {
        Fingerprint fingerprint = content.Fingerprint;
        page.Heading(2, "False alarms: realised against promised");
        if (content.Rates is not { } rates)
        {
            string count = ReportPage.Text($"{fingerprint.CalibrationCount} calibration samples are too few");
            page.Paragraph(ReportPage.Text($"{count} to be split; {SplitRates.LeastSamples} are needed."));
            return;
        }

        int half = SplitRates.HalfOf(fingerprint.CalibrationCount);
        string halves = ReportPage.Text(
            $"The calibration samples in two random halves, {SplitRates.Splits} times: {half} of them calibrate, ");
        page.Paragraph(halves + "the others are judged. On the diagonal the promise would be kept exactly. The band is what "
            + "chance allows in an endless stream; judging only half of the samples scatters more.");
        page.Chart(new RateCurve
        {
            Title = "Share of calibration samples flagged by the other half",
            Points = rates,
            RangeTitle = ReportPage.Text($"mean of the splits, and where {100 * SplitRates.Held:0} % of them lie"),
            Band = SplitRates.Band(half),
            BandTitle = ReportPage.Text($"{100 * SplitRates.Held:0} % of Beta(k, {half + 1} - k), k = ⌊{half + 1} α⌋"),
            Mark = fingerprint.Alpha,
        }.Draw());
        page.Table(["promised", "realised, mean", "from", "to"], rates
            .Where(point => point.Promised is <= 0.0501 or >= 0.0999 and <= 0.1001)
            .Select(point => (IReadOnlyList<Cell>)
                [Percent(point.Promised), Percent(point.Mean), Percent(point.Low), Percent(point.High)]));
    }

    private static Cell Percent(double share) => new(ReportPage.Text($"{100 * share:0.00} %"));
}
