using EdgeConv.Core;

namespace EdgeConv.Pipeline.Governing;

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
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(20);

    // Standard errors that a difference must exceed to be no noise.
    private const double Significant = 3;
    private MeanPower? _idle;

    /// <summary>Reads the idle board.</summary>
    /// <returns>False when the board does not measure its power.</returns>
    public bool MeasureIdle()
    {
        // A counter of energy tells a power from its second reading on.
        board.Read();
        Thread.Sleep(settling);
        _idle = ReadPower();
        return _idle is not null;
    }

    /// <summary>Energy of a run above idle, in J; null when it is lost in the noise or nothing is
    /// measured.</summary>
    /// <param name="run">Runs once; is called on another thread.</param>
    public double? JoulesOf(Action run)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (_idle is not { } idle)
            return null;
        using CancellationTokenSource stop = new();
        Task<TimeSpan> work = Task.Factory.StartNew(
            () => MeanRun(run, stop.Token), CancellationToken.None,
            TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Thread.Sleep(settling);
        MeanPower? busy = ReadPower();
        stop.Cancel();
        TimeSpan mean = work.GetAwaiter().GetResult();
        double? watts = busy?.Watts - idle.Watts;
        double error = Math.Sqrt((busy?.ErrorSquared ?? 0) + idle.ErrorSquared);
        return watts > Significant * error ? watts * mean.TotalSeconds : null;
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

    // A sensor that is asked more often than it measures repeats itself: that is no further measurement.
    private MeanPower? ReadPower()
    {
        List<double> readings = [];
        for (long begun = time.GetTimestamp(); time.GetElapsedTime(begun) < span; Thread.Sleep(s_interval))
        {
            if (board.Read().PowerWatts is not { } watts)
                return null;
            if (readings.Count == 0 || readings[^1] != watts)
                readings.Add(watts);
        }

        return readings.Count == 0 ? null : MeanPower.Of(readings);
    }

    /// <summary>A mean power, W, and the square of its standard error, W².</summary>
    private readonly record struct MeanPower(double Watts, double ErrorSquared)
    {
        public static MeanPower Of(List<double> readings)
        {
            double mean = readings.Average();
            double squares = readings.Sum(watts => (watts - mean) * (watts - mean));
            int count = readings.Count;
            return new MeanPower(mean, count < 2 ? 0 : squares / (count - 1) / count);
        }
    }
}
