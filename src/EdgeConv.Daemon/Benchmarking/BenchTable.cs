using System.Globalization;
using EdgeConv.Core;

namespace EdgeConv.Daemon.Benchmarking;

/// <summary>Prints a line a model; with a rival also its median and the ratio of medians.</summary>
internal sealed class BenchTable(TextWriter output, bool withRival)
{
    private readonly List<double> _ratios = [];

    /// <summary>Prints the column names.</summary>
    public void PrintHeader()
    {
        output.Write($"{"model",-34} {"MMAC",8} {"runs",6} {"median ms",10} {"p99 ms",8} {"GFLOP/s",8}");
        output.WriteLine(withRival ? $" {"ORT median",11} {"ORT p99",8} {"speed-up",9}" : "");
    }

    /// <summary>Prints one model.</summary>
    /// <param name="session">Ours.</param>
    /// <param name="times">Ascending milliseconds: ours, then the rival's if there is one.</param>
    public void Print(ISession session, IReadOnlyList<double[]> times)
    {
        double median = Quantiles.Of(times[0], 0.5);
        double gflops = 2 * session.MultiplyAdds / median / 1e6;
        output.Write(Invariant($"{session.Model.Name,-34} {session.MultiplyAdds / 1e6,8:0.00} {times[0].Length,6} "));
        output.Write(Invariant($"{median,10:0.0000} {Quantiles.Of(times[0], 0.99),8:0.0000} {gflops,8:0.0}"));
        if (withRival)
        {
            double rival = Quantiles.Of(times[1], 0.5);
            _ratios.Add(rival / median);
            output.Write(Invariant($" {rival,11:0.0000} {Quantiles.Of(times[1], 0.99),8:0.0000} {rival / median,9:0.00}"));
        }

        output.WriteLine();
    }

    /// <summary>Prints the geometric mean of the ratios.</summary>
    public void PrintFooter()
    {
        if (_ratios.Count != 0)
            output.WriteLine(Invariant($"geometric mean speed-up over onnxruntime: {Math.Exp(_ratios.Average(Math.Log)):0.00}"));
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
