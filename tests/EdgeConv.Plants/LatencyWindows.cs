namespace EdgeConv.Plants;

/// <summary>Judges the latencies of a simulated pipeline.</summary>
internal static class LatencyWindows
{
    private const int Length = 100;
    private const int Ahead = 20;

    /// <summary>
    /// Windows of 100 results whose p99 (nearest rank: the second greatest) the fastest point would have held, and how
    /// many of them the pipeline held.
    /// </summary>
    public static (int Windows, int Held) Count(SimulatedPipeline pipeline)
    {
        if (pipeline.Plan.LatencyMs is not { } budget)
            return (0, 0);
        int windows = 0;
        int held = 0;
        for (int first = 0; first + Length <= pipeline.Results.Count; first += Length)
        {
            List<ResultRecord> window = pipeline.Results.GetRange(first, Length);
            if (window.Count(r => r.Fastest > budget / 1000) > 1)
                continue;
            windows++;
            held += window.Count(r => r.Latency > budget / 1000) <= 1 ? 1 : 0;
        }

        return (windows, held);
    }

    /// <summary>The longest recovery after a step of another process or of the source, s.</summary>
    public static double Recovery(SimulatedPipeline pipeline, Scenario scenario)
    {
        if (pipeline.Plan.LatencyMs is not { } budget)
            return 0;
        double longest = 0;
        foreach (EventPlan step in scenario.Events)
        {
            if (step.Kind is EventKind.Steal or EventKind.Rate && step.RampS == 0)
                longest = Math.Max(longest, RecoveryAfter(step.At, pipeline.Results, budget / 1000));
        }

        return longest;
    }

    private static double RecoveryAfter(double at, List<ResultRecord> results, double budget)
    {
        int first = results.FindIndex(r => r.At >= at);
        if (first < 0)
            return 0;
        for (int i = first; i + Ahead <= results.Count; i++)
        {
            List<ResultRecord> next = results.GetRange(i, Ahead);
            if (next.Count(r => r.Fastest > budget) > 1)
                return 0;
            if (next.Count(r => r.Latency > budget) <= 1)
                return Math.Max(0, results[i].At - at);
        }

        return results[^1].At - at;
    }
}
