namespace EdgeConv.Kernels;

/// <summary>
/// Elements in native memory beside the packed weights, and like those in large pages where there are many:
/// what is read from end to end behind each inference comes from main memory, and in small pages costs a walk
/// of the page table every 4 KB too. Freed when the collector finds it unused: whoever passes on
/// <see cref="Span"/> keeps the object alive until the reader is done.
/// </summary>
/// <typeparam name="T">Type of an element.</typeparam>
public sealed unsafe class NativeArray<T> where T : unmanaged
{
    private readonly WeightHeap.Chunk _chunk;
    private readonly T* _data;

    /// <summary>Allocates <paramref name="length"/> zeros, aligned to 64 bytes.</summary>
    /// <exception cref="OutOfMemoryException">There is no memory.</exception>
    public NativeArray(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        _data = (T*)WeightHeap.Allocate((long)length * sizeof(T), out _chunk);
        Length = length;
        if (Bytes > 0)
            GC.AddMemoryPressure(Bytes);
    }

    /// <summary>Frees the memory.</summary>
    ~NativeArray()
    {
        if (_data is null)
            return;
        WeightHeap.Free(_chunk);
        if (Bytes > 0)
            GC.RemoveMemoryPressure(Bytes);
    }

    /// <summary>Number of elements.</summary>
    public int Length { get; }

    /// <summary>The elements; valid while this object is alive.</summary>
    public Span<T> Span => new(_data, Length);

    private long Bytes => (long)Length * sizeof(T);
}
