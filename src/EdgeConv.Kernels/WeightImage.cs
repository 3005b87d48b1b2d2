using EdgeConv.Core;

namespace EdgeConv.Kernels;

/// <summary>
/// One piece of memory that is filled from a file and then cut into packed weights; freed when the image and
/// all of them are disposed.
/// </summary>
public sealed unsafe class WeightImage : IDisposable
{
    private readonly WeightHeap.Chunk _chunk;

    /// <summary>Takes <paramref name="bytes"/> of memory.</summary>
    public WeightImage(long bytes) => _chunk = WeightHeap.OwnChunk(bytes);

    /// <summary>All of it.</summary>
    public Span<byte> Bytes => new(_chunk.Start, checked((int)_chunk.Bytes));

    /// <summary>Cuts weights out.</summary>
    /// <param name="offset">In bytes, a multiple of <see cref="Tensor.Alignment"/>.</param>
    /// <param name="length">Number of elements.</param>
    /// <param name="format">What they are packed for.</param>
    /// <exception cref="ArgumentOutOfRangeException">They would not lie inside.</exception>
    public WeightBlock Cut(long offset, long length, string format)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(offset % Tensor.Alignment, 0, nameof(offset));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, _chunk.Bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, (_chunk.Bytes - offset) / sizeof(float));
        WeightHeap.Share(_chunk);
        return new WeightBlock(_chunk, (float*)(_chunk.Start + offset), length, format);
    }

    /// <inheritdoc/>
    public void Dispose() => WeightHeap.Free(_chunk);
}
