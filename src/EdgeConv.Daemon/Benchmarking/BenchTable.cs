using System.Globalization;
using static System.FormattableString;

namespace EdgeConv.Daemon.Benchmarking;

/// <summary>
/// Prints a line a model, profiles behind the last, and the mean of the ratios as the very last.
/// </summary>
/// <param name="output">Where to.</param>
/// <param name="request">What was measured, and so which columns there are.</param>
/// <param name="longestName">Letters of the longest model name.</param>
internal sealed class BenchTable(TextWriter output, BenchRequest request, int longestName) : IBenchReport
{
    private const int LeastNameWidth = 24;
    private readonly int _nameWidth = Math.Max(LeastNameWidth, longestName);
    private readonly List<ModelFigures> _profiled = [];
    private readonly RatioMean _mean = new();
    private bool _hasHeader;

    /// <inheritdoc/>
    public void Add(ModelFigures figures)
    {
        if (!_hasHeader)
            Print("model", Columns().Select(column => column.Name));
        _hasHeader = true;
        Print(figures.Name, Columns().Select(column => column.Text(figures)));
        _mean.Add(figures.Ratio);
        if (figures.Steps is not null)
            _profiled.Add(figures);
    }

    /// <inheritdoc/>
    public void End()
    {
        foreach (ModelFigures figures in _profiled)
        {
            output.WriteLine();
            output.WriteLine(figures.Name);
            ProfileTable.Print(figures.Steps!, figures.PeakGflops, output);
        }

        if (_mean.Value is { } mean)
            output.WriteLine(Invariant($"geometric mean of the ratios to onnxruntime: {mean:0.00}"));
    }

    private IEnumerable<Column> Columns() => Own
        .Concat(request.WithRival ? Rival : [])
        .Concat(request.WithColdStart ? Cold : [])
        .Concat(request.WithColdStart && request.WithRival ? RivalCold : []);

    private static readonly Column[] Own =
    [
        new("threads", 7, f => Invariant($"{f.Threads}")),
        new("MMAC", 8, f => Invariant($"{f.First.Ready.MultiplyAdds / 1e6:0.00}")),
        new("runs", 8, f => Invariant($"{f.First.Runs}")),
        new("median ms", 10, f => Invariant($"{f.First.Median:0.0000}")),
        new("± %", 5, f => Percent(f.First.Uncertainty)),
        new("p99 ms", 10, f => Invariant($"{f.First.P99:0.0000}")),
        new("GFLOP/s", 7, f => Number(f.Gflops, "0.0")),
        new("of peak", 7, f => Number(f.PeakShare, "0.0%")),
        new("arena kB", 9, f => Number(f.First.Ready.ArenaBytes / 1e3, "0.0")),
        new("RSS MB", 7, f => Number(f.First.Memory.ResidentBytes / 1e6, "0.0")),
    ];

    private static readonly Column[] Rival =
    [
        new("ORT ms", 10, f => Number(f.Rival?.Median, "0.0000")),
        new("± %", 5, f => Percent(f.Rival?.Uncertainty)),
        new("ORT p99", 10, f => Number(f.Rival?.P99, "0.0000")),
        new("ratio", 6, f => Number(f.Ratio, "0.00")),
    ];

    private static readonly Column[] Cold = [new("cold ms", 8, f => Number(f.Cold?.First, "0.0"))];

    private static readonly Column[] RivalCold =
    [
        new("ORT cold", 8, f => Number(f.Cold?.Rival, "0.0")),
        new("cold ratio", 10, f => Number(f.ColdRatio, "0.00")),
    ];

    private void Print(string name, IEnumerable<string> cells)
    {
        output.Write(name.PadRight(_nameWidth));
        foreach ((Column column, string cell) in Columns().Zip(cells))
            output.Write($" {cell.PadLeft(column.Width)}");
        output.WriteLine();
        output.Flush();
    }

    private static string Percent(double? share) =>
        share is { } known && double.IsFinite(known) ? Invariant($"{known * 100:0.0}") : "-";

    private static string Number(double? value, string format) =>
        value is { } known ? known.ToString(format, CultureInfo.InvariantCulture) : "-";

    private sealed record Column(string Name, int Width, Func<ModelFigures, string> Text);
}
