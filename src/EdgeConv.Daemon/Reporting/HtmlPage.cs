using System.Text;
using EdgeConv.Daemon.Reporting.Charts;

namespace EdgeConv.Daemon.Reporting;

/// <summary>A cell of a table.</summary>
/// <param name="Text">Its text.</param>
/// <param name="Style">Its classes.</param>
internal readonly record struct Cell(string Text, string Style = "");

/// <summary>An HTML page being written. Whatever is text is escaped.</summary>
internal sealed class HtmlPage(string title)
{
    private const string Css = """
        *{box-sizing:border-box}
        body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
        main{max-width:960px;margin:0 auto;padding:24px 20px 64px}
        h1{font-size:1.6rem;line-height:1.25;margin:0 0 4px}h2{font-size:1.2rem;margin:40px 0 8px}
        h3{font-size:1rem;margin:24px 0 6px}p{margin:8px 0;max-width:70ch}.soft{color:var(--soft)}
        .promise{border-left:4px solid var(--c1);background:var(--panel);padding:10px 14px;max-width:none}
        .warning{border-left-color:var(--c3)}
        dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 16px;margin:16px 0}
        dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
        code{font:0.85em ui-monospace,monospace;overflow-wrap:anywhere}
        .chart{overflow-x:auto;margin:12px 0}.chart>svg{display:block;width:100%;min-width:560px;height:auto}
        .scroll{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.92rem}
        th,td{padding:4px 8px;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
        th{color:var(--soft);font-weight:600;vertical-align:bottom}
        th{white-space:normal}td:first-child,th:first-child{text-align:left;padding-left:0}
        td:first-child{white-space:normal;overflow-wrap:anywhere;min-width:6rem}
        .layers td:first-child{min-width:min(17rem,42vw)}
        td.best{font-weight:700;background:var(--panel)}td.poor{color:var(--c3)}tr.tap td:first-child{font-weight:700}
        .samples{display:grid;grid-template-columns:repeat(auto-fill,minmax(132px,1fr));gap:12px;margin:12px 0}
        figure{margin:0;background:var(--panel);padding:6px;border-radius:4px}
        figure img{width:100%;aspect-ratio:1;object-fit:contain;image-rendering:pixelated;display:block}
        figure svg{width:100%;display:block}
        figcaption{font-size:.78rem;line-height:1.35;overflow-wrap:anywhere;margin-top:4px}
        @media(max-width:520px){dl{grid-template-columns:1fr}dd{margin-bottom:6px}}
        @media print{body{font-size:12px}h2{break-after:avoid}figure,.chart{break-inside:avoid}}
        """;

    private readonly StringBuilder _body = new();

    /// <summary>A heading of level 1 to 3.</summary>
    public void Heading(int level, string text) => _body.Append($"<h{level}>{Svg.Escape(text)}</h{level}>\n");

    /// <summary>A paragraph.</summary>
    public void Paragraph(string text, string style = "") =>
        _body.Append($"<p{ClassOf(style)}>{Svg.Escape(text)}</p>\n");

    /// <summary>Names with what they stand for.</summary>
    public void Definitions(IEnumerable<(string Name, string Text)> entries)
    {
        _body.Append("<dl>\n");
        foreach ((string name, string text) in entries)
            _body.Append($"<dt>{Svg.Escape(name)}</dt><dd>{Svg.Escape(text)}</dd>\n");
        _body.Append("</dl>\n");
    }

    /// <summary>A chart.</summary>
    public void Chart(Svg chart) => _body.Append($"<div class=\"chart\">{chart.ToElement()}</div>\n");

    /// <summary>A table; the first cell of a row may give the row its style.</summary>
    public void Table(IEnumerable<string> header, IEnumerable<IReadOnlyList<Cell>> rows, string style = "")
    {
        _body.Append($"<div class=\"scroll\"><table{ClassOf(style)}><thead><tr>");
        foreach (string name in header)
            _body.Append($"<th scope=\"col\">{Svg.Escape(name)}</th>");
        _body.Append("</tr></thead><tbody>\n");
        foreach (IReadOnlyList<Cell> row in rows)
        {
            _body.Append($"<tr{ClassOf(row[0].Style)}>");
            for (int i = 0; i < row.Count; i++)
                _body.Append($"<td{ClassOf(i == 0 ? "" : row[i].Style)}>{Svg.Escape(row[i].Text)}</td>");
            _body.Append("</tr>\n");
        }

        _body.Append("</tbody></table></div>\n");
    }

    /// <summary>Samples beside each other.</summary>
    public void Samples(IEnumerable<(string Thumbnail, string Caption)> samples)
    {
        _body.Append("<div class=\"samples\">\n");
        foreach ((string thumbnail, string caption) in samples)
            _body.Append($"<figure>{thumbnail}<figcaption>{Svg.Escape(caption)}</figcaption></figure>\n");
        _body.Append("</div>\n");
    }

    /// <inheritdoc/>
    public override string ToString() => $$"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{{Svg.Escape(title)}}</title>
        <style>
        :root{color-scheme:light dark; {{ChartStyle.LightColours}} }
        @media(prefers-color-scheme:dark){:root{ {{ChartStyle.DarkColours}} } }
        {{ChartStyle.Classes}}
        {{Css}}
        </style>
        </head>
        <body>
        <main>
        {{_body}}</main>
        </body>
        </html>

        """;

    private static string ClassOf(string style) => style.Length == 0 ? "" : $" class=\"{style}\"";
}
