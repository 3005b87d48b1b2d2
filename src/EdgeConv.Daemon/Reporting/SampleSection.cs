namespace EdgeConv.Daemon.Reporting;

/// <summary>Samples worth a look: what the gate finds odd though it should not, and what it does not.</summary>
internal static class SampleSection
{
    /// <summary>Adds the section.</summary>
    public static void Add(HtmlPage page, ReportContent content)
    {
        page.Heading(2, "Samples worth a look");
        page.Paragraph("As the model sees them, counted from 0 in their source. Odd ones among the in-distribution "
            + "samples are often mislabelled or damaged, and had better be taken out of the data; familiar ones among "
            + "the others show what the gate misses.");
        foreach (UnusualSamples set in content.Scoring.Unusual)
        {
            page.Heading(3, set.Title);
            page.Samples(set.Samples.Select(sample => (sample.Thumbnail, CaptionOf(sample))));
        }
    }

    private static string CaptionOf(UnusualSample sample) =>
        ReportPage.Text($"p {sample.P:0.####}, distance {sample.Score:0.##} · {sample.Origin}");
}
