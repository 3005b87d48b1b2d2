using EdgeConv.Core;

namespace EdgeConv.Pipeline.Governing;

/// <summary>Time from taking a sample to its result.</summary>
/// <param name="Median">The median of the quietest turn; above 0.</param>
/// <param name="P99">The smallest time that 99 % of all runs did not exceed.</param>
/// <param name="Runs">Runs in all turns.</param>
public readonly record struct ServiceTime(TimeSpan Median, TimeSpan P99, int Runs);

/// <summary>
/// Measures what the points of a family take on this machine. They take turns, so that what else the machine
/// does disturbs none of them more than the others. Whatever disturbs a run makes it longer, and passes: so
/// the median of each point's quietest turn counts. That of all runs would be too long under load; the
/// shortest single run is luck.
/// </summary>
public sealed class FamilyProfiler(ProfileEffort effort, TimeProvider time)
{
    /// <summary>Runs all points on one sample; the first run of each does not count.</summary>
    /// <returns>A time for each point, in their order.</returns>
    /// <exception cref="DataError">The sample is not what the members want.</exception>
    public IReadOnlyList<ServiceTime> Measure(IReadOnlyList<FamilyPoint> points, Sample sample)
    {
        ArgumentNullException.ThrowIfNull(points);
        return Measure([.. points.Select<FamilyPoint, Action>(point => () => point.Run(sample, time))]);
    }

    /// <summary>Runs whatever takes turns; the first run of each does not count.</summary>
    /// <returns>A time for each, in their order.</returns>
    public IReadOnlyList<ServiceTime> Measure(IReadOnlyList<Action> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        List<TimeSpan[]>[] turns = [.. runs.Select(_ => new List<TimeSpan[]>())];
        foreach (Action run in runs)
            run();
        for (int turn = 0; turn < effort.Turns; turn++)
        {
            for (int i = 0; i < runs.Count; i++)
                turns[i].Add(TakeTurn(runs[i]));
        }

        return [.. turns.Select(TimeOf)];
    }

    private TimeSpan[] TakeTurn(Action run)
    {
        List<TimeSpan> runs = [];
        long begun = time.GetTimestamp();
        do
        {
            if (effort.Pause > TimeSpan.Zero)
                Thread.Sleep(effort.Pause);
            long started = time.GetTimestamp();
            run();
            runs.Add(time.GetElapsedTime(started));
        }
        while (time.GetElapsedTime(begun) < effort.Slice);

        return [.. runs.Order()];
    }

    private static ServiceTime TimeOf(List<TimeSpan[]> turns)
    {
        TimeSpan median = turns.Min(turn => turn[turn.Length / 2]);
        TimeSpan[] all = [.. turns.SelectMany(turn => turn).Order()];
        TimeSpan p99 = all[(int)Math.Ceiling(0.99 * all.Length) - 1];
        // A clock may be too coarse for a small model, and nothing takes no time.
        TimeSpan least = TimeSpan.FromMicroseconds(1);
        return new ServiceTime(median > least ? median : least, p99 > least ? p99 : least, all.Length);
    }
}
