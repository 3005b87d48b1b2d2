namespace EdgeConv.Pipeline.Governing;

/// <summary>The latest latencies of one operating point, and their quantiles. Not thread-safe.</summary>
public sealed class LatencyWindow
{
    private readonly TimeSpan[] _latest;
    private readonly TimeSpan[] _sorted;
    private int _next;

    /// <param name="capacity">How many are kept, at least 1.</param>
    public LatencyWindow(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _latest = new TimeSpan[capacity];
        _sorted = new TimeSpan[capacity];
    }

    /// <summary>How many are held.</summary>
    public int Count { get; private set; }

    /// <summary>Adds one; the oldest goes when the window is full.</summary>
    public void Add(TimeSpan latency)
    {
        _latest[_next] = latency;
        _next = (_next + 1) % _latest.Length;
        Count = Math.Min(Count + 1, _latest.Length);
    }

    /// <summary>Forgets all.</summary>
    public void Clear() => Count = _next = 0;

    /// <summary>
    /// The smallest held latency that at least a share <paramref name="quantile"/> (0..1) of them do not
    /// exceed; zero when none is held.
    /// </summary>
    public TimeSpan Quantile(double quantile)
    {
        if (Count == 0)
            return TimeSpan.Zero;
        Span<TimeSpan> sorted = _sorted.AsSpan(0, Count);
        _latest.AsSpan(0, Count).CopyTo(sorted);
        sorted.Sort();
        return sorted[Math.Clamp((int)Math.Ceiling(quantile * Count) - 1, 0, Count - 1)];
    }
}
