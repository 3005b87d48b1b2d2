using EdgeConv.Kernels.Convolution;
using EdgeConv.Kernels.Elementwise;
using EdgeConv.Kernels.Lanes;

namespace EdgeConv.Kernels.Depthwise;

/// <summary>
/// A depthwise convolution: for each input channel, bands of its plane are laid out in scratch memory as
/// <see cref="DepthwiseGeometry"/> draws, then a tile computes each of the channel's outputs from them.
/// </summary>
internal abstract unsafe class DepthwiseLayer<TLanes, TVector> : ConvolutionLayer
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private readonly ElementwiseKernel _elementwise;
    private readonly PackedWeights _packed;

    // Packed as [Cout][bias, KH KW taps].
    private protected DepthwiseLayer(
        ElementwiseKernel elementwise,
        in ConvolutionShape shape,
        ReadOnlySpan<float> weights,
        ReadOnlySpan<float> bias)
        : base(shape)
    {
        _elementwise = elementwise;
        Geometry = new DepthwiseGeometry(shape, TLanes.Count);
        int length = shape.Taps + 1;
        _packed = new PackedWeights((long)length * shape.OutputChannels);
        for (int channel = 0; channel < shape.OutputChannels; channel++)
        {
            Span<float> row = new(_packed.Data + ((long)channel * length), length);
            row[0] = bias.IsEmpty ? 0 : bias[channel];
            weights.Slice(channel * shape.Taps, shape.Taps).CopyTo(row[1..]);
        }
    }

    public override long ScratchBytes => Geometry.BandLength * sizeof(float);

    public override bool AcceptsResidual => false;

    private protected DepthwiseGeometry Geometry { get; }

    public override void Run(in ConvolutionArguments arguments)
    {
        if (arguments.Residual is not null)
            throw new ArgumentException("a depthwise layer adds no residual", nameof(arguments));
        float* band = (float*)arguments.Scratch;
        new Span<float>(band, checked((int)Geometry.BandLength)).Clear();
        (int start, int end) = arguments.Cut(Shape.InputChannels, 1);
        for (int channel = start; channel < end; channel++)
        {
            for (int row = 0; row < Shape.OutputHeight; row += Geometry.BandRows)
            {
                int rows = Math.Min(Geometry.BandRows, Shape.OutputHeight - row);
                PaddedRows<TLanes, TVector>.Fill(
                    Shape, Geometry, arguments.Input + ((long)channel * Shape.InputPixels), row, band);
                RunBand(arguments, channel, row, rows);
            }
        }
    }

    /// <summary>
    /// Computes <paramref name="rows"/> rows of one output plane from the band in <paramref name="x"/>, up to and including the
    /// clamp of the activation.
    /// </summary>
    /// <param name="weights">Bias and taps of the output channel.</param>
    /// <param name="x">The band.</param>
    /// <param name="y">The first of the output rows.</param>
    /// <param name="rows">Their number.</param>
    /// <param name="activation">Its clamp is applied.</param>
    private protected abstract void Band(float* weights, float* x, float* y, int rows, in Activation activation);

    protected override void Dispose(bool disposing) => _packed.Dispose();

    private void RunBand(in ConvolutionArguments arguments, int channel, int row, int rows)
    {
        int multiplier = Shape.OutputChannels / Shape.InputChannels;
        long count = (long)rows * Shape.OutputWidth;
        for (int output = channel * multiplier; output < (channel + 1) * multiplier; output++)
        {
            float* y = arguments.Output + ((long)output * Shape.OutputPixels) + ((long)row * Shape.OutputWidth);
            float* weights = _packed.Data + ((long)output * (Shape.Taps + 1));
            Band(weights, (float*)arguments.Scratch, y, rows, arguments.Activation);
            if (arguments.Activation.NeedsPass)
                _elementwise.Activate(arguments.Activation, y, y, count);
        }
    }
}
