namespace EdgeConv.Daemon.Reporting;

/// <summary>What a tap at another layer, or another distance, would have seen.</summary>
internal static class LayerSection
{
    /// <summary>Adds the section.</summary>
    public static void Add(HtmlPage page, ReportContent content)
    {
        page.Heading(2, "Why these layers");
        if (content.Layers is not { Rows.Count: > 0 } table)
        {
            page.Paragraph("The engine finds no 1×1 convolution to compare with.");
            return;
        }

        page.Paragraph("Each 1×1 convolution as the only tap, by each distance: the AUROC of calibration samples against "
            + "outliers. Taps of this gate are bold; so is the best of a column, and what is worse than chance is red.");
        AddTable(page, table, "Mean over the outliers made of calibration samples", MadeOf(table, content));
        for (int set = MadeCount(content); set < table.Outliers.Count; set++)
            AddTable(page, table, table.Outliers[set], [set]);
        page.Paragraph(Bounds(table), "soft");
    }

    private static string Bounds(LayerTable table)
    {
        int fitted = LayerComparison.MostFitted, judged = LayerComparison.MostJudged;
        int layers = LayerComparison.MostLayers, channels = LayerDistances.MostChannelsWithVariance;
        return ReportPage.Text($"At most {fitted} samples were fitted to and {judged} of a set judged, evenly spread, ")
            + ReportPage.Text($"at {layers} layers at most ({table.Left} left out). Variances are features up to ")
            + ReportPage.Text($"{channels} channels; relative needs two classes and more samples than twice the channels.");
    }

    private static int MadeCount(ReportContent content) => content.Scoring.Synthetic.Count;

    private static int[] MadeOf(LayerTable table, ReportContent content) =>
        [.. Enumerable.Range(0, Math.Min(MadeCount(content), table.Outliers.Count))];

    private static void AddTable(HtmlPage page, LayerTable table, string title, int[] sets)
    {
        double[][] areas = [.. table.Rows.Select(row => Means(row, sets))];
        double[] best = [.. LayerDistances.Names.Select((_, column) =>
            areas.Select(row => row[column]).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Max())];
        page.Heading(3, title);
        page.Table(
            ["layer", "channels", .. LayerDistances.Names],
            table.Rows.Zip(areas, (row, values) => (IReadOnlyList<Cell>)
            [
                new(row.Layer, row.IsTap ? "tap" : ""), new(ReportPage.Text($"{row.Channels}")),
                .. values.Select((area, column) => CellOf(area, best[column])),
            ]),
            "layers");
    }

    private static double[] Means(LayerRow row, int[] sets) =>
        [.. LayerDistances.Names.Select((_, column) => sets.Average(set => row.Areas[set][column]))];

    private static Cell CellOf(double area, double best) => double.IsNaN(area)
        ? new("–")
        : new(ReportPage.Text($"{area:0.000}"), area == best ? "best" : area < 0.5 ? "poor" : "");
}
