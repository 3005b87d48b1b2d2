namespace EdgeConv.Daemon.Benchmarking;

/// <summary>Gathers the blocks of one backend.</summary>
internal sealed class BackendTimes
{
    private readonly RunTimes _runs = new();
    private readonly List<double> _windowMedians = [];
    private readonly List<double> _allocated = [];
    private WorkerLine.Times? _last;

    /// <summary>See <see cref="MedianStability"/>.</summary>
    public bool IsStable => MedianStability.IsStable(_windowMedians);

    /// <summary>Adds one block, a window of its own.</summary>
    public void Add(WorkerLine.Times block)
    {
        double[] milliseconds = [.. block.Nanoseconds.Select(time => time / 1e6).Order()];
        foreach (double time in milliseconds)
            _runs.Add(time);
        _windowMedians.Add(Quantiles.Of(milliseconds, 0.5));
        _allocated.Add((double)block.AllocatedBytes / block.Nanoseconds.Count);
        _last = block;
    }

    /// <summary>What all blocks say together; there is at least one.</summary>
    public BackendFigures Summarise(WorkerLine.Ready ready)
    {
        double[] sorted = _runs.Sorted();
        // Behind a collection the runtime's own finalizer thread allocates once; a run that does, does so in
        // each block.
        double allocated = Quantiles.Of([.. _allocated.Order()], 0.5);
        MemoryFigures memory = new(_last!.ResidentBytes, _last.PeakBytes, allocated);
        return new BackendFigures(
            ready,
            _runs.Count,
            Quantiles.Of(sorted, 0.5),
            Quantiles.Of(sorted, 0.99),
            MedianStability.UncertaintyOf(_windowMedians),
            memory);
    }
}
