using EdgeConv.Kernels.Elementwise;
using EdgeConv.Kernels.Lanes;
using EdgeConv.Kernels.Pointwise;

namespace EdgeConv.Kernels.Convolution;

/// <summary>
/// A convolution of one group that reads planes <c>[Cin,H,W]</c>, as a picture arrives, or <c>[H,Cin,W]</c>,
/// and writes pixels: the product of a matrix, whose rows are the patches <c>[Cin,KH,KW]</c> under the kernel, with its weights.
/// Patches inside the image are read where they lie; those that reach over its edge are written out first.
/// </summary>
internal sealed unsafe class PlanarLayer<TLanes, TVector> : ConvolutionLayer
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private const int BandBytes = 8 * 1024;
    private const int PixelUnit = 24;

    private readonly PointwiseKernel _kernel;
    private readonly ElementwiseKernel _elementwise;
    private readonly PackedWeights _packed;
    private readonly PlanarPatches _patches;
    private readonly InnerRectangle _inner;
    private readonly int _bandPixels;

    public PlanarLayer(
        PointwiseKernel kernel,
        ElementwiseKernel elementwise,
        ConvolutionShape shape,
        ReadOnlySpan<float> weights,
        ReadOnlySpan<float> bias)
        : base(shape)
    {
        (_kernel, _elementwise) = (kernel, elementwise);
        _packed = kernel.Pack(weights, bias, shape.OutputChannels);
        _patches = new PlanarPatches(shape);
        if (shape.DilationX == 1 && kernel.BlockChannels == PlanarTile<TLanes, TVector>.BlockChannels)
            _inner = InnerRectangle.Of(shape);
        long most = BandBytes / sizeof(float) / shape.WeightsPerOutput / PixelUnit * PixelUnit;
        _bandPixels = (int)Math.Min(Math.Max(most, PixelUnit), shape.OutputPixels);
    }

    public override string KernelName => "F32Planar/" + _kernel.Name;

    public override long ScratchBytes => (long)Shape.WeightsPerOutput * _bandPixels * sizeof(float);

    public override void Run(in ConvolutionArguments arguments)
    {
        (int start, int end) = arguments.CutRows();
        int width = Shape.OutputWidth;
        int top = _inner.Width == 0 ? end : Math.Clamp(_inner.Top, start, end);
        int bottom = Math.Clamp(_inner.Bottom, top, end);
        Written(arguments, start * width, (top - start) * width, 1);
        for (int column = 0; column < width && top < bottom; column++)
        {
            if (column == _inner.Left)
                column += _inner.Width;
            if (column < width)
                Written(arguments, (top * width) + column, bottom - top, width);
        }

        for (int oy = top; oy < bottom; oy++)
            InPlace(arguments, oy);
        Written(arguments, bottom * width, (end - bottom) * width, 1);
    }

    protected override void Dispose(bool disposing) => _packed.Dispose();

    private void InPlace(in ConvolutionArguments arguments, int oy)
    {
        long y = (oy * Shape.StrideY) - Shape.PadTop, x = (_inner.Left * Shape.StrideX) - Shape.PadLeft;
        float* first = arguments.Input + (y * _patches.RowStride) + x;
        PointwiseArguments row =
            Arguments(arguments, first, (oy * Shape.OutputWidth) + _inner.Left, _inner.Width);
        float* block = row.Packed;
        fixed (long* runs = _patches.Runs)
        {
            PlanarPatch patch = new()
            {
                Runs = runs,
                Count = _patches.Runs.Length,
                Taps = Shape.KernelWidth,
                Step = Shape.StrideX,
            };
            for (int channel = 0; channel < row.ChannelEnd; channel += _kernel.BlockChannels)
            {
                PixelTarget<TLanes, TVector> target = new(row, channel);
                if (row.ChannelEnd - channel > _kernel.NarrowChannels)
                    PlanarTile<TLanes, TVector>.Wide(target, patch, block);
                else
                    PlanarTile<TLanes, TVector>.Narrow(target, patch, block);
                block += _kernel.BlockChannels * (row.InputChannels + 1L);
            }
        }

        if (row.Activation.NeedsPass)
        {
            _elementwise.ActivatePixels(
                row.Activation, row.Output, row.Pixels, row.ChannelEnd, row.OutputStride);
        }
    }

    // Outputs that lie a step apart: 1 in a row, W' in a column at the edge.
    private void Written(in ConvolutionArguments arguments, int pixel, int count, int step)
    {
        float* matrix = (float*)arguments.Scratch;
        for (; count > 0; count -= _bandPixels, pixel += _bandPixels * step)
        {
            int pixels = Math.Min(_bandPixels, count);
            for (int i = 0; i < pixels; i++)
                _patches.Fill(arguments.Input, pixel + (i * step), matrix + ((long)i * Shape.WeightsPerOutput));
            _kernel.Run(Arguments(arguments, matrix, pixel, pixels) with
            {
                OutputStride = step * arguments.OutputStride,
            });
        }
    }

    private PointwiseArguments Arguments(
        in ConvolutionArguments arguments, float* input, int pixel, int pixels)
    {
        long offset = pixel * arguments.OutputStride;
        return new PointwiseArguments
        {
            Packed = _packed.Data,
            InputChannels = Shape.WeightsPerOutput,
            Input = input,
            InputStride = Shape.WeightsPerOutput,
            Output = arguments.Output + offset,
            OutputStride = arguments.OutputStride,
            Residual = arguments.Residual is null ? null : arguments.Residual + offset,
            Pixels = pixels,
            ChannelEnd = Shape.OutputChannels,
            Activation = arguments.Activation,
        };
    }
}
