using System.Runtime.InteropServices;
using EdgeConv.Core;

namespace EdgeConv.Kernels;

/// <summary>
/// Weights in the order in which one kernel reads them, in native memory aligned to
/// <see cref="Tensor.Alignment"/> bytes. Written once when a model is loaded, then only read: any number of
/// threads may share them.
/// </summary>
public sealed unsafe class PackedWeights : IDisposable
{
    private float* _data;

    /// <summary>Allocates <paramref name="length"/> zeros.</summary>
    public PackedWeights(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        nuint bytes = checked((nuint)length * sizeof(float));
        _data = (float*)NativeMemory.AlignedAlloc(Math.Max(bytes, Tensor.Alignment), Tensor.Alignment);
        NativeMemory.Clear(_data, bytes);
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
        NativeMemory.AlignedFree(_data);
        _data = null;
    }
}
