using EdgeConv.Core;
using EdgeConv.Kernels.Pixels;

namespace EdgeConv.Kernels.Convolution;

/// <summary>
/// A convolution that reads a picture as it arrives, bytes <c>[H,W,Cin]</c>: the rows that a band of outputs
/// sees are normalised into a window that stays in the first-level cache, planes with the padding around
/// them, and a layer for floats computes the band. The picture of floats is never in memory as a whole.
/// </summary>
/// <remarks>
/// <code>
/// bytes   │ ...........   all rows
/// window  │   ▒▒▓▓        floats [W,Cin], or [Cin,W] for a planar layer: rows kept (▒) and new ones (▓)
/// output  │     ▓         the rows of this band
/// </code>
/// </remarks>
internal sealed unsafe class PixelLayer : ConvolutionLayer
{
    private const int WindowBytes = 16 * 1024;

    private readonly ConvolutionLayer _inner;
    private readonly PixelKernel _pixels;
    private readonly PixelRow _row;
    private readonly long _rowLength;
    private readonly long _windowBytes;
    private readonly int _capacity;
    private readonly int _bandRows;

    private PixelLayer(ConvolutionShape shape, PixelKernel pixels, ConvolutionLayer inner)
        : base(shape)
    {
        _pixels = pixels;
        _inner = inner;
        _row = new PixelRow(shape.Pixels!, shape.InputChannels, shape.IsInputPlanar);
        _rowLength = (long)inner.Shape.InputWidth * shape.InputChannels;
        _bandRows = 1;
        while (_bandRows < shape.OutputHeight && BytesOf(_bandRows + 1) <= WindowBytes)
            _bandRows++;
        _capacity = RowsOf(_bandRows);
        _windowBytes = (BytesOf(_bandRows) + Tensor.Alignment - 1) / Tensor.Alignment * Tensor.Alignment;
    }

    public override string KernelName => $"{_pixels.Name}/{_inner.KernelName}";

    public override long ScratchBytes => _windowBytes + _inner.ScratchBytes;

    public override bool AcceptsResidual => _inner.AcceptsResidual;

    /// <summary>Makes a layer whose floats the first row reads that accepts them.</summary>
    public static PixelLayer Create(
        ConvolutionShape shape,
        PixelKernel pixels,
        ConvolutionRow[] floats,
        ReadOnlySpan<float> weights,
        ReadOnlySpan<float> bias)
    {
        ConvolutionShape inner = ShapeOfFloats(shape);
        ConvolutionRow row = Array.Find(floats, row => row.Accepts(inner))!;
        return new PixelLayer(shape, pixels, row.Create(inner, weights, bias));
    }

    public override void Run(in ConvolutionArguments arguments)
    {
        (int start, int end) = arguments.CutRows();
        int top = Shape.PadTop - _inner.Shape.PadTop;
        RowWindow window = new((float*)arguments.Scratch, _capacity, _rowLength);
        for (int row = start; row < end; row += _bandRows)
        {
            int bandEnd = Math.Min(row + _bandRows, end);
            (int first, int last) = _inner.Shape.InputRows(row, bandEnd);
            for (int y = last > window.End ? window.Append(first, last) : last; y < last; y++)
                Fill(arguments.Pixels, y - top, window.Image + (y * _rowLength));
            _inner.Run(arguments with
            {
                Input = window.Image,
                InputStride = Shape.InputChannels,
                Scratch = arguments.Scratch + _windowBytes,
                RowStart = row,
                RowEnd = bandEnd,
                Share = 0,
                Shares = 1,
            });
        }
    }

    protected override void Dispose(bool disposing) => _inner.Dispose();

    // The same convolution of floats. Around planes the padding is there: no patch has to be written out.
    private static ConvolutionShape ShapeOfFloats(ConvolutionShape shape) => !shape.IsInputPlanar
        ? shape with { Pixels = null }
        : shape with
        {
            Pixels = null,
            IsInputByRow = true,
            InputHeight = Extent(
                shape.InputHeight + shape.PadTop,
                shape.OutputHeight,
                shape.StrideY,
                (shape.KernelHeight - 1) * shape.DilationY),
            InputWidth = Extent(
                shape.InputWidth + shape.PadLeft,
                shape.OutputWidth,
                shape.StrideX,
                (shape.KernelWidth - 1) * shape.DilationX),
            PadTop = 0,
            PadLeft = 0,
        };

    private static int Extent(int there, int outputs, int stride, int reach) =>
        Math.Max(there, checked(((outputs - 1) * stride) + reach + 1));

    private int RowsOf(int bandRows) =>
        ((bandRows - 1) * Shape.StrideY) + ((Shape.KernelHeight - 1) * Shape.DilationY) + 1;

    private long BytesOf(int bandRows) => RowsOf(bandRows) * _rowLength * sizeof(float);

    // A row of the picture with zeros on both sides, or of nothing but zeros.
    private void Fill(byte* picture, int y, float* row)
    {
        if (y < 0 || y >= Shape.InputHeight)
        {
            new Span<float>(row, (int)_rowLength).Clear();
            return;
        }

        int runs = Shape.IsInputPlanar ? Shape.InputChannels : 1;
        int run = (int)_rowLength / runs, unit = Shape.InputChannels / runs;
        int left = (Shape.PadLeft - _inner.Shape.PadLeft) * unit, inside = Shape.InputWidth * unit;
        if (run != inside)
        {
            for (int i = 0; i < runs; i++)
            {
                new Span<float>(row + ((long)i * run), left).Clear();
                new Span<float>(row + ((long)i * run) + left + inside, run - left - inside).Clear();
            }
        }

        byte* pixels = picture + ((long)y * Shape.InputWidth * Shape.InputChannels);
        _pixels.Run(_row, pixels, Shape.InputWidth, row + left, run);
    }
}
