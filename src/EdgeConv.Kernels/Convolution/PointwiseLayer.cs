using EdgeConv.Kernels.Pointwise;

namespace EdgeConv.Kernels.Convolution;

/// <summary>A 1x1 convolution: the planes of the image are the matrix.</summary>
internal sealed unsafe class PointwiseLayer : ConvolutionLayer
{
    // Shares of a few pixels would stream all weights for little: below this the channels are shared out.
    private const int LeastPixelsPerShare = 96;

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
        int pixels = Shape.OutputPixels;
        (int Start, int End) columns = (0, pixels), channels = (0, Shape.OutputChannels);
        if (pixels / arguments.Shares >= LeastPixelsPerShare)
            columns = arguments.Cut(pixels, LeastPixelsPerShare / 4);
        else
            channels = arguments.Cut(Shape.OutputChannels, _kernel.BlockChannels);
        _kernel.Run(new PointwiseArguments
        {
            Packed = _packed.Data,
            InputChannels = Shape.InputChannels,
            Input = arguments.Input,
            InputStride = pixels,
            Output = arguments.Output,
            OutputStride = pixels,
            Residual = arguments.Residual,
            PixelStart = columns.Start,
            PixelEnd = columns.End,
            ChannelStart = channels.Start,
            ChannelEnd = channels.End,
            Activation = arguments.Activation,
        });
    }

    protected override void Dispose(bool disposing) => _packed.Dispose();
}
