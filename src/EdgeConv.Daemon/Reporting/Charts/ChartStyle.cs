namespace EdgeConv.Daemon.Reporting.Charts;

/// <summary>How the parts of charts look, in light and in dark.</summary>
internal static class ChartStyle
{
    /// <summary>Colours that charts and page share, by name.</summary>
    public const string LightColours =
        "--paper:#fff;--ink:#1d2733;--soft:#5b6875;--line:#d5dbe1;--panel:#f5f7f9;"
        + "--c0:#8a96a3;--c1:#1f6f8b;--c2:#d9772f;--c3:#b3364b;--c4:#6a994e;--c5:#7b5ea7";

    /// <summary>As <see cref="LightColours"/>, on a dark ground.</summary>
    public const string DarkColours =
        "--paper:#14181d;--ink:#e6eaee;--soft:#9aa6b2;--line:#333c46;--panel:#1c2229;"
        + "--c0:#7f8c99;--c1:#5bb3d0;--c2:#eb9a58;--c3:#e8788a;--c4:#93c47d;--c5:#b39ddb";

    /// <summary>The classes; <c>c0</c>…<c>c5</c> give a part its colour.</summary>
    public const string Classes = """
        svg .c0{color:var(--c0)}svg .c1{color:var(--c1)}svg .c2{color:var(--c2)}
        svg .c3{color:var(--c3)}svg .c4{color:var(--c4)}svg .c5{color:var(--c5)}
        svg text{font-family:system-ui,sans-serif;font-size:12px;fill:var(--ink);font-variant-numeric:tabular-nums}
        svg .soft{fill:var(--soft)}svg .small{font-size:11px}svg .title{font-weight:600}
        svg .middle{text-anchor:middle}svg .end{text-anchor:end}
        svg .paper{fill:var(--paper)}svg .grid{stroke:var(--line)}svg .axis{stroke:var(--soft)}
        svg .mark{stroke:var(--ink);stroke-dasharray:4 3}svg .bar{fill:currentColor}svg .dot{fill:currentColor}
        svg .curve{stroke:currentColor;stroke-width:2;fill:none;stroke-linejoin:round}
        svg .thin{stroke:currentColor;stroke-width:1.2;fill:none}
        svg .range{stroke:currentColor;stroke-width:2}svg .band{fill:currentColor;fill-opacity:.18}
        """;

    /// <summary>
    /// All of it for a picture that is a file of its own: in light, and without variables, which not all viewers know.
    /// </summary>
    public static string File { get; } = LightColours.Split(';').Select(colour => colour.Split(':'))
        .Aggregate(Classes, (text, colour) => text.Replace($"var({colour[0]})", colour[1], StringComparison.Ordinal));
}
