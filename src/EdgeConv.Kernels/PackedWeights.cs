using EdgeConv.Core;

namespace EdgeConv.Kernels;

/// <summary>
/// Weights in the order in which one kernel reads them, in native memory aligned to
/// <see cref="Tensor.Alignment"/> bytes. Written once when a model is loaded, then only read: any number of
/// threads may share them.
/// </summary>
public sealed unsafe class PackedWeights : IDisposable
{
    private readonly WeightHeap.Chunk _chunk;
    private float* _data;

    /// <summary>Allocates <paramref name="length"/> zeros.</summary>
    public PackedWeights(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        _data = (float*)WeightHeap.Allocate(checked(length * sizeof(float)), out _chunk);
        Length = length;
    }

    /// <summary>Frees memory that was not disposed.</summary>
    ~PackedWeights() => Release();

    /// <summary>First element.</summary>
    public float* Data => _data;

    /// <summary>Number of elements, padding included.</summary>
    public long Length { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Release()
    {
        if (_data is not null)
            WeightHeap.Free(_chunk);
        _data = null;
    }
}
