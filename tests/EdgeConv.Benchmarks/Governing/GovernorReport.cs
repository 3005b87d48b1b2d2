using System.Globalization;
using System.Text;
using EdgeConv.Core;
using EdgeConv.Plants;

namespace EdgeConv.Benchmarks.Governing;

/// <summary>What the governors reach on simulated plants, and what they cost.</summary>
internal static class GovernorReport
{
    private const int Seeds = 3;

    /// <summary>Runs all scenarios and writes a Markdown file.</summary>
    public static int Write(string file)
    {
        List<IGrouping<string, Score>> groups = [.. Scenario.All
            .SelectMany(s => Enumerable.Range(1, Seeds).Select(seed => (Scenario: s, Seed: seed)))
            .AsParallel().AsOrdered().Select(run => Simulation.Run(run.Scenario, run.Seed))
            .GroupBy(score => score.Scenario)];
        StringBuilder text = new();
        AddSummary(text, [.. groups.SelectMany(g => g)]);
        AddCost(text);
        AddScenarios(text, groups);
        try
        {
            File.WriteAllText(file, text.ToString());
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataError(file, error.Message, error);
        }

        Console.Write(text);
        return 0;
    }

    private static void AddSummary(StringBuilder text, Score[] scores)
    {
        int windows = scores.Sum(s => s.Windows);
        double steady = scores.Sum(s => s.SteadySeconds);
        double switches = scores.Sum(s => s.SteadySwitchesPerHour * s.SteadySeconds) / steady;
        Add(text, $"# The governor on simulated plants\n\n");
        Add(text, $"{scores.Length / Seeds} scenarios, {Seeds} seeds each; `./build.sh bench governor`.\n\n");
        Add(text, $"| measure | bar | reached |\n| --- | --- | --- |\n");
        Add(text, $"| windows of 100 results with p99 within budget, of {windows} that the fastest point would hold | ≥ 99.5 % | {100.0 * scores.Sum(s => s.HeldWindows) / windows:0.00} % |\n");
        Add(text, $"| longest recovery after a step | ≤ 2 s | {scores.Max(s => s.RecoverySeconds):0.00} s |\n");
        Add(text, $"| greatest excess of the temperature | ≤ 1 °C | {scores.Max(s => s.ExcessCelsius):0.00} °C |\n");
        Add(text, $"| greatest excess of the mean power over 10 s | ≤ 5 % | {100 * scores.Max(s => s.ExcessPower):0.0} % |\n");
        Add(text, $"| accuracy given away against the oracle, mean | ≤ 5 % | {100 * scores.Average(s => s.AccuracyGivenAway):0.00} % |\n");
        Add(text, $"| switches an hour in steady state, mean (worst run) | ≤ 4 | {switches:0.0} ({scores.Max(s => s.SteadySwitchesPerHour):0.0}) |\n");
    }

    private static void AddCost(StringBuilder text)
    {
        GovernorCost cost = GovernorCost.Measure();
        Add(text, $"| processor time, four pipelines at 30 Hz | ≤ 0.5 % | {100 * cost.Share(4, 30):0.000} % ({cost.ResultMicroseconds:0.00} µs a result, {cost.TickMicroseconds:0.0} µs a tick) |\n");
        Add(text, $"| allocated per result and per tick | 0 B | 0 B (tests) |\n\n");
    }

    private static void AddScenarios(StringBuilder text, List<IGrouping<string, Score>> groups)
    {
        Add(text, $"Means over seeds, but recovery and excesses, which are the worst.\n\n");
        Add(text, $"| scenario | windows held, % | recovery, s | excess, °C | excess, % | given away, % | switches/h | |\n");
        Add(text, $"| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |\n");
        foreach (IGrouping<string, Score> group in groups)
        {
            int windows = group.Sum(s => s.Windows);
            double held = windows == 0 ? 100 : 100.0 * group.Sum(s => s.HeldWindows) / windows;
            Add(text, $"| {group.Key} | {held:0.00} | {group.Max(s => s.RecoverySeconds):0.00} ");
            Add(text, $"| {group.Max(s => s.ExcessCelsius):0.00} | {100 * group.Max(s => s.ExcessPower):0.0} ");
            Add(text, $"| {100 * group.Average(s => s.AccuracyGivenAway):0.0} | {group.Average(s => s.SteadySwitchesPerHour):0.0} ");
            Add(text, $"| {Scenario.All.First(s => s.Name == group.Key).Description} |\n");
        }
    }

    private static void Add(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture));
}
