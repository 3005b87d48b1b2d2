using System.Globalization;

namespace EdgeConv.Daemon.Profiling;

/// <summary>Prints a pipeline's operating points, and which of them are worth running.</summary>
internal static class FrontierTable
{
    private const int LeastNameWidth = 12;

    /// <summary>A line a point, member by member.</summary>
    public static void Print(PipelineProfile profile, TextWriter output)
    {
        int width = profile.Points.Max(point => Math.Max(LeastNameWidth, point.Model.Length));
        output.WriteLine($"{profile.Pipeline}: sample {profile.Sample}");
        output.WriteLine(
            $"{"model".PadRight(width)} threads accuracy     runs   p50 ms   p99 ms        mJ       ±");
        foreach (PointLine point in profile.Points)
            output.WriteLine($"{point.Model.PadRight(width)} {FiguresOf(point)}  {Verdict(profile, point)}");
        if (profile.Points.Any(point => point.Figures.EnergyEstimated))
            output.WriteLine("~ estimated, no rail measured it; see edgeconv calibrate-power");
        if (profile.Battery is { } battery)
            Print(battery, profile, width, output);
        output.WriteLine();
    }

    // The board at rest is all that most duty cycles take: what an inference adds shows in the days.
    private static void Print(BatteryLife battery, PipelineProfile profile, int width, TextWriter output)
    {
        output.WriteLine(Invariant(
            $"days on {battery.WattHours:0.##} Wh with {battery.RestWatts:0.000} W at rest, by inferences a day:"));
        output.WriteLine($"{"model".PadRight(width)} threads" +
            string.Concat(battery.PerDay.Select(n => Invariant($"{n,15}"))));
        for (int i = 0; i < profile.Points.Count; i++)
        {
            output.WriteLine(Invariant($"{profile.Points[i].Model.PadRight(width)} {profile.Points[i].Threads,7}") +
                string.Concat(battery.Days[i].Select(days => TextOf(days).PadLeft(15))));
        }
    }

    private static string TextOf(Days? days) =>
        days is null ? "too many" : Invariant($"{days.Value:0.00} ± {days.Uncertainty:0.00}");

    private static string FiguresOf(PointLine point)
    {
        PointFigures figures = point.Figures;
        string accuracy = point.Accuracy is { } share ? Invariant($"{share:0.0000}") : "by order";
        string energy = Invariant($"{(figures.EnergyEstimated ? "~" : "")}{figures.EnergyMj:0.0000}");
        return Invariant($"{point.Threads,7} {accuracy,8} {figures.Runs,8} {figures.ServiceMs,8:0.0000} ") +
            Invariant($"{figures.P99Ms,8:0.0000} {energy,9} {figures.EnergyUncertaintyMj,7:0.0000}");
    }

    private static string Verdict(PipelineProfile profile, PointLine point)
    {
        if (point.BeatenBy is not { } index)
            return "on the frontier";
        PointLine better = profile.Points[index];
        double ms = point.Figures.ServiceMs - better.Figures.ServiceMs;
        double mj = point.Figures.EnergyMj - better.Figures.EnergyMj;
        return Invariant($"beaten by {better.Model} x{better.Threads}: {ms:0.0000} ms and {mj:0.0000} mJ more");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
