using EdgeConv.Engine.Inspection;

namespace EdgeConv.Daemon.Benchmarking;

/// <summary>What is to be measured of each model.</summary>
internal sealed record BenchRequest
{
    /// <summary>The backend and how it loads a model; the model itself is set for each.</summary>
    public required WorkerOrder Order { get; init; }

    /// <summary>Whether ONNX Runtime is measured beside it.</summary>
    public bool WithRival { get; init; }

    /// <summary>Least time on each model and backend.</summary>
    public TimeSpan Least { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Whether the time from process start to first result is measured too.</summary>
    public bool WithColdStart { get; init; }

    /// <summary>Whether each step of our plan is timed too.</summary>
    public bool WithProfile { get; init; }
}

/// <summary>What was measured of one backend on one model.</summary>
/// <param name="Ready">What its worker said of the model.</param>
/// <param name="Runs">Runs timed.</param>
/// <param name="Median">Median time of a run in ms.</param>
/// <param name="P99">The time that 99 % of the runs do not exceed, in ms.</param>
/// <param name="Uncertainty">See <see cref="MedianStability.UncertaintyOf"/>.</param>
/// <param name="Memory">What its worker said of memory, over all blocks.</param>
internal sealed record BackendFigures(
    WorkerLine.Ready Ready, long Runs, double Median, double P99, double Uncertainty, MemoryFigures Memory);

/// <summary>Memory of a worker.</summary>
/// <param name="ResidentBytes">Resident set when it ended.</param>
/// <param name="PeakBytes">Greatest resident set.</param>
/// <param name="AllocatedPerRun">
/// Managed memory that one run allocated, in bytes: the median of all blocks.
/// </param>
internal sealed record MemoryFigures(long ResidentBytes, long PeakBytes, double AllocatedPerRun);

/// <summary>Median time from before the start of a process to its first result, in ms.</summary>
/// <param name="First">Of the first backend.</param>
/// <param name="Rival">Of ONNX Runtime; null when it was not measured.</param>
internal sealed record ColdFigures(double First, double? Rival);

/// <summary>What was measured of one model.</summary>
/// <param name="Threads">Threads it ran on.</param>
/// <param name="PeakGflops">What the machine reached meanwhile on registers, on as many threads.</param>
/// <param name="First">The backend that was asked for.</param>
/// <param name="Rival">ONNX Runtime beside it; null when it was not measured.</param>
internal sealed record ModelFigures(
    int Threads, double PeakGflops, BackendFigures First, BackendFigures? Rival)
{
    /// <summary>The cold start; null when it was not measured.</summary>
    public ColdFigures? Cold { get; init; }

    /// <summary>Times of the steps of our plan; null when they were not measured.</summary>
    public IReadOnlyList<StepTime>? Steps { get; init; }

    /// <summary>Whether the median of each backend was stable in the end.</summary>
    public bool IsStable =>
        Math.Max(First.Uncertainty, Rival?.Uncertainty ?? 0) <= MedianStability.Bound;

    /// <summary>Short name of the model.</summary>
    public string Name => First.Ready.Name;

    /// <summary>
    /// GFLOP/s of the first backend, a multiply-add being two; null when it cannot tell its work.
    /// </summary>
    public double? Gflops =>
        First.Ready.MultiplyAdds == 0 ? null : 2 * First.Ready.MultiplyAdds / First.Median / 1e6;

    /// <summary><see cref="Gflops"/> over <see cref="PeakGflops"/>.</summary>
    public double? PeakShare => Gflops / PeakGflops;

    /// <summary>The rival's median over the first one's; above 1 the first is faster.</summary>
    public double? Ratio => Rival?.Median / First.Median;

    /// <summary>The first backend's cold start over the rival's; below 1 the first is faster.</summary>
    public double? ColdRatio => Cold?.First / Cold?.Rival;
}
