namespace EdgeConv.Daemon.Reporting.Charts;

/// <summary>What was realised where a share was promised.</summary>
/// <param name="Promised">The promise.</param>
/// <param name="Mean">What came of it on average.</param>
/// <param name="Low">The lower end of what came of it.</param>
/// <param name="High">The upper end.</param>
internal readonly record struct RatePoint(double Promised, double Mean, double Low, double High);

/// <summary>Realised against promised shares, with the band that chance allows.</summary>
internal sealed class RateCurve
{
    private const double Width = 720;
    private const double Height = 400;
    private const double Left = 64;
    private const double Right = 20;
    private const double Top = 62;
    private const double Bottom = 52;

    /// <summary>What it shows.</summary>
    public required string Title { get; init; }

    /// <summary>What was measured, by ascending promise.</summary>
    public required IReadOnlyList<RatePoint> Points { get; init; }

    /// <summary>What the interval around each mean is.</summary>
    public required string RangeTitle { get; init; }

    /// <summary>The band, by ascending promise.</summary>
    public required IReadOnlyList<RatePoint> Band { get; init; }

    /// <summary>What the band is.</summary>
    public required string BandTitle { get; init; }

    /// <summary>The promise with a dashed line.</summary>
    public required double Mark { get; init; }

    /// <summary>Draws it.</summary>
    public Svg Draw()
    {
        double most = Points.Max(point => point.Promised);
        double highest = Points.Concat(Band).Max(point => Math.Max(point.High, point.Promised));
        Axis x = new(0, 100 * most, Left, Width - Right);
        Axis y = new(0, 100 * highest, Height - Bottom, Top);
        Svg svg = new(Width, Height, Title);
        svg.Text(new Point(8, 16), Title, "title");
        DrawAxes(svg, x, y);
        svg.Area(
            [
                .. Band.Select(point => At(x, y, point.Promised, point.High)),
                .. Band.Reverse().Select(point => At(x, y, point.Promised, point.Low)),
            ],
            "band c0");
        svg.Line(At(x, y, 0, 0), At(x, y, most, most), "axis");
        svg.Line(new Point(x.At(100 * Mark), y.From), new Point(x.At(100 * Mark), y.To), "mark");
        foreach (RatePoint point in Points)
            svg.Line(At(x, y, point.Promised, point.Low), At(x, y, point.Promised, point.High), "range c1");
        svg.Path(Points.Select(point => At(x, y, point.Promised, point.Mean)), "curve c1");
        DrawLegend(svg);
        return svg;
    }

    private static Point At(Axis x, Axis y, double promised, double realised) =>
        new(x.At(100 * promised), y.At(100 * realised));

    private static void DrawAxes(Svg svg, Axis x, Axis y)
    {
        foreach (double tick in x.Ticks(50))
        {
            svg.Line(new Point(x.At(tick), y.From), new Point(x.At(tick), y.To), "grid");
            svg.Text(new Point(x.At(tick), y.From + 16), Axis.Label(tick), "small middle soft");
        }

        foreach (double tick in y.Ticks(36))
        {
            svg.Line(new Point(x.From, y.At(tick)), new Point(x.To, y.At(tick)), "grid");
            svg.Text(new Point(x.From - 8, y.At(tick) + 4), Axis.Label(tick), "small end soft");
        }

        svg.Text(new Point((x.From + x.To) / 2, y.From + 38), "promised share of false alarms, %", "middle soft");
        svg.UprightText(new Point(16, (y.From + y.To) / 2), "realised share, %");
    }

    private void DrawLegend(Svg svg)
    {
        svg.Line(new Point(8, 32), new Point(26, 32), "range c1");
        svg.Text(new Point(32, 36), RangeTitle, "small");
        svg.Rectangle(new Point(8, 43), new Point(26, 53), "band c0");
        svg.Text(new Point(32, 52), BandTitle, "small");
    }
}
