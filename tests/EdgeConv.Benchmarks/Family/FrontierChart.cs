using EdgeConv.Daemon.Reporting.Charts;
using static System.FormattableString;

namespace EdgeConv.Benchmarks.Family;

/// <summary>Members that one set of constants gives, by ascending multiply-adds.</summary>
/// <param name="Name">What they are.</param>
/// <param name="Members">At least one.</param>
internal sealed record FrontierSeries(string Name, IReadOnlyList<MeasuredMember> Members);

/// <summary>Accuracy over multiply-adds, time and energy, side by side; what it costs is logarithmic.</summary>
internal sealed class FrontierChart(IReadOnlyList<FrontierSeries> series)
{
    private const double PanelWidth = 268;
    private const double Left = 56;
    private const double Gap = 22;
    private const double Top = 62;
    private const double Bottom = 300;
    private const double Height = 346;
    private const double Radius = 4;

    private static readonly (string Title, Func<MeasuredMember, double> Cost)[] Panels =
    [
        ("million multiply-adds", member => member.Totals.MultiplyAdds / 1e6),
        ("ms an inference", member => member.Figures.ServiceMs),
        ("mJ an inference", member => member.Figures.EnergyMj),
    ];

    private IEnumerable<MeasuredMember> Members => series.SelectMany(one => one.Members);

    /// <summary>Draws it.</summary>
    public Svg Draw()
    {
        const string title = "Accuracy of the fashion family's members on 10,000 test pictures, and what they cost";
        Svg svg = new(Left + (PanelWidth + Gap) * Panels.Length, Height, title);
        svg.Text(new Point(8, 16), title, "title");
        for (int i = 0; i < series.Count; i++)
        {
            Point at = new(8 + i * 330, 38);
            svg.Dot(new Point(at.X + Radius, at.Y - Radius), Radius, $"dot c{i + 1}");
            svg.Text(new Point(at.X + 14, at.Y), series[i].Name, "small");
        }

        Axis up = new(
            Math.Floor(100 * Members.Min(member => member.Accuracy - member.AccuracyMargin)),
            Math.Ceiling(100 * Members.Max(member => member.Accuracy + member.AccuracyMargin)), Bottom, Top);
        for (int i = 0; i < Panels.Length; i++)
            DrawPanel(svg, up, i);
        svg.UprightText(new Point(16, (Top + Bottom) / 2), "accuracy, %");
        return svg;
    }

    private void DrawPanel(Svg svg, Axis up, int panel)
    {
        (string title, Func<MeasuredMember, double> cost) = Panels[panel];
        bool isEstimated = panel == 2 && Members.Any(member => member.Figures.EnergyEstimated);
        double from = Left + panel * (PanelWidth + Gap);
        Axis along = new(
            Math.Log10(Members.Min(cost) / 1.3), Math.Log10(Members.Max(cost) * 1.3), from, from + PanelWidth);
        DrawGrid(svg, along, up, withLabels: panel == 0);
        string axis = isEstimated ? $"{title}, estimated" : title;
        svg.Text(new Point(from + PanelWidth / 2, Bottom + 36), axis, "middle soft");
        for (int i = 0; i < series.Count; i++)
        {
            Point At(MeasuredMember member) => new(along.At(Math.Log10(cost(member))), up.At(100 * member.Accuracy));
            svg.Path(series[i].Members.Select(At), $"curve c{i + 1}");
            foreach (MeasuredMember member in series[i].Members)
                DrawMember(svg, member, (At(member), i, panel, title, cost(member)));
        }
    }

    private static void DrawGrid(Svg svg, Axis along, Axis up, bool withLabels)
    {
        foreach (double tick in up.Ticks(40))
        {
            svg.Line(new Point(along.From, up.At(tick)), new Point(along.To, up.At(tick)), "grid");
            if (withLabels)
                svg.Text(new Point(along.From - 8, up.At(tick) + 4), Axis.Label(tick), "small end soft");
        }

        foreach (double value in RoundValues(along))
        {
            double x = along.At(Math.Log10(value));
            svg.Line(new Point(x, up.From), new Point(x, up.To), "grid");
            svg.Text(new Point(x, up.From + 16), Axis.Label(value), "small middle soft");
        }
    }

    // 1, 2 and 5 times powers of ten.
    private static IEnumerable<double> RoundValues(Axis along)
    {
        for (int power = (int)Math.Floor(along.Low); power <= along.High; power++)
        {
            foreach (double digit in (double[])[1, 2, 5])
            {
                double value = digit * Math.Pow(10, power);
                if (Math.Log10(value) >= along.Low && Math.Log10(value) <= along.High)
                    yield return value;
            }
        }
    }

    // What both series have is named once, and in the first panel alone.
    private void DrawMember(
        Svg svg, MeasuredMember member, (Point Dot, int Series, int Panel, string Unit, double Cost) at)
    {
        string tip = Invariant($"{member.Name}: {100 * member.Accuracy:0.00} %, {at.Cost:0.####} {at.Unit}");
        svg.Dot(at.Dot, Radius, $"dot c{at.Series + 1}", tip);
        if (at.Panel != 0 || series.Take(at.Series).Any(earlier => earlier.Members.Contains(member)))
            return;
        string name = member.Name.Replace("fashion-", "", StringComparison.Ordinal)
            .Replace("phi", "φ ", StringComparison.Ordinal);
        if (at.Series == 0)
            svg.Text(new Point(at.Dot.X + 6, at.Dot.Y + 15), name, "small");
        else
            svg.Text(new Point(at.Dot.X - 6, at.Dot.Y - 7), name, "small end");
    }
}
