using EdgeConv.Core;

namespace EdgeConv.Pipeline.Accounting;

/// <summary>A board's power over a while.</summary>
/// <param name="Watts">Mean, W.</param>
/// <param name="ErrorSquared">Square of its standard error, W².</param>
public readonly record struct MeanPower(double Watts, double ErrorSquared)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(20);

    /// <summary>Reads a board for a while.</summary>
    /// <returns>Null when nothing measures its power.</returns>
    public static MeanPower? Read(IBoard board, TimeProvider time, TimeSpan span)
    {
        ArgumentNullException.ThrowIfNull(board);
        ArgumentNullException.ThrowIfNull(time);
        List<double> readings = [];
        for (long begun = time.GetTimestamp(); time.GetElapsedTime(begun) < span; Thread.Sleep(s_interval))
        {
            if (board.Read().PowerWatts is not { } watts)
                return null;
            // A sensor that is asked more often than it measures repeats itself: that is no further measurement.
            if (readings.Count == 0 || readings[^1] != watts)
                readings.Add(watts);
        }

        return readings.Count == 0 ? null : Of(readings);
    }

    private static MeanPower Of(List<double> readings)
    {
        double mean = readings.Average();
        double squares = readings.Sum(watts => (watts - mean) * (watts - mean));
        int count = readings.Count;
        return new MeanPower(mean, count < 2 ? 0 : squares / (count - 1) / count);
    }
}
