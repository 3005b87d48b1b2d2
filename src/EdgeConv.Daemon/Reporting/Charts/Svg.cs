using System.Globalization;
using System.Net;
using System.Text;

namespace EdgeConv.Daemon.Reporting.Charts;

/// <summary>A point of a picture; x to the right and y downwards from the upper left corner.</summary>
internal readonly record struct Point(double X, double Y);

/// <summary>
/// An SVG picture being drawn. How its parts look is said by their classes, see <see cref="ChartStyle"/>.
/// </summary>
internal sealed class Svg
{
    private readonly StringBuilder _elements = new();
    private readonly double _width;
    private readonly double _height;
    private readonly string _description;

    /// <param name="width">Width.</param>
    /// <param name="height">Height.</param>
    /// <param name="description">What it shows, for those who cannot see it.</param>
    public Svg(double width, double height, string description)
    {
        _width = width;
        _height = height;
        _description = description;
    }

    /// <summary>Text as HTML and SVG want it.</summary>
    public static string Escape(string text) => WebUtility.HtmlEncode(
        string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)));

    /// <summary>A coordinate with two decimals at most.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not finite.</exception>
    public static string Number(double value)
    {
        if (!double.IsFinite(value))
            throw new ArgumentOutOfRangeException(nameof(value), value, "a coordinate must be finite");
        // No negative zero.
        return (Math.Round(value, 2) + 0.0).ToString("0.##", CultureInfo.InvariantCulture);
    }

    /// <summary>A straight line.</summary>
    public void Line(Point from, Point to, string style) => _elements
        .Append($"<line class=\"{style}\" x1=\"{Number(from.X)}\" y1=\"{Number(from.Y)}\"")
        .Append($" x2=\"{Number(to.X)}\" y2=\"{Number(to.Y)}\"/>");

    /// <summary>A rectangle between two corners, with a tip to read when one is given.</summary>
    public void Rectangle(Point corner, Point opposite, string style, string tip = "")
    {
        string x = Number(Math.Min(corner.X, opposite.X)), width = Number(Math.Abs(opposite.X - corner.X));
        string y = Number(Math.Min(corner.Y, opposite.Y)), height = Number(Math.Abs(opposite.Y - corner.Y));
        _elements.Append($"<rect class=\"{style}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\">")
            .Append($"{Tip(tip)}</rect>");
    }

    /// <summary>A dot, with a tip to read when one is given.</summary>
    public void Dot(Point centre, double radius, string style, string tip = "") => _elements
        .Append($"<circle class=\"{style}\" cx=\"{Number(centre.X)}\" cy=\"{Number(centre.Y)}\"")
        .Append($" r=\"{Number(radius)}\">{Tip(tip)}</circle>");

    /// <summary>A line through points.</summary>
    public void Path(IEnumerable<Point> points, string style) =>
        _elements.Append($"<polyline class=\"{style}\" points=\"{Join(points)}\"/>");

    /// <summary>The area inside a line through points.</summary>
    public void Area(IEnumerable<Point> points, string style) =>
        _elements.Append($"<polygon class=\"{style}\" points=\"{Join(points)}\"/>");

    /// <summary>A line of text that stands on a point.</summary>
    /// <param name="at">Where it begins, has its middle or ends, by its style.</param>
    /// <param name="text">The text.</param>
    /// <param name="style">Its classes: <c>middle</c> and <c>end</c> are among them.</param>
    public void Text(Point at, string text, string style = "text") => _elements
        .Append($"<text class=\"{style}\" x=\"{Number(at.X)}\" y=\"{Number(at.Y)}\">")
        .Append($"{Escape(text)}</text>");

    /// <summary>A line of text that is read from below, around its middle.</summary>
    public void UprightText(Point at, string text) => _elements
        .Append($"<text class=\"middle\" transform=\"translate({Number(at.X)} {Number(at.Y)}) rotate(-90)\">")
        .Append($"{Escape(text)}</text>");

    /// <summary>The picture as a part of a page that has the styles.</summary>
    public string ToElement() => Element("", "");

    /// <summary>The picture as a file of its own.</summary>
    public string ToFile()
    {
        string paper = $"<rect class=\"paper\" width=\"{Number(_width)}\" height=\"{Number(_height)}\"/>";
        return Element(" xmlns=\"http://www.w3.org/2000/svg\"", $"<style>{ChartStyle.File}</style>{paper}") + "\n";
    }

    private string Element(string space, string before)
    {
        string box = $"viewBox=\"0 0 {Number(_width)} {Number(_height)}\"";
        return $"<svg{space} {box} role=\"img\" aria-label=\"{Escape(_description)}\">{before}{_elements}</svg>";
    }

    private static string Tip(string tip) => tip.Length == 0 ? "" : $"<title>{Escape(tip)}</title>";

    private static string Join(IEnumerable<Point> points) =>
        string.Join(' ', points.Select(point => $"{Number(point.X)},{Number(point.Y)}"));
}
