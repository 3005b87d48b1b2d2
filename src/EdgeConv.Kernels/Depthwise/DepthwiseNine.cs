using EdgeConv.Kernels.Convolution;
using EdgeConv.Kernels.Elementwise;
using EdgeConv.Kernels.Lanes;

namespace EdgeConv.Kernels.Depthwise;

/// <summary>
/// A 3x3 depthwise convolution whose channels fill vectors, two rows of stride 1 or one of stride 2 at a
/// time, in tiles from edge to edge; the nine weights of a vector of channels lie side by side.
/// </summary>
internal sealed unsafe class DepthwiseNine<TLanes, TVector> : IDisposable
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private const int Taps = 9;

    private readonly ConvolutionShape _shape;
    private readonly PackedWeights _packed;
    private readonly RowTile[] _tiles;

    /// <summary>
    /// Packs weights that lie tap by tap in blocks <c>[1 + 9, channels]</c>, the bias first.
    /// </summary>
    public DepthwiseNine(ConvolutionShape shape, float* weights, int block)
    {
        _shape = shape;
        _tiles = RowTiles.Cut(shape.OutputWidth, 7, 4);
        _packed = Pack(weights, shape.OutputChannels, block);
    }

    /// <summary>Whether there are tiles for the layer.</summary>
    public static bool Accepts(ConvolutionShape shape) =>
        shape is { KernelHeight: 3, KernelWidth: 3, DilationY: 1, PadTop: 0 or 1, OutputWidth: >= 4 }
        && shape.StrideY == shape.StrideX
        && shape.OutputChannels % TLanes.Count == 0 && RowTiles.HasNarrowEdges(shape);

    /// <summary>
    /// Computes rows from <paramref name="oy"/> on, the activation's clamp included, and says how many: none
    /// where too few are left before <paramref name="end"/> or more than one row of taps lies outside the
    /// image at a side. The first of <paramref name="channels"/> is the first of the arguments' pixels.
    /// </summary>
    public int Run(int oy, int end, (int Start, int End) channels, in ConvolutionArguments arguments)
    {
        int rows = _shape.StrideY == 1 ? 2 : 1, top = (oy * _shape.StrideY) - _shape.PadTop;
        if (oy + rows > end || top + rows >= _shape.InputHeight)
            return 0;
        Activation activation = arguments.Activation;
        if (!float.IsPositiveInfinity(activation.Upper))
            Tiles(oy, channels, arguments, Clamp<TLanes, TVector>.Of(activation));
        else if (!float.IsNegativeInfinity(activation.Lower))
            Tiles(oy, channels, arguments, new LowerBound<TLanes, TVector>(activation.Lower));
        else
            Tiles(oy, channels, arguments, default(Identity<TVector>));
        return rows;
    }

    public void Dispose() => _packed.Dispose();

    // [C / lanes, 2 + taps, lanes], the bias twice: what a tile needs for its channels is one run of memory.
    private static PackedWeights Pack(float* weights, int channels, int block)
    {
        PackedWeights packed = new((2L + Taps) * channels, $"depthwise by {TLanes.Count}");
        if (packed.IsFilled)
            return packed;
        float* next = packed.Data;
        for (int first = 0; first < channels; first += TLanes.Count)
        {
            int start = first / block * block, width = Math.Min(block, channels - start);
            float* column = weights + ((1L + Taps) * start) + first - start;
            for (int row = -1; row <= Taps; row++)
            {
                for (int lane = 0; lane < TLanes.Count; lane++)
                    *next++ = column[((long)Math.Max(row, 0) * width) + lane];
            }
        }

        return packed;
    }

    private void Tiles<TBound>(
        int oy, (int Start, int End) channels, in ConvolutionArguments arguments, TBound bound)
        where TBound : struct, IFunction<TVector>
    {
        int stride = _shape.StrideY, top = (oy * stride) - _shape.PadTop;
        long rowStep = _shape.InputWidth * arguments.InputStride;
        long outputRowStep = _shape.OutputWidth * arguments.OutputStride;
        float* row = arguments.Input + (top * rowStep);
        float* output = arguments.Output + (oy * outputRowStep);
        DepthwiseNineWindow window = new()
        {
            RowStep = rowStep,
            PixelStep = arguments.InputStride,
            HasTop = top >= 0,
            HasBottom = top + (stride == 1 ? 3 : 2) < _shape.InputHeight,
            Weights = _packed.Data + ((2L + Taps) * channels.Start),
            Channels = channels.End - channels.Start,
            OutputStride = arguments.OutputStride,
            OutputRowStep = outputRowStep,
        };
        foreach (RowTile tile in _tiles)
        {
            int left = (tile.Start * stride) - _shape.PadLeft;
            window.Input = row + (left * arguments.InputStride);
            window.HasFirst = left >= 0;
            window.HasLast = left + ((tile.Size - 1) * stride) + 2 < _shape.InputWidth;
            window.Output = output + (tile.Start * arguments.OutputStride);
            Tile(window, tile.Size, bound);
        }
    }

    private void Tile<TBound>(in DepthwiseNineWindow window, int size, TBound bound)
        where TBound : struct, IFunction<TVector>
    {
        if (_shape.StrideY == 2 && size == 7)
            DepthwiseStride2<TLanes, TVector>.Tile7(window, bound);
        else if (_shape.StrideY == 2)
            DepthwiseStride2<TLanes, TVector>.Tile4(window, bound);
        else if (size == 7)
            DepthwisePair<TLanes, TVector>.Tile7(window, bound);
        else
            DepthwisePair<TLanes, TVector>.Tile4(window, bound);
    }
}
