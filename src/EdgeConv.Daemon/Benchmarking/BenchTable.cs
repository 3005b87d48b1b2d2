using System.Globalization;
using EdgeConv.Core;

namespace EdgeConv.Daemon.Benchmarking;

/// <summary>Prints a line a model; with a rival also its median and the ratio of medians.</summary>
/// <param name="output">Where to.</param>
/// <param name="withRival">Whether there are times of a second backend.</param>
/// <param name="longestName">Letters of the longest model name.</param>
internal sealed class BenchTable(TextWriter output, bool withRival, int longestName)
{
    private const int LeastNameWidth = 34;
    private readonly int _nameWidth = Math.Max(LeastNameWidth, longestName);
    private bool _hasHeader;
    private readonly List<double> _ratios = [];

    /// <summary>Prints one model, the first with column names above it.</summary>
    /// <param name="session">Ours.</param>
    /// <param name="times">Ours, then the rival's if there is one.</param>
    public void Print(ISession session, IReadOnlyList<RunTimes> times)
    {
        PrintHeader();
        double[] ours = times[0].Sorted();
        double median = Quantiles.Of(ours, 0.5);
        long multiplyAdds = session.MultiplyAdds;
        string gflops = multiplyAdds == 0 ? "-" : Invariant($"{2 * multiplyAdds / median / 1e6:0.0}");
        output.Write(session.Model.Name.PadRight(_nameWidth));
        output.Write(Invariant($" {multiplyAdds / 1e6,10:0.00} {times[0].Count,9} "));
        output.Write(Invariant($"{median,10:0.0000} {Quantiles.Of(ours, 0.99),10:0.0000} {gflops,8}"));
        if (withRival)
        {
            double[] theirs = times[1].Sorted();
            double rival = Quantiles.Of(theirs, 0.5);
            _ratios.Add(rival / median);
            output.Write(Invariant($" {rival,11:0.0000} {Quantiles.Of(theirs, 0.99),10:0.0000}"));
            output.Write(Invariant($" {rival / median,9:0.00}"));
        }

        output.WriteLine();
    }

    /// <summary>Prints the geometric mean of the ratios.</summary>
    public void PrintFooter()
    {
        if (_ratios.Count != 0)
            output.WriteLine(Invariant(
                $"geometric mean speed-up over onnxruntime: {Math.Exp(_ratios.Average(Math.Log)):0.00}"));
    }

    private void PrintHeader()
    {
        if (_hasHeader)
            return;
        _hasHeader = true;
        output.Write("model".PadRight(_nameWidth));
        output.Write($" {"MMAC",10} {"runs",9} {"median ms",10} {"p99 ms",10} {"GFLOP/s",8}");
        output.WriteLine(withRival ? $" {"ORT median",11} {"ORT p99",10} {"speed-up",9}" : "");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
