using System.Globalization;

namespace EdgeConv.Daemon.Reporting.Charts;

/// <summary>One set of scores.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Note">A word at the right end of its row.</param>
/// <param name="Style">Its colour: <c>c0</c>…<c>c5</c>.</param>
/// <param name="Scores">The scores, finite, in any order.</param>
internal sealed record HistogramRow(string Name, string Note, string Style, double[] Scores);

/// <summary>
/// Histograms one below the other on a common axis; each bar is a share of its own set, and the tallest of a
/// row fills it. What lies beyond an end of the axis is counted in the last bin there.
/// </summary>
internal sealed class HistogramRows
{
    private const double Width = 720;
    private const double Left = 170;
    private const double Right = 96;
    private const double Top = 54;
    private const double RowHeight = 36;
    private const double BarHeight = 28;
    private const int Bins = 60;

    /// <summary>What it shows.</summary>
    public required string Title { get; init; }

    /// <summary>What the axis is, with its unit.</summary>
    public required string AxisTitle { get; init; }

    /// <summary>What the notes are.</summary>
    public required string NoteTitle { get; init; }

    /// <summary>The rows from above to below.</summary>
    public required IReadOnlyList<HistogramRow> Rows { get; init; }

    /// <summary>The scale of the scores; its coordinates are of no meaning.</summary>
    public required Axis Scale { get; init; }

    /// <summary>The value with a dashed line; null for none.</summary>
    public double? Mark { get; init; }

    /// <summary>What the dashed line is.</summary>
    public string MarkTitle { get; init; } = "";

    /// <summary>Draws it.</summary>
    public Svg Draw()
    {
        Axis axis = Scale with { From = Left, To = Width - Right };
        double bottom = Top + RowHeight * Rows.Count;
        Svg svg = new(Width, bottom + 44, Title);
        svg.Text(new Point(8, 16), Title, "title");
        svg.Text(new Point(Width - 8, Top - 6), NoteTitle, "small end soft");
        foreach (double tick in axis.Ticks(46))
        {
            svg.Line(new Point(axis.At(tick), Top), new Point(axis.At(tick), bottom), "grid");
            svg.Text(new Point(axis.At(tick), bottom + 15), Axis.Label(tick), "small middle soft");
        }

        for (int i = 0; i < Rows.Count; i++)
            DrawRow(svg, axis, Rows[i], Top + (i + 1) * RowHeight);
        DrawMark(svg, axis, bottom);
        svg.Text(new Point((axis.From + axis.To) / 2, bottom + 34), AxisTitle, "middle soft");
        return svg;
    }

    private static void DrawRow(Svg svg, Axis axis, HistogramRow row, double floor)
    {
        int[] counts = Count(axis, row.Scores);
        double tallest = Math.Max(1, counts.Max()), width = (axis.To - axis.From) / Bins;
        svg.Text(new Point(Left - 10, floor - 10), row.Name, "end");
        svg.Text(new Point(Width - 8, floor - 10), row.Note, "end");
        svg.Line(new Point(axis.From, floor), new Point(axis.To, floor), "axis");
        for (int bin = 0; bin < Bins; bin++)
        {
            if (counts[bin] == 0)
                continue;
            Point corner = new(axis.From + bin * width + 0.5, floor);
            Point opposite = new(axis.From + (bin + 1) * width, floor - BarHeight * counts[bin] / tallest);
            svg.Rectangle(corner, opposite, $"bar {row.Style}", Tip(axis, bin, counts[bin], row));
        }
    }

    private static string Tip(Axis axis, int bin, int count, HistogramRow row)
    {
        double low = axis.ValueAt((double)bin / Bins), high = axis.ValueAt((bin + 1.0) / Bins);
        return string.Create(CultureInfo.InvariantCulture,
            $"{row.Name}: {count} of {row.Scores.Length}, {low:0.####} to {high:0.####}");
    }

    private static int[] Count(Axis axis, double[] scores)
    {
        int[] counts = new int[Bins];
        foreach (double score in scores)
        {
            double share = (axis.At(score) - axis.From) / (axis.To - axis.From);
            counts[Math.Min(Bins - 1, (int)(share * Bins))]++;
        }

        return counts;
    }

    private void DrawMark(Svg svg, Axis axis, double bottom)
    {
        if (Mark is not { } mark)
            return;
        double x = axis.At(mark);
        svg.Line(new Point(x, Top - 14), new Point(x, bottom), "mark");
        svg.Text(new Point(x, Top - 18), MarkTitle, "small middle");
    }
}
