using System.Diagnostics;
using EdgeConv.Core;
using EdgeConv.Pipeline.Governing;

namespace EdgeConv.Benchmarks.Governing;

/// <summary>Processor time of the governors.</summary>
/// <param name="ResultMicroseconds">Of all that is asked of a pipeline's governor for one sample, µs.</param>
/// <param name="TickMicroseconds">Of the board's governor for one reading with four pipelines, µs.</param>
internal sealed record GovernorCost(double ResultMicroseconds, double TickMicroseconds)
{
    private const int Pipelines = 4;
    private const int Rounds = 200_000;

    /// <summary>Share of one core at a number of pipelines, samples a second, and a tick a second.</summary>
    public double Share(int pipelines, double hertz) =>
        (pipelines * hertz * ResultMicroseconds + TickMicroseconds) / 1e6;

    /// <summary>Measures seven members under all budgets.</summary>
    public static GovernorCost Measure()
    {
        PointProfile[] family = [.. Enumerable.Range(0, 7).Select(i => new PointProfile(
            i, $"m{i}", 1, 0.9 - i / 50.0, TimeSpan.FromMilliseconds(20.0 / (i + 1)), 0.04 / (i + 1)))];
        BudgetOptions budget = new() { Latency = TimeSpan.FromMilliseconds(40) };
        BoardGovernor board = new(new BoardBudget { PowerWatts = 8, TemperatureCelsius = 70 }, TimeProvider.System);
        PipelineGovernor[] pipelines = [.. Enumerable.Range(0, Pipelines).Select(i =>
            new PipelineGovernor($"p{i}", new Frontier(family), budget, TimeProvider.System))];
        foreach (PipelineGovernor pipeline in pipelines)
            board.Join(pipeline);
        double result = Time(() => Sample(pipelines[0]));
        double tick = Time(() => board.Tick(new BoardReading(60, 85, 4)));
        return new GovernorCost(result, tick);
    }

    private static void Sample(PipelineGovernor pipeline)
    {
        pipeline.Arrive(TimeProvider.System.GetTimestamp());
        pipeline.IsTooOld(TimeSpan.Zero);
        TimeSpan service = TimeSpan.FromMilliseconds(20.0 / (pipeline.Current.Member + 1));
        pipeline.Observe(new Latency(default, default, service, default, default), DateTimeOffset.UnixEpoch);
    }

    private static double Time(Action action)
    {
        for (int i = 0; i < 1000; i++)
            action();
        long begun = Stopwatch.GetTimestamp();
        for (int i = 0; i < Rounds; i++)
            action();
        return Stopwatch.GetElapsedTime(begun).TotalMicroseconds / Rounds;
    }
}
