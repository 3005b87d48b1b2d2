using EdgeConv.Core;

namespace EdgeConv.Pipeline.Accounting;

/// <summary>
/// Measures the energy of a run above idle by the board's power: E = (P − P₀) t, with the mean power P while
/// it runs again and again, the mean power P₀ of the idle board, and the mean time t of a run.
/// </summary>
/// <param name="board">Its power is the whole board's.</param>
/// <param name="time">Clock.</param>
/// <param name="settling">How long a sensor that averages needs to follow.</param>
/// <param name="span">How long power is read then.</param>
public sealed class EnergyProbe(IBoard board, TimeProvider time, TimeSpan settling, TimeSpan span)
{
    // Standard errors that a difference must exceed to be no noise.
    private const double Significant = 3;
    private MeanPower? _idle;

    /// <summary>
    /// Power of the idle board, W; null before it was measured, or when nothing measures the whole board.
    /// </summary>
    public double? BoardIdleWatts =>
        board.Read().PowerSource is PowerSource.Rails or PowerSource.Battery ? _idle?.Watts : null;

    /// <summary>Reads the idle board.</summary>
    /// <returns>False when the board does not measure its power.</returns>
    public bool MeasureIdle()
    {
        // A counter of energy tells a power from its second reading on.
        board.Read();
        Thread.Sleep(settling);
        _idle = MeanPower.Read(board, time, span);
        return _idle is not null;
    }

    /// <summary>
    /// Energy of a run above idle; null when it is lost in the noise or nothing is measured.
    /// </summary>
    /// <param name="run">Runs once; is called on another thread.</param>
    public PointCost? CostOf(Action run)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (_idle is not { } idle)
            return null;
        using CancellationTokenSource stop = new();
        Task<TimeSpan> work = Task.Factory.StartNew(
            () => MeanRun(run, stop.Token), CancellationToken.None,
            TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Thread.Sleep(settling);
        MeanPower? busy = MeanPower.Read(board, time, span);
        stop.Cancel();
        TimeSpan mean = work.GetAwaiter().GetResult();
        double? watts = busy?.Watts - idle.Watts;
        double error = Math.Sqrt((busy?.ErrorSquared ?? 0) + idle.ErrorSquared);
        return watts > Significant * error
            ? new PointCost(watts.Value * mean.TotalSeconds, error / watts.Value)
            : null;
    }

    private TimeSpan MeanRun(Action run, CancellationToken stop)
    {
        long begun = time.GetTimestamp();
        int runs = 0;
        do
        {
            run();
            runs++;
        }
        while (!stop.IsCancellationRequested);

        return time.GetElapsedTime(begun) / runs;
    }
}
