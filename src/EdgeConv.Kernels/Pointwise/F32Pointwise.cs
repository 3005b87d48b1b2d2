using EdgeConv.Kernels.Elementwise;

namespace EdgeConv.Kernels.Pointwise;

/// <summary>A register tile: a few pixels by a block of output channels.</summary>
internal interface IPointwiseTile<TLanes, TVector>
    where TLanes : struct, Lanes.ILanes<TVector>
    where TVector : struct
{
    /// <summary>Tile and instruction set, as in "6x16Avx2": pixels x output channels.</summary>
    static abstract string Name { get; }

    /// <summary>Output channels of a packed block.</summary>
    static abstract int BlockChannels { get; }

    /// <summary>
    /// Computes one block of channels, or several whole ones that follow it, for all pixels of
    /// <paramref name="target"/>.
    /// </summary>
    /// <param name="target">Where from and where to.</param>
    /// <param name="weights">The packed block.</param>
    /// <returns>How many blocks they were.</returns>
    static abstract unsafe int Wide(in PixelTarget<TLanes, TVector> target, float* weights);

    /// <summary>Computes a block of half as many channels, from <paramref name="channel"/> on.</summary>
    static abstract unsafe void Narrow(in PointwiseArguments arguments, int channel, float* weights);
}

/// <summary>
/// The product by bands of pixels: the inputs of a band stay in the cache while all packed blocks pass. Where
/// the weights are too many for the second-level cache there is one band, so that they pass once.
/// Activations that a tile does not apply in registers follow on each band while it is still near.
/// </summary>
internal sealed unsafe class F32Pointwise<TTile, TLanes, TVector>(ElementwiseKernel elementwise)
    : PointwiseKernel
    where TTile : struct, IPointwiseTile<TLanes, TVector>
    where TLanes : struct, Lanes.ILanes<TVector>
    where TVector : struct
{
    // A multiple of every tile's pixels.
    private const int BandPixels = 96;
    private const long MostWeightsForBands = 512 * 1024 / sizeof(float);

    public override string Name => "F32Pointwise" + TTile.Name;

    public override int BlockChannels => TTile.BlockChannels;

    public override void Run(in PointwiseArguments arguments)
    {
        if (arguments.Scales is null)
            RunBands(arguments);
        else
            RunBands(Scaled(arguments));
    }

    private void RunBands(in PointwiseArguments arguments)
    {
        long weights = (arguments.ChannelEnd - arguments.ChannelStart) * (long)arguments.InputChannels;
        int band = weights > MostWeightsForBands ? arguments.Pixels : BandPixels;
        for (int start = 0; start < arguments.Pixels; start += band)
            Band(arguments.Rows(start, Math.Min(band, arguments.Pixels - start)));
    }

    // Either side of the product may take the scales, (s x) w = x (s w): that of fewer floats does, so that many
    // multiply-adds cost one multiplication.
    private PointwiseArguments Scaled(in PointwiseArguments arguments)
    {
        int inputs = arguments.InputChannels;
        float* scratch = arguments.Scratch;
        long weights = PackedLength(inputs, arguments.ChannelEnd - arguments.ChannelStart);
        if (weights <= (long)arguments.Pixels * inputs)
        {
            ScaleWeights(arguments);
            return arguments with { Packed = scratch - (arguments.ChannelStart * (inputs + 1L)) };
        }

        for (long pixel = 0; pixel < arguments.Pixels; pixel++)
        {
            float* x = arguments.Input + (pixel * arguments.InputStride);
            elementwise.Multiply(x, arguments.Scales, scratch + (pixel * inputs), inputs);
        }

        return arguments with { Input = scratch, InputStride = inputs };
    }

    // Block by block as they are packed: the bias stays, then a row of weights for each input channel.
    private void ScaleWeights(in PointwiseArguments arguments)
    {
        float* source = arguments.Packed + (arguments.ChannelStart * (arguments.InputChannels + 1L));
        float* target = arguments.Scratch;
        for (int channel = arguments.ChannelStart; channel < arguments.ChannelEnd; channel += BlockChannels)
        {
            int block = arguments.ChannelEnd - channel <= NarrowChannels ? NarrowChannels : BlockChannels;
            ScaleBlock(source, arguments.Scales, target, block, arguments.InputChannels);
            source += block * (arguments.InputChannels + 1L);
            target += block * (arguments.InputChannels + 1L);
        }
    }

    // A block has half a vector, one, two, or four.
    private static void ScaleBlock(float* source, float* scales, float* target, int block, int rows)
    {
        new ReadOnlySpan<float>(source, block).CopyTo(new Span<float>(target, block));
        source += block;
        target += block;
        for (int row = 0; row < rows; row++)
        {
            TVector scale = TLanes.Broadcast(scales[row]);
            if (block < TLanes.Count)
                TLanes.StorePartial(target, TLanes.Multiply(TLanes.LoadPartial(source, block), scale), block);
            for (int lane = 0; lane + TLanes.Count <= block; lane += TLanes.Count)
                TLanes.Store(target + lane, TLanes.Multiply(TLanes.Load(source + lane), scale));
            source += block;
            target += block;
        }
    }

    private void Band(in PointwiseArguments arguments)
    {
        float* block = arguments.Packed + (arguments.ChannelStart * (arguments.InputChannels + 1L));
        int channel = arguments.ChannelStart;
        while (channel < arguments.ChannelEnd)
        {
            int blocks = 1;
            if (arguments.ChannelEnd - channel > NarrowChannels)
                blocks = TTile.Wide(new PixelTarget<TLanes, TVector>(arguments, channel), block);
            else
                TTile.Narrow(arguments, channel, block);
            channel += blocks * BlockChannels;
            block += blocks * BlockChannels * (arguments.InputChannels + 1L);
        }

        if (arguments.Activation.NeedsPass)
        {
            elementwise.ActivatePixels(
                arguments.Activation,
                arguments.Output + arguments.ChannelStart,
                arguments.Pixels,
                arguments.ChannelEnd - arguments.ChannelStart,
                arguments.OutputStride);
        }
    }
}
