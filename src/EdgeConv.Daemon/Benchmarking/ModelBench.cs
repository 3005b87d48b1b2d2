using System.Diagnostics;
using EdgeConv.Core;
using EdgeConv.Daemon.Options;
using EdgeConv.Engine.Inspection;

namespace EdgeConv.Daemon.Benchmarking;

/// <summary>
/// Measures one model: a worker process a backend, in short blocks that take turns, so that whatever else the
/// machine does falls on both alike.
/// </summary>
/// <remarks>
/// A window is one block of each backend, in the reverse order of the window before, and one measurement of
/// the machine's peak. Windows are repeated until each backend has run for the least time and its median is
/// stable (<see cref="MedianStability"/>), but no longer than three times the least time.
/// </remarks>
/// <param name="request">What to measure.</param>
/// <param name="notice">Told, in one line, what the user should know.</param>
internal sealed class ModelBench(BenchRequest request, Action<string> notice)
{
    private const int MostPatience = 3;
    private static readonly TimeSpan Block = TimeSpan.FromMilliseconds(50);

    private readonly HashSet<string> _told = [];

    /// <summary>Whether the rival has refused a model or died.</summary>
    public bool HasLostRival { get; private set; }

    /// <summary>Measures the model in <paramref name="model"/>.</summary>
    /// <exception cref="EdgeConvError">A worker died.</exception>
    /// <exception cref="WorkerRefusal">The first backend does not run the model.</exception>
    public ModelFigures Measure(string model)
    {
        WorkerOrder order = request.Order with { Model = model };
        List<WorkerOrder> orders = [order];
        if (request.WithRival)
            orders.Add(order with { Backend = Backend.OnnxRuntime });
        ModelFigures figures = MeasureWarm(orders);
        if (figures.Rival is null)
            orders = [order];
        return figures with
        {
            Cold = request.WithColdStart ? ColdStart.Measure(orders) : null,
            Steps = request.WithProfile ? Profile(order) : null,
        };
    }

    private ModelFigures MeasureWarm(List<WorkerOrder> orders)
    {
        List<WorkerProcess> workers = [];
        List<WorkerLine.Ready> ready = [];
        try
        {
            StartAll(orders, workers, ready);
            (BackendTimes[] times, double peak) = RunWindows(workers);
            return new ModelFigures(
                orders[0].Threads,
                peak * orders[0].Threads,
                times[0].Summarise(ready[0]),
                workers.Count > 1 ? times[1].Summarise(ready[1]) : null);
        }
        finally
        {
            workers.ForEach(worker => worker.Dispose());
        }
    }

    // Without the rival the first is measured all the same.
    private void StartAll(List<WorkerOrder> orders, List<WorkerProcess> workers, List<WorkerLine.Ready> ready)
    {
        foreach (WorkerOrder order in orders)
        {
            WorkerProcess worker = WorkerProcess.Start(order);
            workers.Add(worker);
            try
            {
                ready.Add(worker.WaitUntilReady(TellOnce));
                worker.Pause();
            }
            catch (Exception problem) when (workers.Count > 1 && problem is EdgeConvError or WorkerRefusal)
            {
                notice($"edgeconv: {problem.Message}");
                HasLostRival = true;
                workers.Remove(worker);
                worker.Dispose();
            }
        }
    }

    private (BackendTimes[] Times, double Peak) RunWindows(List<WorkerProcess> workers)
    {
        BackendTimes[] times = [.. workers.Select(_ => new BackendTimes())];
        List<double> peaks = [];
        TimeSpan least = request.Least * workers.Count;
        long begun = Stopwatch.GetTimestamp();
        TimeSpan elapsed;
        do
        {
            peaks.Add(PeakMeter.MeasureGflops());
            for (int i = 0; i < workers.Count; i++)
            {
                int turn = peaks.Count % 2 == 0 ? i : workers.Count - 1 - i;
                times[turn].Add(workers[turn].Time(Block));
            }

            elapsed = Stopwatch.GetElapsedTime(begun);
        }
        while (elapsed < least || (elapsed < least * MostPatience && !times.All(time => time.IsStable)));
        return (times, Quantiles.Of([.. peaks.Order()], 0.5));
    }

    private static IReadOnlyList<StepTime>? Profile(WorkerOrder order) =>
        StepProfiler.Measure(order.Model, order.SessionOptions, TimeSpan.FromSeconds(1), InputNoise.Fill);

    private void TellOnce(string text)
    {
        if (_told.Add(text))
            notice(text);
    }
}
