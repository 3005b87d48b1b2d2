using System.Globalization;
using EdgeConv.Core;
using EdgeConv.Daemon.Options;
using EdgeConv.Pipeline.Accounting;
using EdgeConv.Pipeline.Governing;
using EdgeConv.Pipeline.Preprocessing;

namespace EdgeConv.Benchmarks.Family;

/// <summary>
/// Accuracy against multiply-adds, time and energy of the fashion family's members, as table and chart.
/// </summary>
internal static class FrontierReport
{
    private const string ByPhi = "fashion-phi";
    private const string Smallest = "fashion-s";

    /// <summary>Measures and writes the table, and the chart beside it.</summary>
    /// <param name="program">The native program.</param>
    /// <param name="restored">Folder with <c>fashion/</c>, see <c>deploy/demo/restore-data.sh</c>.</param>
    /// <param name="models"><c>deploy/models/fashion</c>.</param>
    /// <param name="file">The table.</param>
    /// <param name="machine">A few words on where it is measured.</param>
    /// <exception cref="EdgeConvError">Pictures or a model cannot be read.</exception>
    public static int Write(string program, string restored, string models, string file, string machine)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        PreprocessOptions preprocess =
            ConfigReader.ReadFile(Path.Combine(models, "fit.yaml")).Pipelines[0].Preprocess;
        string[] files = Directory.GetFiles(models, "*.onnx", SearchOption.AllDirectories);
        MeasuredMember[] members =
            [.. MeasuredMember.Measure(program, restored, preprocess, files).OrderBy(member => member.Totals.MultiplyAdds)];
        string[] lines =
        [
            "# The frontier of the fashion family", "",
            $"Written by `./build.sh bench frontier`. Accuracy on Fashion-MNIST's {members[0].Pictures} test "
                + "pictures, through preprocessing and engine, with the 95 % interval of that many pictures; time "
                + "of one inference on one thread, the median of `edgeconv bench`.",
            "", $"Machine: {machine}.", "", .. Table(members), "", EnergyNote(members),
        ];
        File.WriteAllLines(file, lines);
        FrontierSeries[] series =
        [
            new("s, m, l: depth 1.25, width 1.25, resolution 1.18", [.. members.Where(member => !IsByPhi(member))]),
            new("by φ: depth 1.2, width 1.1, resolution 1.15",
                [.. members.Where(member => member.Name == Smallest || IsByPhi(member))]),
        ];
        File.WriteAllText(Path.ChangeExtension(file, ".svg"), new FrontierChart(series).Draw().ToFile());
        Console.WriteLine(string.Join('\n', lines));
        return 0;
    }

    private static bool IsByPhi(MeasuredMember member) => member.Name.StartsWith(ByPhi, StringComparison.Ordinal);

    private static IEnumerable<string> Table(MeasuredMember[] members)
    {
        PointProfile[] points = [.. members.Select((member, i) => new PointProfile(
            i, member.Name, 1, member.Accuracy, TimeSpan.FromMilliseconds(member.Figures.ServiceMs),
            member.Figures.EnergyMj / 1000))];
        yield return "| member | depth | width | input | parameters | MACs | accuracy, % | ms | mJ | |";
        yield return "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |";
        for (int i = 0; i < members.Length; i++)
        {
            int? better = Frontier.BeatenBy(points, i);
            yield return RowOf(members[i], better is null ? null : members[better.Value]);
        }
    }

    private static string RowOf(MeasuredMember member, MeasuredMember? better)
    {
        string Note(string key) => member.Notes.GetValueOrDefault(key, "-");
        string verdict = better is null ? "on the frontier" : $"beaten by {better.Name}";
        string energy = $"{(member.Figures.EnergyEstimated ? "~" : "")}{member.Figures.EnergyMj:0.0000}";
        return $"| {member.Name} | {Note("depth")} | {Note("width")} | {Note("resolution")} | "
            + $"{member.Totals.Parameters} | {member.Totals.MultiplyAdds} | "
            + $"{100 * member.Accuracy:0.00} ± {100 * member.AccuracyMargin:0.00} | "
            + $"{member.Figures.ServiceMs:0.0000} | {energy} | {verdict} |";
    }

    private static string EnergyNote(MeasuredMember[] members) => members.Any(member => member.Figures.EnergyEstimated)
        ? $"~ estimated: {EnergyModel.WattsPerBusyCore} W for each busy core, as this machine measures no power."
        : "Energy is what the board's power rails measured above idle.";
}
