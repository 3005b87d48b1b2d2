using System.Globalization;
using EdgeConv.Gating;

namespace EdgeConv.Daemon.Reporting;

/// <summary>Writes a report as one page that needs nothing else.</summary>
internal static class ReportPage
{
    /// <summary>The page.</summary>
    public static string Write(ReportContent content)
    {
        HtmlPage page = new($"Gate of {content.Fingerprint.ModelName}");
        AddHead(page, content);
        ScoreSection.Add(page, content);
        RateSection.Add(page, content);
        AreaSection.Add(page, content);
        LayerSection.Add(page, content);
        SampleSection.Add(page, content);
        return page.ToString();
    }

    /// <summary>Text with numbers as everywhere.</summary>
    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void AddHead(HtmlPage page, ReportContent content)
    {
        Fingerprint fingerprint = content.Fingerprint;
        page.Heading(1, $"What the gate of {fingerprint.ModelName} is worth");
        page.Paragraph(Text($"Written by {ProductVersion.Text}."), "soft");
        string promise = Guarantee.Of(fingerprint).ToString();
        page.Paragraph(char.ToUpperInvariant(promise[0]) + promise[1..] + ". This holds whatever the features "
            + "look like, as long as the calibration samples and the inputs in use are exchangeable.", "promise");
        page.Definitions(
        [
            ("model", fingerprint.ModelName),
            ("model's SHA-256", fingerprint.ModelSha256),
            ("data", content.Data),
            ("data's SHA-256", fingerprint.DataHash),
            ("fitted", Text($"{fingerprint.Created:yyyy-MM-dd HH:mm} UTC")),
            ("samples", Text($"{fingerprint.FitCount} fitted to, {fingerprint.CalibrationCount} calibrate")),
            ("classes", Text($"{fingerprint.Taps[0].Moments.OccupiedClasses}")),
            .. fingerprint.Taps.Select((tap, i) => (Text($"tap {i + 1}"), Describe(tap))),
        ]);
    }

    private static string Describe(TapFingerprint tap)
    {
        string scaled = tap.IsNormalized ? ", scaled to length 1" : "";
        string features = Text($"{tap.Name}: {tap.Dimension} features ({GateNames.Of(tap.Statistic)}){scaled}");
        return Text($"{features}, {GateNames.Of(tap.Mode)}, shrinkage {tap.Shrinkage:0.####}");
    }
}
