namespace EdgeConv.Daemon.Benchmarking;

/// <summary>
/// Times of runs in milliseconds. Beyond a million a uniform sample of them is kept, so that a long
/// measurement of a small model does not fill the memory (reservoir sampling, Vitter's algorithm R).
/// </summary>
internal sealed class RunTimes
{
    private const int MostKept = 1 << 20;
    private readonly List<double> _kept = [];
    private readonly Random _random = new(1);

    /// <summary>Runs timed.</summary>
    public long Count { get; private set; }

    /// <summary>Adds the time of one run.</summary>
    public void Add(double milliseconds)
    {
        Count++;
        if (_kept.Count < MostKept)
        {
            _kept.Add(milliseconds);
            return;
        }

        long at = _random.NextInt64(Count);
        if (at < MostKept)
            _kept[(int)at] = milliseconds;
    }

    /// <summary>The times that were kept, in ascending order.</summary>
    public double[] Sorted() => [.. _kept.Order()];
}
