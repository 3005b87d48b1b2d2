using static System.FormattableString;

namespace EdgeConv.Daemon.Scaling;

/// <summary>Prints a line a scale.</summary>
internal static class ScaleTable
{
    /// <summary>Prints all of it.</summary>
    public static void Print(ScaleReport report, TextWriter output)
    {
        (double alpha, double beta, double gamma) = report.Constants;
        output.WriteLine(
            Invariant($"{report.Model}: {report.Blocks} blocks in {report.Stages} stages; depth {alpha}^φ, ") +
            Invariant($"width {beta}^φ, resolution {gamma}^φ: ") +
            Invariant($"multiply-adds grow {report.Growth:0.00}^φ before rounding"));
        output.WriteLine(
            $"{"φ",5}  depth  width  resolution  {"input",9}  blocks {"MACs",13} {"parameters",11} " +
            $"{"arena kB",9} {"ms",9} {"mJ",9}");
        foreach (ScalePoint point in report.Points)
            output.WriteLine(LineOf(point));
        output.WriteLine($"ms: measured here on {ThreadsOf(report.Threads)}; " +
            "weights are the base network's, repeated or cut, and not trained");
        if (report.Points.Any(point => point.Figures.EnergyEstimated))
            output.WriteLine("~ estimated, no rail measured it; see edgeconv calibrate-power");
        if (report.BudgetMs is { } budget)
            output.WriteLine(VerdictOn(report, budget));
    }

    private static string LineOf(ScalePoint point)
    {
        string phi = PhiArgument.Format(point.Phi), input = string.Join('x', point.Input);
        string energy = Invariant($"{(point.Figures.EnergyEstimated ? "~" : "")}{point.Figures.EnergyMj:0.0000}");
        return Invariant($"{phi,5} {point.Depth,6:0.000} {point.Width,6:0.000} {point.Resolution,11:0.000}  ") +
            Invariant($"{input,9} {point.Blocks,7} {point.MultiplyAdds,13} {point.Parameters,11} ") +
            Invariant($"{point.ArenaBytes / 1e3,9:0.0} {point.Figures.ServiceMs,9:0.0000} {energy,9}");
    }

    private static string VerdictOn(ScaleReport report, double budget) => report.PhiWithinBudget is { } phi
        ? Invariant($"within {budget} ms: φ {PhiArgument.Format(phi)}")
        : Invariant($"within {budget} ms: none of them");

    private static string ThreadsOf(int threads) => threads == 1 ? "1 thread" : Invariant($"{threads} threads");
}
