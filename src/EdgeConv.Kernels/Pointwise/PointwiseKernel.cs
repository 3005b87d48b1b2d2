using EdgeConv.Kernels.Convolution;

namespace EdgeConv.Kernels.Pointwise;

/// <summary>
/// A 1x1 convolution as the product of a matrix of pixels with packed weights. Stateless: any number of
/// threads may run one kernel on rectangles of an output that do not overlap.
/// </summary>
public abstract unsafe class PointwiseKernel
{
    private const int TurnedColumns = 16;
    private const int PixelUnit = 24;
    private const int LeastPixels = 20;
    private const int FewPixelsUnit = 6;
    private const long FewWeights = 128 * 1024 / sizeof(float);

    /// <summary>Name by the grammar in README.md.</summary>
    public abstract string Name { get; }

    /// <summary>Output channels in a packed block.</summary>
    public abstract int BlockChannels { get; }

    /// <summary>Output channels of the last block when no more are left: half of a block.</summary>
    public int NarrowChannels => BlockChannels / 2;

    /// <summary>Floats of packed weights, padding included.</summary>
    public long PackedLength(int inputChannels, int outputChannels) =>
        PackedChannels(outputChannels) * (inputChannels + 1L);

    /// <summary>
    /// Floats of scratch memory for a product with scales, or for a part of it: of its inputs and its packed
    /// weights whichever are fewer.
    /// </summary>
    public long ScaleLength(int inputChannels, int outputChannels, int pixels) =>
        Math.Min(PackedLength(inputChannels, outputChannels), (long)pixels * inputChannels);

    /// <summary>Packs weights <c>[Cout,K]</c> and a bias <c>[Cout]</c>, or an empty one for zeros.</summary>
    /// <exception cref="ArgumentException">The number of weights is no multiple of Cout, or that of biases
    /// differs.</exception>
    public PackedWeights Pack(ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, int outputChannels)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(outputChannels);
        if (weights.Length % outputChannels != 0 || (bias.Length != 0 && bias.Length != outputChannels))
        {
            throw new ArgumentException(
                $"{weights.Length} weights and {bias.Length} biases for {outputChannels} output channels",
                nameof(weights));
        }

        int inputChannels = weights.Length / outputChannels;
        fixed (float* w = weights)
        fixed (float* b = bias)
        {
            return Pack(new PointwiseWeights
            {
                Weights = w,
                RowStride = inputChannels,
                ColumnStride = 1,
                Bias = b,
                InputChannels = inputChannels,
                OutputChannels = outputChannels,
            });
        }
    }

    /// <summary>Packs weights into memory of their own.</summary>
    public PackedWeights Pack(in PointwiseWeights source)
    {
        PackedWeights packed = new(
            PackedLength(source.InputChannels, source.OutputChannels),
            $"{Name} {source.RowStride}:{source.ColumnStride}");
        if (!packed.IsFilled)
            PackInto(source, packed.Data);
        return packed;
    }

    /// <summary>
    /// Packs weights into <see cref="PackedLength"/> floats, for a matrix that is known only while running.
    /// </summary>
    /// <remarks>
    /// With M = <see cref="BlockChannels"/>, or <see cref="NarrowChannels"/> for the last block where that is
    /// enough; absent channels of the last block are zero:
    /// <code>
    /// block 0                                          block 1
    /// bias[0..M) | w[0..M, k=0] | w[0..M, k=1] | ...   bias[M..2M) | w[M..2M, k=0] | ...
    /// </code>
    /// </remarks>
    public void PackInto(in PointwiseWeights source, float* destination)
    {
        for (int first = 0; first < source.OutputChannels; first += BlockChannels)
        {
            int left = source.OutputChannels - first;
            int block = left <= NarrowChannels ? NarrowChannels : BlockChannels;
            if (source.RowStride == 1)
                PackRows(source, first, block, destination);
            else
                PackColumns(source, first, block, destination);
            destination += block * (source.InputChannels + 1L);
        }
    }

    /// <summary>Computes the rectangle of outputs that <paramref name="arguments"/> names.</summary>
    public abstract void Run(in PointwiseArguments arguments);

    /// <summary>
    /// Computes one of <paramref name="shares"/> parts, which do not overlap, of a rectangle that begins with
    /// output channel 0: some of its pixels or, where those are few for its weights, some of its channels.
    /// </summary>
    public void RunShare(in PointwiseArguments whole, int share, int shares)
    {
        if (shares == 1)
        {
            Run(whole);
            return;
        }

        OutputRectangle part =
            CutShare(whole.Pixels, whole.InputChannels, whole.ChannelEnd, new Share(share, shares));
        Run(whole.Rows(part.PixelStart, part.PixelEnd - part.PixelStart) with
        {
            ChannelStart = part.ChannelStart,
            ChannelEnd = part.ChannelEnd,
        });
    }

    /// <summary>What <see cref="RunShare"/> computes of a part.</summary>
    internal OutputRectangle CutShare(int pixels, int inputs, int channels, Share part)
    {
        bool hasFewPixels = part.HasFewPixels(pixels);
        if (hasFewPixels && ((long)inputs * channels > FewWeights || pixels / part.Count < LeastPixels))
        {
            (int start, int end) = part.Cut(channels, BlockChannels);
            return new OutputRectangle(0, pixels, start, end);
        }
        else
        {
            (int start, int end) = part.Cut(pixels, hasFewPixels ? FewPixelsUnit : PixelUnit);
            return new OutputRectangle(start, end, 0, channels);
        }
    }

    // Along the side of the source on which its weights lie side by side.
    private static void PackRows(in PointwiseWeights source, int first, int block, float* destination)
    {
        int count = Math.Min(block, source.OutputChannels - first);
        PackRow(source.Bias is null ? null : source.Bias + first, count, block, destination);
        for (long k = 0; k < source.InputChannels; k++)
        {
            float* row = source.Weights + (k * source.ColumnStride) + first;
            PackRow(row, count, block, destination + ((k + 1) * block));
        }
    }

    private static void PackRow(float* row, int count, int block, float* destination)
    {
        Span<float> target = new(destination, block);
        if (row is null)
            count = 0;
        new ReadOnlySpan<float>(row, count).CopyTo(target);
        target[count..].Clear();
    }

    // A few columns of the block at a time: what is written between two visits of a row stays in the cache.
    private static void PackColumns(in PointwiseWeights source, int first, int block, float* destination)
    {
        int count = Math.Min(block, source.OutputChannels - first);
        PackRow(source.Bias is null ? null : source.Bias + first, count, block, destination);
        destination += block;
        for (int start = 0; start < source.InputChannels; start += TurnedColumns)
        {
            int end = Math.Min(start + TurnedColumns, source.InputChannels);
            for (int channel = 0; channel < block; channel++)
            {
                float* row = source.Weights + ((first + channel) * source.RowStride);
                for (int k = start; k < end; k++)
                    destination[((long)k * block) + channel] = channel < count ? row[k * source.ColumnStride] : 0;
            }
        }
    }

    private long PackedChannels(int channels)
    {
        int rest = channels % BlockChannels;
        int last = rest == 0 ? 0 : rest <= NarrowChannels ? NarrowChannels : BlockChannels;
        return channels - rest + last;
    }
}
