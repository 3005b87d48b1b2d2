using EdgeConv.Core;

namespace EdgeConv.Kernels;

/// <summary>
/// Weights in the order in which one kernel reads them, in native memory aligned to
/// <see cref="Tensor.Alignment"/> bytes. Written once when a model is loaded, then only read: any number of
/// threads may share them.
/// </summary>
public sealed unsafe class PackedWeights : IDisposable
{
    private WeightBlock? _block;

    /// <summary>Allocates <paramref name="length"/> zeros.</summary>
    public PackedWeights(long length)
        : this(length, null)
    {
    }

    /// <summary>
    /// Takes <paramref name="length"/> elements that were packed before where <see cref="WeightLedger"/> knows
    /// them, or zeros.
    /// </summary>
    /// <param name="length">Number of elements.</param>
    /// <param name="format">
    /// Says with the length and the weights all that decides the elements. Whoever gives one packs only what
    /// is not <see cref="IsFilled"/>, and does not read the weights otherwise.
    /// </param>
    public PackedWeights(long length, string? format)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        _block = WeightLedger.Take(length, format, out bool isFilled);
        IsFilled = isFilled;
        Data = _block.Data;
        Length = length;
    }

    /// <summary>Frees memory that was not disposed.</summary>
    ~PackedWeights() => Release();

    /// <summary>First element.</summary>
    public float* Data { get; private set; }

    /// <summary>Number of elements, padding included.</summary>
    public long Length { get; }

    /// <summary>Whether the weights are packed already.</summary>
    public bool IsFilled { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Release()
    {
        _block?.Dispose();
        _block = null;
        Data = null;
    }
}
