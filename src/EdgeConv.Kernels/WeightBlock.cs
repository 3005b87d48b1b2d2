namespace EdgeConv.Kernels;

/// <summary>
/// Packed weights that several layers may read, each through a <see cref="PackedWeights"/>: freed when the last
/// of them and of whoever calls <see cref="Share"/> is gone. Thread-safe.
/// </summary>
public sealed unsafe class WeightBlock : IDisposable
{
    private readonly WeightHeap.Chunk _chunk;
    private int _users = 1;

    internal WeightBlock(long length, string? format)
    {
        Data = (float*)WeightHeap.Allocate(checked(length * sizeof(float)), out _chunk);
        (Length, Format) = (length, format);
    }

    internal WeightBlock(WeightHeap.Chunk chunk, float* data, long length, string format)
    {
        _chunk = chunk;
        Data = data;
        (Length, Format) = (length, format);
    }

    /// <summary>First element.</summary>
    public float* Data { get; }

    /// <summary>Number of elements, padding included.</summary>
    public long Length { get; }

    /// <summary>What they are packed for; null when they can be used by one layer only.</summary>
    public string? Format { get; }

    /// <summary>The same with one more user, who disposes it once.</summary>
    public WeightBlock Share()
    {
        Interlocked.Increment(ref _users);
        return this;
    }

    /// <summary>Notes that a user is gone.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _users) == 0)
            WeightHeap.Free(_chunk);
    }
}
