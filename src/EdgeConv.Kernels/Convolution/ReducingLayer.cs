using EdgeConv.Kernels.Elementwise;
using EdgeConv.Kernels.Statistics;

namespace EdgeConv.Kernels.Convolution;

/// <summary>
/// A layer whose output is reduced to statistics of each channel while it is computed: a band of rows at a
/// time, which is still in the second-level cache when it is added to the sums. Where values before the
/// activation are wanted, the layer leaves it to this pass.
/// </summary>
public sealed unsafe class ReducingLayer
{
    // Fewer pixels would leave the tiles of 1x1 convolutions unfilled and pass their weights too often.
    private const int LeastBandPixels = 96;
    private const long BandBytes = 192 * 1024;

    private readonly ConvolutionLayer _layer;
    private readonly OutputStatistics _wanted;
    private readonly ChannelSumsKernel _sums;
    private readonly ElementwiseKernel _elementwise;
    private readonly long _beforeBytes;

    /// <summary>Reduces the output of a layer.</summary>
    /// <param name="layer">Must live as long as this one runs.</param>
    /// <param name="wanted">What is reduced.</param>
    /// <param name="set">The instruction set; null for the chosen one.</param>
    public ReducingLayer(ConvolutionLayer layer, OutputStatistics wanted, KernelSet? set = null)
    {
        ArgumentNullException.ThrowIfNull(layer);
        _layer = layer;
        _wanted = wanted;
        _sums = KernelTable.ChannelSums(set);
        _elementwise = KernelTable.Elementwise(set);
        _beforeBytes = ChannelSums.BytesFor(layer.Shape.OutputChannels, wanted.Before);
    }

    /// <summary>Bytes of memory for the sums of a share, a multiple of 64.</summary>
    public long SumsBytes => _beforeBytes + ChannelSums.BytesFor(_layer.Shape.OutputChannels, _wanted.After);

    /// <summary>Computes a share of one image and the sums of what it computes.</summary>
    /// <param name="arguments">Of the layer.</param>
    /// <param name="sums"><see cref="SumsBytes"/> aligned to 64 bytes, of each share its own.</param>
    public void Run(in ConvolutionArguments arguments, byte* sums)
    {
        Clear(sums);
        int bands = Bands(arguments);
        for (int band = 0; band < bands; band++)
        {
            int share = (arguments.Share * bands) + band;
            RunBand(arguments with { Share = share, Shares = arguments.Shares * bands }, sums, ownRow: 0);
        }
    }

    // A band is a share of a share: what it is made of, rows, pixels or channels, the layer says.
    private int Bands(in ConvolutionArguments arguments)
    {
        long pixels = (arguments.RowEnd - arguments.RowStart) * (long)_layer.Shape.OutputWidth;
        long bytes = pixels * _layer.Shape.OutputChannels * sizeof(float);
        long wanted = ((bytes / arguments.Shares) + BandBytes - 1) / BandBytes;
        return (int)Math.Clamp(wanted, 1, Math.Max(1, pixels / arguments.Shares / LeastBandPixels));
    }

    /// <summary>
    /// Puts together the sums of all shares, <paramref name="step"/> bytes apart, when they are done.
    /// </summary>
    /// <param name="sums">Those of the first share.</param>
    /// <param name="step">Bytes from one share's to the next one's.</param>
    /// <param name="shares">How many shares there are.</param>
    /// <param name="before">
    /// Gets <c>[C]</c> means, then <c>[C]</c> variances if they are wanted too, before the activation.
    /// </param>
    /// <param name="after">Gets the same behind the activation.</param>
    public void Reduce(byte* sums, long step, int shares, float* before, float* after)
    {
        if (_wanted.Before != Statistic.None)
            Before(sums).Reduce(shares, step, before);
        if (_wanted.After != Statistic.None)
            After(sums).Reduce(shares, step, after);
    }

    /// <summary>Forgets what was added.</summary>
    internal void Clear(byte* sums)
    {
        if (_wanted.Before != Statistic.None)
            Before(sums).Clear();
        if (_wanted.After != Statistic.None)
            After(sums).Clear();
    }

    /// <summary>
    /// Computes rows and adds them to the sums, but for those before <paramref name="ownRow"/>.
    /// </summary>
    internal void RunBand(in ConvolutionArguments arguments, byte* sums, int ownRow)
    {
        bool isBefore = _wanted.Before != Statistic.None;
        if (isBefore)
            _layer.Run(arguments with { Activation = Activation.None });
        else
            _layer.Run(arguments);
        OutputRectangle made = _layer.RectangleOf(arguments);
        int own = Math.Clamp(ownRow * _layer.Shape.OutputWidth, made.PixelStart, made.PixelEnd);
        SummedPixels pixels = Pixels(arguments, made with { PixelStart = own });
        if (isBefore)
        {
            Activate(arguments, made with { PixelEnd = own });
            AddAndActivate(arguments, pixels, made with { PixelStart = own }, Before(sums));
        }

        if (_wanted.After != Statistic.None)
            _sums.Add(pixels, After(sums));
    }

    private static SummedPixels Pixels(in ConvolutionArguments arguments, OutputRectangle part) => new()
    {
        First = arguments.Output + (part.PixelStart * arguments.OutputStride),
        Stride = arguments.OutputStride,
        Count = part.PixelEnd - part.PixelStart,
        ChannelStart = part.ChannelStart,
        ChannelEnd = part.ChannelEnd,
    };

    private ChannelSums Before(byte* sums) => new(sums, _layer.Shape.OutputChannels, _wanted.Before);

    private ChannelSums After(byte* sums) =>
        new(sums + _beforeBytes, _layer.Shape.OutputChannels, _wanted.After);

    private void AddAndActivate(
        in ConvolutionArguments arguments, in SummedPixels pixels, OutputRectangle part, in ChannelSums sums)
    {
        Activation activation = arguments.Activation;
        if (activation == Activation.None || activation.NeedsPass)
        {
            _sums.Add(pixels, sums);
            Activate(arguments, part);
        }
        else
        {
            _sums.AddAndClamp(pixels, activation, sums);
        }
    }

    private void Activate(in ConvolutionArguments arguments, OutputRectangle part)
    {
        if (arguments.Activation == Activation.None)
            return;
        _elementwise.ActivatePixels(
            arguments.Activation,
            arguments.Output + (part.PixelStart * arguments.OutputStride) + part.ChannelStart,
            part.PixelEnd - part.PixelStart,
            part.ChannelEnd - part.ChannelStart,
            arguments.OutputStride);
    }
}
