using System.Xml.Linq;
using EdgeConv.Daemon.Reporting.Charts;
using Xunit;

namespace EdgeConv.Daemon.Tests.Reporting;

public sealed class ChartsTest
{
    [Fact]
    public void A_linear_axis_has_round_ticks_that_lie_on_it()
    {
        Assert.Equal([0, 0.2, 0.4, 0.6, 0.8, 1], new Axis(0, 1, 0, 300).Ticks(50).Select(tick => Math.Round(tick, 9)));
        Assert.Equal([0, 5, 10, 15, 20], new Axis(0, 20, 300, 60).Ticks(50));
        Assert.Equal([0.5, 0.6, 0.7, 0.8, 0.9, 1], new Axis(0.5, 1, 0, 300).Ticks(40).Select(tick => Math.Round(tick, 9)));
    }

    [Theory]
    [InlineData(0, 1e6, 40)]
    [InlineData(-300, 3e38, 5)]
    [InlineData(-2, 2, 1000)]
    public void Ticks_of_a_bent_axis_are_ascending_apart_and_begin_at_0(double low, double high, double bend)
    {
        Axis axis = new(low, high, 10, 500) { Bend = bend };
        IReadOnlyList<double> ticks = axis.Ticks(46);
        Assert.Contains(0, ticks);
        Assert.All(ticks, tick => Assert.InRange(tick, low, high));
        Assert.All(ticks.Zip(ticks.Skip(1)), pair => Assert.True(axis.At(pair.Second) - axis.At(pair.First) >= 46));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void The_value_at_a_share_of_an_axis_is_put_there(double bend)
    {
        Axis axis = new(-10, 1000, 20, 420) { Bend = bend };
        for (double share = 0; share <= 1; share += 0.125)
            Assert.Equal(20 + 400 * share, axis.At(axis.ValueAt(share)), 1e-6);
        Assert.Equal(420, axis.At(1e30), 1e-9);
    }

    [Fact]
    public void A_coordinate_that_is_not_finite_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Svg(1, 1, "").Dot(new Point(double.NaN, 0), 1, "dot"));

    [Fact]
    public void Text_is_escaped_and_control_characters_are_spaces()
    {
        Svg svg = new(10, 10, "<a>&\"'");
        svg.Text(new Point(0, 0), "x < y & \u0007\nz");
        XElement element = XElement.Parse(svg.ToElement());
        Assert.Equal("<a>&\"'", element.Attribute("aria-label")!.Value);
        Assert.Equal("x < y &   z", element.Value);
    }

    [Fact]
    public void Every_score_of_a_histogram_is_counted_once_wherever_it_lies()
    {
        double[] scores = [-5, 0, 0.25, 0.5, 1, 7, 1e30];
        Svg svg = new HistogramRows
        {
            Title = "t", AxisTitle = "a", NoteTitle = "n", Scale = new Axis(0, 1, 0, 1),
            Rows = [new HistogramRow("r", "", "c1", scores)],
        }.Draw();
        IEnumerable<int> counts = XElement.Parse(svg.ToElement()).Descendants("title")
            .Select(tip => int.Parse(tip.Value.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal([2, 1, 1, 3], counts);
    }

    [Fact]
    public void A_window_without_any_change_or_number_is_drawn_too()
    {
        foreach (float[] values in (float[][])[[3, 3, 3], [float.NaN, float.NaN], [1, float.PositiveInfinity, 2], [5]])
            Assert.Single(XElement.Parse(WindowPlot.Draw(values, 1, "w").ToElement()).Descendants("polyline"));
    }

    [Fact]
    public void A_chart_in_a_file_of_its_own_brings_its_styles()
    {
        XElement file = XElement.Parse(new IntervalPlot
        {
            Title = "t", AxisTitle = "a", Series = ["one", "two"],
            Rows = [new IntervalRow("r", [new Interval(0.9, 0.8, 1), new Interval(0.7, double.NaN, double.NaN)])],
        }.Draw().ToFile());
        XNamespace svg = "http://www.w3.org/2000/svg";
        Assert.Equal(svg + "svg", file.Name);
        Assert.NotEmpty(file.Elements(svg + "style"));
        Assert.Single(file.Elements(svg + "line"), line => line.Attribute("class")!.Value.StartsWith("range", StringComparison.Ordinal));
        Assert.Equal(4, file.Elements(svg + "circle").Count());
    }
}
