using EdgeConv.Kernels.Convolution;
using EdgeConv.Kernels.Elementwise;
using EdgeConv.Kernels.Lanes;

namespace EdgeConv.Kernels.Depthwise;

/// <summary>
/// A depthwise convolution with one filter a channel, row after row: outputs whose taps all lie in the image
/// in tiles of neighbours, those at the left and right edge one by one without the taps outside. With three
/// or five columns of taps the tiles go from edge to edge; with channels that do not fill vectors and stride 1
/// a row is one run. Rows above and below the image are left out, so that nothing is padded. Where a kernel
/// has many rows, channels are taken in blocks whose rows under it stay in the first-level cache.
/// </summary>
internal sealed unsafe class F32Depthwise<TLanes, TVector> : ConvolutionLayer
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private const int BlockBytes = 20 * 1024;
    // Measured: for 3x3, and for fewer channels, more passes cost more than the cache gives.
    private const int BlockUnit = 32;
    private const int ChannelUnit = 16;
    // Measured: the calls for a row of fewer channels cost more than what the other core's cache does.
    private const int LeastChannelsPerShare = 192;

    private readonly ElementwiseKernel _elementwise;
    private readonly int _block;
    private readonly PackedWeights _packed;
    private readonly PackedWeights? _repeated;
    private readonly RowTile[] _tiles = [];
    private readonly DepthwiseNine<TLanes, TVector>? _nine;
    private readonly int _innerStart;
    private readonly int _innerEnd;

    public F32Depthwise(
        ElementwiseKernel elementwise,
        ConvolutionShape shape,
        ReadOnlySpan<float> weights,
        ReadOnlySpan<float> bias,
        bool? holdsNine = null)
        : base(shape)
    {
        _elementwise = elementwise;
        if (RowTiles.HasNarrowEdges(shape) && shape.OutputWidth >= 4)
            _tiles = RowTiles.Cut(shape.OutputWidth, 7, 4);
        InnerRectangle inner = InnerRectangle.Of(shape);
        (_innerStart, _innerEnd) = (inner.Left, inner.Left + inner.Width);
        int channels = shape.OutputChannels;
        bool isFlat = channels % TLanes.Count != 0 && shape is { StrideX: 1, DilationX: 1 };
        long rowsBytes = (long)shape.KernelHeight * shape.InputWidth * sizeof(float);
        int block = (int)(BlockBytes / rowsBytes) / BlockUnit * BlockUnit;
        _block = isFlat || block == 0 || shape.KernelHeight <= 3 ? channels : block;
        _packed = Pack(shape, weights, bias, _block);
        if (isFlat)
            _repeated = DepthwiseFlat<TLanes, TVector>.Repeat(_packed.Data, channels, shape.Taps + 1);
        // The nine weights and a tile's outputs want more than 16 registers.
        if ((holdsNine ?? TLanes.Registers >= 32) && DepthwiseNine<TLanes, TVector>.Accepts(shape))
            _nine = new DepthwiseNine<TLanes, TVector>(shape, _packed.Data, _block);
    }

    public override string KernelName => $"F32Depthwise{Form}{TLanes.Set}";

    public override long ScratchBytes => 0;

    public override bool AcceptsResidual => false;

    public override void Run(in ConvolutionArguments arguments)
    {
        if (arguments.Residual is not null)
            throw new ArgumentException("a depthwise layer adds no residual", nameof(arguments));
        OutputRectangle part = RectangleOf(arguments);
        int start = part.PixelStart / Shape.OutputWidth, end = part.PixelEnd / Shape.OutputWidth;
        for (int channel = part.ChannelStart; channel < part.ChannelEnd;)
        {
            (int Start, int End) channels = (channel, Math.Min(BlockOf(channel) + _block, part.ChannelEnd));
            ConvolutionArguments block =
                arguments with { Input = arguments.Input + channel, Output = arguments.Output + channel };
            for (int oy = start; oy < end;)
                oy += Rows(oy, end, channels, block);
            channel = channels.End;
        }
    }

    internal override OutputRectangle RectangleOf(in ConvolutionArguments arguments)
    {
        if (!IsOfChannels(arguments))
            return base.RectangleOf(arguments);
        (int start, int end) = arguments.Cut(Shape.OutputChannels, ChannelUnit);
        int width = Shape.OutputWidth;
        return new OutputRectangle(arguments.RowStart * width, arguments.RowEnd * width, start, end);
    }

    private string Form => this switch
    {
        { _nine: not null } => "3x3",
        { _repeated: not null } => "Flat",
        { _tiles.Length: not 0 } => $"{Shape.KernelWidth}",
        _ => "Taps",
    };

    protected override void Dispose(bool disposing)
    {
        _packed.Dispose();
        _nine?.Dispose();
        _repeated?.Dispose();
    }

    // Where the 1x1 layers before and behind it are cut so too. A flat row is one run of all channels.
    private bool IsOfChannels(in ConvolutionArguments arguments)
    {
        if (arguments.Shares == 1)
            return false;
        Share share = new(arguments.Share, arguments.Shares);
        long pixels = (arguments.RowEnd - arguments.RowStart) * (long)Shape.OutputWidth;
        return _repeated is null && share.HasFewPixels(pixels)
            && Shape.OutputChannels >= LeastChannelsPerShare * share.Count;
    }

    // The first channel of its block.
    private int BlockOf(int channel) => channel / _block * _block;

    // [1 + KH KW, channels] of each block, the bias first; room behind for a vector.
    private static PackedWeights Pack(
        ConvolutionShape shape, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, int block)
    {
        int channels = shape.OutputChannels;
        PackedWeights packed =
            new(((shape.Taps + 1L) * channels) + TLanes.Count, $"depthwise in blocks of {block}");
        if (packed.IsFilled)
            return packed;
        for (int channel = 0; channel < channels; channel++)
        {
            int first = channel / block * block, width = Math.Min(block, channels - first);
            float* column = packed.Data + ((shape.Taps + 1L) * first) + channel - first;
            column[0] = bias.IsEmpty ? 0 : bias[channel];
            for (int tap = 0; tap < shape.Taps; tap++)
                column[(tap + 1L) * width] = weights[(channel * shape.Taps) + tap];
        }

        return packed;
    }

    // Computes one row or two of a block of channels, whose first is the first of the arguments' pixels.
    private int Rows(int oy, int end, (int Start, int End) channels, in ConvolutionArguments arguments)
    {
        float* output = arguments.Output + ((long)oy * Shape.OutputWidth * arguments.OutputStride);
        int rows = _nine?.Run(oy, end, channels, arguments) ?? 0;
        if (rows == 0)
        {
            Row(oy, channels, arguments, output);
            rows = 1;
        }

        if (arguments.Activation.NeedsPass)
        {
            _elementwise.ActivatePixels(
                arguments.Activation, output, rows * Shape.OutputWidth, channels.End - channels.Start,
                arguments.OutputStride);
        }

        return rows;
    }

    private void Row(int oy, (int Start, int End) channels, in ConvolutionArguments arguments, float* output)
    {
        int top = (oy * Shape.StrideY) - Shape.PadTop;
        (int Start, int End) ky =
            WindowShape.TapsInside(top, Shape.KernelHeight, Shape.DilationY, 0, Shape.InputHeight);
        long row = Shape.InputWidth * arguments.InputStride;
        long firstRow = ky.Start < ky.End ? top + ((long)ky.Start * Shape.DilationY) : 0;
        int block = BlockOf(channels.Start);
        DepthwiseWindow<TLanes, TVector> window = new()
        {
            FirstRow = arguments.Input + (firstRow * row),
            RowStep = Shape.DilationY * row,
            KyStart = ky.Start,
            KyEnd = ky.End,
            KernelWidth = Shape.KernelWidth,
            TapStep = Shape.DilationX * arguments.InputStride,
            PixelStep = Shape.StrideX * arguments.InputStride,
            Weights = _packed.Data + ((Shape.Taps + 1L) * block) + channels.Start - block,
            WeightStep = Math.Min(_block, Shape.OutputChannels - block),
            Channels = channels.End - channels.Start,
            OutputStride = arguments.OutputStride,
            Clamp = Clamp<TLanes, TVector>.Of(arguments.Activation),
        };
        if (_tiles.Length != 0 && !IsFlat(arguments))
            Tiles(ref window, arguments.InputStride, output);
        else
            InnerAndEdges(ref window, arguments, output);
    }

    private void Tiles(ref DepthwiseWindow<TLanes, TVector> window, long stride, float* output)
    {
        int taps = window.KxEnd = Shape.KernelWidth;
        foreach (RowTile tile in _tiles)
        {
            int left = (tile.Start * Shape.StrideX) - Shape.PadLeft;
            int last = left + ((tile.Size - 1) * Shape.StrideX) + taps - 1;
            window.Column = left * stride;
            window.MissingLeft = Math.Max(0, -left);
            window.MissingRight = Math.Max(0, last - Shape.InputWidth + 1);
            window.Output = output + (tile.Start * window.OutputStride);
            if (taps == 3)
                Three(window, tile.Size);
            else
                Five(window, tile.Size);
        }
    }

    private void Three(in DepthwiseWindow<TLanes, TVector> window, int outputs)
    {
        switch (Shape.StrideX, outputs)
        {
            case (1, 7): DepthwiseThree<TLanes, TVector>.Stride1Tile7(window); break;
            case (1, _): DepthwiseThree<TLanes, TVector>.Stride1Tile4(window); break;
            case (_, 7): DepthwiseThree<TLanes, TVector>.Stride2Tile7(window); break;
            default: DepthwiseThree<TLanes, TVector>.Stride2Tile4(window); break;
        }
    }

    private void Five(in DepthwiseWindow<TLanes, TVector> window, int outputs)
    {
        switch (Shape.StrideX, outputs)
        {
            case (1, 7): DepthwiseFive<TLanes, TVector>.Stride1Tile7(window); break;
            case (1, _): DepthwiseFive<TLanes, TVector>.Stride1Tile4(window); break;
            case (_, 7): DepthwiseFive<TLanes, TVector>.Stride2Tile7(window); break;
            default: DepthwiseFive<TLanes, TVector>.Stride2Tile4(window); break;
        }
    }

    private bool IsFlat(in ConvolutionArguments arguments) => _repeated is not null
        && arguments.InputStride == Shape.InputChannels && arguments.OutputStride == Shape.OutputChannels;

    private void InnerAndEdges(
        ref DepthwiseWindow<TLanes, TVector> window, in ConvolutionArguments arguments, float* output)
    {
        long stride = arguments.InputStride;
        for (int ox = 0; ox < _innerStart; ox++)
            Edge(ref window, stride, ox, output);
        window.KxStart = 0;
        window.KxEnd = Shape.KernelWidth;
        bool isFlat = IsFlat(arguments);
        for (int ox = _innerStart; ox < _innerEnd;)
        {
            window.Column = ((ox * Shape.StrideX) - Shape.PadLeft) * stride;
            window.Output = output + (ox * window.OutputStride);
            ox += isFlat ? Flat(window, _innerEnd - ox) : Tile(window, _innerEnd - ox);
        }

        for (int ox = _innerEnd; ox < Shape.OutputWidth; ox++)
            Edge(ref window, stride, ox, output);
    }

    // Computes all the outputs that are left in the row, and says how many.
    private int Flat(in DepthwiseWindow<TLanes, TVector> window, int left)
    {
        DepthwiseFlat<TLanes, TVector>.Run(window, _repeated!.Data, left * (long)Shape.OutputChannels);
        return left;
    }

    private void Edge(ref DepthwiseWindow<TLanes, TVector> window, long stride, int ox, float* output)
    {
        int left = (ox * Shape.StrideX) - Shape.PadLeft;
        (window.KxStart, window.KxEnd) =
            WindowShape.TapsInside(left, Shape.KernelWidth, Shape.DilationX, 0, Shape.InputWidth);
        window.Column = (left + (window.KxStart * Shape.DilationX)) * stride;
        window.Output = output + (ox * window.OutputStride);
        DepthwiseTaps<TLanes, TVector>.Tile1(window);
    }

    // Computes some of the outputs that are left in the row, and says how many.
    private static int Tile(in DepthwiseWindow<TLanes, TVector> window, int left)
    {
        switch (left)
        {
            case < 4:
                DepthwiseTaps<TLanes, TVector>.Tile1(window);
                return 1;
            case < 8:
                DepthwiseTaps<TLanes, TVector>.Tile4(window);
                return 4;
            default:
                DepthwiseTaps<TLanes, TVector>.Tile8(window);
                return 8;
        }
    }
}
