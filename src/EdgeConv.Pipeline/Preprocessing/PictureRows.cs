using EdgeConv.Core;
using EdgeConv.Kernels;
using EdgeConv.Kernels.Colors;
using EdgeConv.Kernels.Image;
using EdgeConv.Kernels.Resize;

namespace EdgeConv.Pipeline.Preprocessing;

/// <summary>
/// The rows of frames of one form at the size and in the colours of a model's picture. Of each row only what
/// it needs of the frame is read, once, chroma at its own resolution. Keeps its memory; not thread-safe.
/// </summary>
/// <remarks>
/// The result is that of giving each pixel the chroma of its block, making RGB of it, resizing that, and
/// cutting it off at 0 and 255: for all but the last the order does not matter, so it is done in the cheapest.
/// </remarks>
internal sealed unsafe class PictureRows
{
    private const int Components = 3;

    private readonly ColorKernel _colorKernel = KernelTable.Colors();
    private readonly ColorRow _colors;
    private readonly Plane[] _planes;
    private readonly float[] _components;
    private readonly int _width;
    private readonly int _stride;

    /// <summary>Makes the rows of a part of a frame.</summary>
    /// <param name="form">The frames.</param>
    /// <param name="area">What is wanted of them.</param>
    /// <param name="antialias">Widen the filter when shrinking.</param>
    /// <param name="colors">What becomes of the components.</param>
    public PictureRows(FrameForm form, PictureArea area, bool antialias, ColorRow colors)
    {
        _colors = colors;
        _width = area.Width;
        _stride = (area.Width + 7) & ~7;
        _components = new float[Components * _stride];
        Axes columns = new(new ResampleAxis(form.Width, area.Width, area.Columns, antialias));
        Axes rows = new(new ResampleAxis(form.Height, area.Height, area.Rows, antialias));
        _planes = [.. PlanesOf(form, columns, rows, colors.Matrix.Inputs)];
    }

    /// <summary>Computes a row as planes <c>[C,W]</c>.</summary>
    /// <param name="pixels">The first byte of the frame.</param>
    /// <param name="row">Which.</param>
    /// <param name="to">Receives them.</param>
    /// <param name="planeStride">Floats from one plane to the next.</param>
    public void Write(byte* pixels, int row, float* to, long planeStride)
    {
        fixed (float* components = _components)
        {
            Resize(pixels, row, components);
            _colorKernel.Run(_colors, components, _stride, _width, to, planeStride);
        }
    }

    /// <summary>Computes a row of three channels as bytes <c>[W,3]</c>, rounded.</summary>
    /// <param name="pixels">The first byte of the frame.</param>
    /// <param name="row">Which.</param>
    /// <param name="to">Receives them.</param>
    public void WriteBytes(byte* pixels, int row, byte* to)
    {
        fixed (float* components = _components)
        {
            Resize(pixels, row, components);
            _colorKernel.RunBytes(_colors.Matrix, components, _stride, _width, to);
        }
    }

    private void Resize(byte* pixels, int row, float* components)
    {
        foreach (Plane plane in _planes)
        {
            plane.Resizer.Row(
                pixels + plane.Offset, plane.Stride, row, components + (plane.First * _stride), _stride);
        }
    }

    private static IEnumerable<Plane> PlanesOf(FrameForm form, Axes columns, Axes rows, int wanted)
    {
        ResizeKernel kernel = KernelTable.Resize();
        if (form.Format is PixelFormat.Yuyv or PixelFormat.Uyvy)
        {
            yield return new Plane(0, form.Stride, 0, new PairResizer(
                columns.Full, wanted == 1 ? null : columns.Folded, rows.Full, form.Format == PixelFormat.Yuyv, kernel));
            yield break;
        }

        long offset = 0;
        int first = 0;
        foreach (PixelPlane plane in PixelFormats.PlanesOf(form.Format).ToArray())
        {
            int stride = plane.Stride(form.Stride);
            yield return new Plane(offset, stride, first, new PlaneResizer(
                columns.Of(plane.UnitWidth), rows.Of(plane.UnitHeight), plane.UnitBytes, kernel));
            offset += (long)stride * plane.Rows(form.Height);
            first += plane.UnitBytes;
            if (first >= wanted)
                yield break;
        }
    }

    /// <summary>A plane of a frame and the components that it becomes.</summary>
    private readonly record struct Plane(long Offset, int Stride, int First, RowResizer Resizer);

    /// <summary>An axis, and the same for chroma of half its resolution.</summary>
    private sealed class Axes(ResampleAxis axis)
    {
        private readonly Lazy<FixedAxis> _folded = new(() => new FixedAxis(axis, 2));

        public FixedAxis Full { get; } = new(axis, 1);

        public FixedAxis Folded => _folded.Value;

        public FixedAxis Of(int unit) => unit == 1 ? Full : Folded;
    }
}
