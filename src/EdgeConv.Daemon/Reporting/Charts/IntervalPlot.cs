using System.Globalization;

namespace EdgeConv.Daemon.Reporting.Charts;

/// <summary>A value with an interval around it, drawn as a dot on a line.</summary>
/// <param name="Value">The value.</param>
/// <param name="Low">Lower end; NaN for none.</param>
/// <param name="High">Upper end; NaN for none.</param>
internal readonly record struct Interval(double Value, double Low, double High);

/// <summary>A row of an <see cref="IntervalPlot"/>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Values">A value for each series.</param>
internal sealed record IntervalRow(string Name, IReadOnlyList<Interval> Values);

/// <summary>Values of several series, a row for each thing that they are of, on a common axis.</summary>
internal sealed class IntervalPlot
{
    private const double Width = 720;
    private const double Left = 190;
    private const double Right = 16;
    private const double LineHeight = 13;
    private const double RowGap = 9;
    private const double LegendWidth = 172;
    private const double Radius = 4;

    /// <summary>What it shows.</summary>
    public required string Title { get; init; }

    /// <summary>What the axis is, with its unit.</summary>
    public required string AxisTitle { get; init; }

    /// <summary>Names of the series; the i-th has colour <c>c(i + 1)</c>.</summary>
    public required IReadOnlyList<string> Series { get; init; }

    /// <summary>The rows from above to below.</summary>
    public required IReadOnlyList<IntervalRow> Rows { get; init; }

    /// <summary>The value with a dashed line, such as that of chance.</summary>
    public double? Mark { get; init; }

    /// <summary>Draws it.</summary>
    public Svg Draw()
    {
        int perLine = Math.Max(1, (int)((Width - Right - 8) / LegendWidth));
        double top = 34 + 16 * Math.Ceiling(Series.Count / (double)perLine);
        double rowHeight = LineHeight * Series.Count + RowGap, bottom = top + rowHeight * Rows.Count;
        Svg svg = new(Width, bottom + 42, Title);
        svg.Text(new Point(8, 16), Title, "title");
        for (int i = 0; i < Series.Count; i++)
            DrawLegend(svg, i, new Point(8 + i % perLine * LegendWidth, 36 + i / perLine * 16));
        Axis axis = AxisOver(Left, Width - Right);
        DrawAxis(svg, axis, top, bottom);
        for (int i = 0; i < Rows.Count; i++)
            DrawRow(svg, axis, Rows[i], top + i * rowHeight);
        return svg;
    }

    private Axis AxisOver(double from, double to)
    {
        IEnumerable<double> values = Rows.SelectMany(row => row.Values)
            .SelectMany(value => (double[])[value.Value, value.Low, value.High]).Where(double.IsFinite);
        double least = values.Append(Mark ?? 1).Min();
        return new Axis(Math.Floor(10 * least - 0.1) / 10, 1, from, to);
    }

    private void DrawLegend(Svg svg, int series, Point at)
    {
        svg.Dot(new Point(at.X + Radius, at.Y - Radius), Radius, $"dot c{series + 1}");
        svg.Text(new Point(at.X + 14, at.Y), Series[series], "small");
    }

    private void DrawAxis(Svg svg, Axis axis, double top, double bottom)
    {
        foreach (double tick in axis.Ticks(50))
        {
            svg.Line(new Point(axis.At(tick), top), new Point(axis.At(tick), bottom), "grid");
            svg.Text(new Point(axis.At(tick), bottom + 15), Axis.Label(tick), "small middle soft");
        }

        if (Mark is { } mark)
            svg.Line(new Point(axis.At(mark), top), new Point(axis.At(mark), bottom), "mark");
        svg.Text(new Point((axis.From + axis.To) / 2, bottom + 33), AxisTitle, "middle soft");
    }

    private void DrawRow(Svg svg, Axis axis, IntervalRow row, double top)
    {
        double middle = top + (LineHeight * Series.Count + RowGap) / 2;
        svg.Text(new Point(Left - 10, middle + 4), row.Name, "end");
        for (int i = 0; i < row.Values.Count; i++)
        {
            double y = top + RowGap / 2 + LineHeight * (i + 0.5);
            DrawValue(svg, axis, row.Values[i], (y, i, $"{row.Name}, {Series[i]}"));
        }
    }

    private static void DrawValue(Svg svg, Axis axis, Interval value, (double Y, int Series, string Name) at)
    {
        if (!double.IsFinite(value.Value))
            return;
        if (double.IsFinite(value.Low) && double.IsFinite(value.High))
        {
            Point low = new(axis.At(value.Low), at.Y), high = new(axis.At(value.High), at.Y);
            svg.Line(low, high, $"range c{at.Series + 1}");
        }

        string tip = string.Create(CultureInfo.InvariantCulture, $"{at.Name}: {value.Value:0.000}");
        svg.Dot(new Point(axis.At(value.Value), at.Y), Radius, $"dot c{at.Series + 1}", tip);
    }
}
