using EdgeConv.Kernels.Pointwise;

namespace EdgeConv.Kernels.Convolution;

/// <summary>A 1x1 convolution: the pixels of the image are the rows of the matrix.</summary>
internal sealed unsafe class PointwiseLayer : ConvolutionLayer
{
    // Shares of a few pixels would stream all weights for little: below this the channels are shared out.
    private const int LeastPixelsPerShare = 96;
    private const int PixelUnit = 24;

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

    public override void Run(in ConvolutionArguments arguments)
    {
        int first = arguments.RowStart * Shape.OutputWidth;
        int count = (arguments.RowEnd * Shape.OutputWidth) - first;
        (int Start, int End) pixels = (0, count), channels = (0, Shape.OutputChannels);
        if (count / arguments.Shares >= LeastPixelsPerShare)
            pixels = arguments.Cut(count, PixelUnit);
        else
            channels = arguments.Cut(Shape.OutputChannels, _kernel.BlockChannels);
        PointwiseArguments whole = new()
        {
            Packed = _packed.Data,
            InputChannels = Shape.InputChannels,
            Input = arguments.Input,
            InputStride = arguments.InputStride,
            Output = arguments.Output,
            OutputStride = arguments.OutputStride,
            Residual = arguments.Residual,
            Pixels = first + count,
            ChannelStart = channels.Start,
            ChannelEnd = channels.End,
            Activation = arguments.Activation,
        };
        _kernel.Run(whole.Rows(first + pixels.Start, pixels.End - pixels.Start));
    }

    protected override void Dispose(bool disposing) => _packed.Dispose();
}
