using EdgeConv.Kernels.Image;

namespace EdgeConv.Kernels.Resize;

/// <summary>
/// Resizes a plane of bytes row by row: blends the few rows that an output row needs, then their columns.
/// Keeps its memory; one instance for one form of plane, not thread-safe.
/// </summary>
public abstract unsafe class RowResizer
{
    private readonly FixedAxis _rows;
    private readonly nint[] _pointers;

    private protected RowResizer(FixedAxis rows, ResizeKernel kernel)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(kernel);
        _rows = rows;
        _pointers = new nint[rows.Weights(0).Length];
        Kernel = kernel;
    }

    /// <summary>The inner loops.</summary>
    private protected ResizeKernel Kernel { get; }

    /// <summary>First byte of a row that is needed.</summary>
    private protected int From { get; init; }

    /// <summary>Bytes of a row that are needed.</summary>
    private protected int Bytes { get; init; }

    /// <summary>
    /// Computes output row <paramref name="row"/>: planes[c, x] = v - <see cref="ResizeKernel.Centre"/>.
    /// </summary>
    /// <param name="plane">The first byte of the plane.</param>
    /// <param name="stride">Bytes from one row of the plane to the next.</param>
    /// <param name="row">Output row.</param>
    /// <param name="planes">Receives whole groups of eight floats a component.</param>
    /// <param name="planeStride">Floats from one component to the next.</param>
    public void Row(byte* plane, int stride, int row, float* planes, int planeStride)
    {
        // Where the number of rows is odd, the last one comes twice, once with a weight of 0.
        byte* first = plane + ((long)_rows.First(row) * stride) + From;
        for (int k = 0; k < _pointers.Length; k++)
            _pointers[k] = (nint)(first + ((long)Math.Min(k, _rows.Count - 1) * stride));
        fixed (nint* pointers = _pointers)
        fixed (short* weights = _rows.Weights(row))
            Blend(new RowBlend((byte**)pointers, weights, _pointers.Length / 2), planes, planeStride);
    }

    /// <summary>Blends rows and columns.</summary>
    private protected abstract void Blend(RowBlend rows, float* planes, int planeStride);
}
