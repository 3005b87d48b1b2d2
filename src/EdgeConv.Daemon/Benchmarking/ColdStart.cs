using System.Diagnostics;

namespace EdgeConv.Daemon.Benchmarking;

/// <summary>
/// The time from before a process is started until the first result of its model is there: program,
/// libraries, reading, planning, packing, one run. The files are in the page cache.
/// </summary>
internal static class ColdStart
{
    private const int Samples = 9;

    /// <summary>Starts each worker nine times, in turns, and takes the medians.</summary>
    /// <param name="orders">Of the first backend, then of its rival if there is one.</param>
    public static ColdFigures Measure(IReadOnlyList<WorkerOrder> orders)
    {
        List<double>[] samples = [.. orders.Select(_ => new List<double>())];
        foreach (WorkerOrder order in orders)
            _ = Sample(order);
        for (int i = 0; i < Samples; i++)
        {
            for (int k = 0; k < orders.Count; k++)
                samples[k].Add(Sample(orders[k]));
        }

        double[] medians = [.. samples.Select(times => Quantiles.Of([.. times.Order()], 0.5))];
        return new ColdFigures(medians[0], medians.Length > 1 ? medians[1] : null);
    }

    private static double Sample(WorkerOrder order)
    {
        long begun = Stopwatch.GetTimestamp();
        using WorkerProcess worker = WorkerProcess.Start(order);
        _ = worker.WaitUntilReady(_ => { });
        return Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
    }
}
