namespace EdgeConv.Pipeline.Governing;

/// <summary>
/// The latest values and their median; up to 15 of them. Allocates nothing after construction. Not thread-safe.
/// </summary>
internal sealed class MedianWindow
{
    /// <summary>Values that are kept.</summary>
    public const int Length = 15;

    private readonly double[] _latest = new double[Length];
    private long _added;

    /// <summary>Values held.</summary>
    public int Count => (int)Math.Min(_added, Length);

    /// <summary>The value in the middle of the window's time; only while it is full.</summary>
    public double Middle => _latest[(_added + Length / 2) % Length];

    /// <summary>Adds a value; the oldest goes when the window is full.</summary>
    public void Add(double value) => _latest[_added++ % Length] = value;

    /// <summary>Forgets all but the latest <paramref name="count"/> values.</summary>
    public void KeepLatest(int count)
    {
        Span<double> kept = stackalloc double[Length];
        count = Math.Min(count, Count);
        for (int i = 0; i < count; i++)
            kept[i] = _latest[(_added - count + i) % Length];
        kept[..count].CopyTo(_latest);
        _added = count;
    }

    /// <summary>Median of the latest <paramref name="count"/> values; NaN when none is held.</summary>
    public double Median(int count = Length)
    {
        count = Math.Min(count, Count);
        if (count == 0)
            return double.NaN;
        Span<double> sorted = stackalloc double[Length];
        for (int i = 0; i < count; i++)
            sorted[i] = _latest[(_added - count + i) % Length];
        sorted[..count].Sort();
        return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
    }
}
