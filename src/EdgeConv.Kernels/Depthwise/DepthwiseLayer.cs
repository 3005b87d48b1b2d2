using System.Runtime.CompilerServices;
using EdgeConv.Kernels.Convolution;
using EdgeConv.Kernels.Elementwise;
using EdgeConv.Kernels.Lanes;

namespace EdgeConv.Kernels.Depthwise;

/// <summary>
/// A depthwise convolution: for each input channel, bands of its plane are laid out in scratch memory as
/// <see cref="DepthwiseGeometry"/> draws, then strips one vector wide compute each of the channel's outputs
/// from them.
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
        ConvolutionShape shape,
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
                PaddedRows<TLanes, TVector>.Fill(
                    Shape, Geometry, arguments.Input + ((long)channel * Shape.InputPixels), row, band);
                RunBand(arguments, channel, row, Math.Min(Geometry.BandRows, Shape.OutputHeight - row));
            }
        }
    }

    /// <summary>Computes one vector of columns down all rows of a band.</summary>
    /// <param name="weights">Bias and taps of the output channel.</param>
    /// <param name="x">The place of the first output in the band.</param>
    /// <param name="y">The first output.</param>
    /// <param name="target">The band it belongs to.</param>
    private protected abstract void Strip(float* weights, float* x, float* y, in Target target);

    /// <summary>
    /// Computes a band; the last strip overlaps the one before where the width is no multiple of the lanes.
    /// </summary>
    private protected virtual void Band(float* weights, float* x, in Target target)
    {
        int lanes = TLanes.Count;
        int ox = 0;
        for (; ox + lanes <= target.Width; ox += lanes)
            Strip(weights, x + ox, target.Output + ox, target);
        if (ox == target.Width)
            return;
        ox = Math.Max(0, target.Width - lanes);
        Strip(weights, x + ox, target.Output + ox, target);
    }

    protected override void Dispose(bool disposing) => _packed.Dispose();

    private void RunBand(in ConvolutionArguments arguments, int channel, int row, int rows)
    {
        int multiplier = Shape.OutputChannels / Shape.InputChannels;
        for (int output = channel * multiplier; output < (channel + 1) * multiplier; output++)
        {
            float* plane = arguments.Output + ((long)output * Shape.OutputPixels);
            float* y = plane + ((long)row * Shape.OutputWidth);
            float* weights = _packed.Data + ((long)output * (Shape.Taps + 1));
            Target target = new(y, rows, Shape.OutputWidth, arguments.Activation);
            Band(weights, (float*)arguments.Scratch, target);
            if (arguments.Activation.NeedsPass)
                _elementwise.Activate(arguments.Activation, y, y, (long)rows * Shape.OutputWidth);
        }
    }

    /// <summary>Rows of an output plane and the clamp each vector passes on its way there.</summary>
    private protected readonly struct Target
    {
        private readonly TVector _lower;
        private readonly TVector _upper;
        private readonly float* _lastWhole;
        private readonly float* _end;

        public Target(float* output, int rows, int width, in Activation activation)
        {
            Output = output;
            Rows = rows;
            Width = width;
            _lower = TLanes.Broadcast(activation.Lower);
            _upper = TLanes.Broadcast(activation.Upper);
            _end = output + ((long)rows * width);
            _lastWhole = _end - TLanes.Count;
        }

        /// <summary>First output.</summary>
        public float* Output { get; }

        /// <summary>Rows to compute.</summary>
        public int Rows { get; }

        /// <summary>Floats from one row to the next.</summary>
        public int Width { get; }

        /// <summary>
        /// Clamps and stores a vector. Where a row is shorter than a vector the excess goes to the rows
        /// below, whose turn comes later: rows must be stored from the top down. At the end of the band the
        /// excess is cut off.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Store(float* y, TVector value)
        {
            value = TLanes.Min(_upper, TLanes.Max(_lower, value));
            if (y <= _lastWhole)
                TLanes.Store(y, value);
            else
                TLanes.StorePartial(y, value, (int)(_end - y));
        }
    }
}
