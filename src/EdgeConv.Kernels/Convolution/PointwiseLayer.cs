using EdgeConv.Kernels.Pointwise;

namespace EdgeConv.Kernels.Convolution;

/// <summary>A 1x1 convolution: the pixels of the image are the rows of the matrix.</summary>
internal sealed unsafe class PointwiseLayer : ConvolutionLayer
{
    private readonly PointwiseKernel _kernel;
    private readonly PackedWeights _packed;

    public PointwiseLayer(
        PointwiseKernel kernel,
        ConvolutionShape shape,
        ReadOnlySpan<float> weights,
        ReadOnlySpan<float> bias)
        : base(shape)
    {
        _kernel = kernel;
        _packed = kernel.Pack(weights, bias, shape.OutputChannels);
    }

    public override string KernelName => _kernel.Name;

    public override long ScratchBytes => 0;

    public override bool AcceptsScales => true;

    public override long ScaledScratchBytes => sizeof(float)
        * _kernel.ScaleLength(Shape.InputChannels, Shape.OutputChannels, (int)Shape.OutputPixels);

    public override void Run(in ConvolutionArguments arguments)
    {
        int first = arguments.RowStart * Shape.OutputWidth;
        int end = arguments.RowEnd * Shape.OutputWidth;
        PointwiseArguments whole = new()
        {
            Packed = _packed.Data,
            InputChannels = Shape.InputChannels,
            Input = arguments.Input,
            InputStride = arguments.InputStride,
            Output = arguments.Output,
            OutputStride = arguments.OutputStride,
            Residual = arguments.Residual,
            Scales = arguments.Scales,
            Scratch = (float*)arguments.Scratch,
            Pixels = end,
            ChannelEnd = Shape.OutputChannels,
            Activation = arguments.Activation,
        };
        _kernel.RunShare(whole.Rows(first, end - first), arguments.Share, arguments.Shares);
    }

    internal override OutputRectangle RectangleOf(in ConvolutionArguments arguments)
    {
        int first = arguments.RowStart * Shape.OutputWidth, end = arguments.RowEnd * Shape.OutputWidth;
        Share share = new(arguments.Share, arguments.Shares);
        OutputRectangle part =
            _kernel.CutShare(end - first, Shape.InputChannels, Shape.OutputChannels, share);
        return part with { PixelStart = first + part.PixelStart, PixelEnd = first + part.PixelEnd };
    }

    protected override void Dispose(bool disposing) => _packed.Dispose();
}
