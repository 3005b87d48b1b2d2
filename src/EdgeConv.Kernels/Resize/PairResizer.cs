using EdgeConv.Kernels.Image;

namespace EdgeConv.Kernels.Resize;

/// <summary>
/// Resizes a plane of pairs of pixels in four bytes, two of luma and one each of U and V between them:
/// components are luma, U and V, or luma alone.
/// </summary>
public sealed unsafe class PairResizer : RowResizer
{
    private const int PairBytes = 4;

    private readonly bool _isLumaFirst;
    private readonly ColumnBlend _luma;
    private readonly ColumnBlend? _chroma;
    private readonly short[] _lumaRow;
    private readonly short[] _chromaRow;

    /// <param name="columns">Axis of columns of luma.</param>
    /// <param name="chroma">The same axis folded in two, for U and V; null where they are not needed.</param>
    /// <param name="rows">Axis of rows.</param>
    /// <param name="isLumaFirst">Whether luma is the first byte, or the second.</param>
    /// <param name="kernel">The inner loops.</param>
    public PairResizer(
        FixedAxis columns, FixedAxis? chroma, FixedAxis rows, bool isLumaFirst, ResizeKernel kernel)
        : base(rows, kernel)
    {
        ArgumentNullException.ThrowIfNull(columns);
        int start = Math.Min(columns.Start / 2, chroma?.Start ?? int.MaxValue);
        int end = Math.Max((columns.End + 1) / 2, chroma?.End ?? 0);
        From = start * PairBytes;
        Bytes = (end - start) * PairBytes;
        _isLumaFirst = isLumaFirst;
        _luma = new ColumnBlend(columns, 2 * start, 1);
        _chroma = chroma is null ? null : new ColumnBlend(chroma, start, 2);
        _lumaRow = new short[Math.Max(Bytes / 2, _luma.RowLength)];
        _chromaRow = new short[Math.Max(Bytes / 2, _chroma?.RowLength ?? 0)];
    }

    private protected override void Blend(RowBlend rows, float* planes, int planeStride)
    {
        fixed (short* luma = _lumaRow, chroma = _chromaRow)
        {
            if (_isLumaFirst)
                Kernel.SplitRows(rows, Bytes, luma, chroma);
            else
                Kernel.SplitRows(rows, Bytes, chroma, luma);
            Kernel.Columns(_luma, luma, planes, planeStride);
            if (_chroma is not null)
                Kernel.Columns(_chroma, chroma, planes + planeStride, planeStride);
        }
    }
}
