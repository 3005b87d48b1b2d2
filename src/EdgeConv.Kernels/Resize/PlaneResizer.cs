using EdgeConv.Kernels.Image;

namespace EdgeConv.Kernels.Resize;

/// <summary>Resizes a plane whose components stand side by side: gray, luma, U and V, or RGB.</summary>
public sealed unsafe class PlaneResizer : RowResizer
{
    private readonly ColumnBlend _columns;
    private readonly short[] _row;

    /// <param name="columns">Axis of columns.</param>
    /// <param name="rows">Axis of rows.</param>
    /// <param name="components">Bytes of a column, 1 to 3.</param>
    /// <param name="kernel">The inner loops.</param>
    public PlaneResizer(FixedAxis columns, FixedAxis rows, int components, ResizeKernel kernel)
        : base(rows, kernel)
    {
        ArgumentNullException.ThrowIfNull(columns);
        From = columns.Start * components;
        Bytes = (columns.End - columns.Start) * components;
        _columns = new ColumnBlend(columns, columns.Start, components);
        _row = new short[Math.Max(Bytes, _columns.RowLength)];
    }

    private protected override void Blend(RowBlend rows, float* planes, int planeStride)
    {
        fixed (short* row = _row)
        {
            Kernel.Rows(rows, Bytes, row);
            Kernel.Columns(_columns, row, planes, planeStride);
        }
    }
}
