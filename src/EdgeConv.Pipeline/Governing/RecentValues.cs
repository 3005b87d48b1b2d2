namespace EdgeConv.Pipeline.Governing;

/// <summary>The latest values of a stream and their extremes. Allocates nothing after construction. Not thread-safe.</summary>
/// <param name="length">How many are kept.</param>
internal sealed class RecentValues(int length)
{
    private readonly double[] _values = new double[length];
    private long _added;

    /// <summary>How many are kept.</summary>
    public int Length => _values.Length;

    /// <summary>Whether as many have been added.</summary>
    public bool IsFull => _added >= _values.Length;

    /// <summary>Adds a value; the oldest goes when there are too many.</summary>
    public void Add(double value) => _values[_added++ % _values.Length] = value;

    /// <summary>Forgets all.</summary>
    public void Clear() => _added = 0;

    /// <summary>The greatest of the latest <paramref name="count"/> values.</summary>
    public double Greatest(int count)
    {
        double greatest = double.NegativeInfinity;
        for (long i = Math.Max(0, _added - count); i < _added; i++)
            greatest = Math.Max(greatest, _values[i % _values.Length]);
        return greatest;
    }

    /// <summary>The least of the latest <paramref name="count"/> values.</summary>
    public double Least(int count)
    {
        double least = double.PositiveInfinity;
        for (long i = Math.Max(0, _added - count); i < _added; i++)
            least = Math.Min(least, _values[i % _values.Length]);
        return least;
    }
}
