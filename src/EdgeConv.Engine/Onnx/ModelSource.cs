namespace EdgeConv.Engine.Onnx;

/// <summary>
/// The bytes of a model, read piece by piece: what a piece holds is checked before the next one is asked for,
/// and no piece is kept longer than it is needed. Threads may read at once.
/// </summary>
internal abstract class ModelSource : IDisposable
{
    /// <summary>Number of bytes.</summary>
    public abstract long Length { get; }

    /// <summary>Fills <paramref name="target"/> from <paramref name="offset"/> on.</summary>
    /// <exception cref="Core.ModelError">The file cannot be read, or has become shorter.</exception>
    public abstract void Read(long offset, Span<byte> target);

    /// <summary>Makes sure that everything read so far was of one and the same state of the file.</summary>
    /// <exception cref="Core.ModelError">It was written to meanwhile.</exception>
    public virtual void CheckUnchanged()
    {
    }

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>A model in memory.</summary>
internal sealed class MemorySource(byte[] bytes) : ModelSource
{
    /// <inheritdoc/>
    public override long Length => bytes.Length;

    /// <inheritdoc/>
    public override void Read(long offset, Span<byte> target) =>
        bytes.AsSpan(checked((int)offset), target.Length).CopyTo(target);

    /// <inheritdoc/>
    public override void Dispose()
    {
    }
}
