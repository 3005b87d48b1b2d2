using EdgeConv.Core;

namespace EdgeConv.Kernels.Convolution;

/// <summary>
/// Convolutions that follow one another, computed a few output rows at a time: of each image between them only
/// the rows exist that the next convolution still needs, in a buffer that stays in the cache. The expanded image
/// of an inverted residual block (Sandler et al., "MobileNetV2", 2018, section 5) is never in memory as a whole.
/// </summary>
/// <remarks>
/// <code>
/// input   │ ...........   all rows
/// expand  │   ▒▒▓         k rows: those of the last band that are needed again (▒), and s new ones (▓)
/// filter  │     ▓         the rows of this band
/// project │ ▓▓▓▓▓         all rows, band after band
/// </code>
/// Several threads each take a share of the output rows, and compute the rows between two shares twice.
/// </remarks>
public sealed unsafe class ConvolutionChain
{
    private const int MostLinks = 8;

    // A band of fewer pixels leaves the tiles of 1x1 convolutions unfilled and passes their weights too often.
    private const int LeastBandPixels = 80;
    private const long BandBytes = 192 * 1024;

    private readonly ChainLink[] _links;
    private readonly int[] _capacities;
    private readonly long[] _offsets;
    private readonly long _layerScratch;
    private readonly int _bandRows;

    /// <summary>Makes a chain of layers, which must live as long as it runs.</summary>
    /// <exception cref="ArgumentException">
    /// There are fewer than two layers or more than eight, or one does not read what the one before it makes.
    /// </exception>
    public ConvolutionChain(IReadOnlyList<ChainLink> links)
    {
        _links = [.. links];
        if (links.Count is < 2 or > MostLinks)
            throw new ArgumentException($"{links.Count} layers are no chain", nameof(links));
        for (int i = 1; i < _links.Length; i++)
            CheckLink(Shape(i - 1), Shape(i));
        _bandRows = ChooseBand();
        _capacities = Capacities(_bandRows);
        _offsets = new long[_links.Length];
        for (int i = 0; i < _links.Length - 1; i++)
            _offsets[i + 1] = _offsets[i] + Align(_capacities[i] * RowBytes(i));
        _layerScratch = Align(_links.Max(link => link.Layer.ScratchBytes));
    }

    /// <summary>Name of the kernel; its layers have names of their own.</summary>
    public static string KernelName => "F32Chain";

    /// <summary>The layers in their order.</summary>
    public IReadOnlyList<ChainLink> Links => _links;

    /// <summary>Bytes of scratch memory that a share of a run wants.</summary>
    public long ScratchBytes => _offsets[^1] + _layerScratch;

    /// <summary>Extents of the output.</summary>
    public ConvolutionShape Last => Shape(_links.Length - 1);

    /// <summary>Extents of the input.</summary>
    public ConvolutionShape First => Shape(0);

    /// <summary>Multiply-adds of one image, rows that shares compute twice counted once.</summary>
    public long MultiplyAdds => _links.Sum(link => link.Layer.MultiplyAdds);

    /// <summary>Computes a share of one image.</summary>
    public void Run(in ChainArguments arguments)
    {
        int rows = Last.OutputHeight, last = _links.Length - 1;
        int start = (int)((long)rows * arguments.Share / arguments.Shares);
        int end = (int)(rows * (arguments.Share + 1L) / arguments.Shares);
        RowWindow* windows = stackalloc RowWindow[last];
        for (int i = 0; i < last; i++)
        {
            float* buffer = (float*)(arguments.Scratch + _offsets[i]);
            windows[i] = new RowWindow(buffer, _capacities[i], RowLength(i));
        }

        for (int row = start; row < end; row += _bandRows)
            RunLayer(last, row, Math.Min(row + _bandRows, end), arguments, windows);
    }

    private static void CheckLink(ConvolutionShape made, ConvolutionShape read)
    {
        if (made.OutputChannels != read.InputChannels || made.OutputHeight != read.InputHeight
            || made.OutputWidth != read.InputWidth)
        {
            throw new ArgumentException($"{read} does not read what {made} makes");
        }
    }

    private static long Align(long bytes) =>
        (bytes + Tensor.TailPadding + Tensor.Alignment - 1) / Tensor.Alignment * Tensor.Alignment;

    private ConvolutionShape Shape(int link) => _links[link].Layer.Shape;

    private long RowLength(int link) => (long)Shape(link).OutputWidth * Shape(link).OutputChannels;

    private long RowBytes(int link) => RowLength(link) * sizeof(float);

    // As many rows as the cache holds, but at least as many as fill the tiles.
    private int ChooseBand()
    {
        int rows = Math.Min((LeastBandPixels + Last.OutputWidth - 1) / Last.OutputWidth, Last.OutputHeight);
        while (rows < Last.OutputHeight && BytesOf(rows + 1) <= BandBytes)
            rows++;
        return rows;
    }

    private long BytesOf(int bandRows)
    {
        int[] capacities = Capacities(bandRows);
        return Enumerable.Range(0, _links.Length - 1).Sum(i => capacities[i] * RowBytes(i));
    }

    // Rows of each image between the layers that a band of the last output sees.
    private int[] Capacities(int bandRows)
    {
        int[] capacities = new int[_links.Length - 1];
        int rows = bandRows;
        for (int i = capacities.Length - 1; i >= 0; i--)
        {
            ConvolutionShape next = Shape(i + 1);
            int seen = ((rows - 1) * next.StrideY) + ((next.KernelHeight - 1) * next.DilationY) + 1;
            rows = capacities[i] = Math.Min(seen, next.InputHeight);
        }

        return capacities;
    }

    // Sees to it that the rows are in the window of a layer that is not the last.
    private void Fill(int link, (int Start, int End) rows, in ChainArguments arguments, RowWindow* windows)
    {
        if (rows.End <= windows[link].End)
            return;
        int start = windows[link].Append(rows.Start, rows.End);
        RunLayer(link, start, rows.End, arguments, windows);
    }

    private void RunLayer(int link, int start, int end, in ChainArguments arguments, RowWindow* windows)
    {
        ConvolutionLayer layer = _links[link].Layer;
        if (link > 0)
            Fill(link - 1, layer.Shape.InputRows(start, end), arguments, windows);
        bool isLast = link == _links.Length - 1, isSpread = isLast && arguments.OutputStride != 0;
        layer.Run(new ConvolutionArguments
        {
            Input = link == 0 ? arguments.Input : windows[link - 1].Image,
            Pixels = link == 0 ? arguments.Pixels : null,
            InputStride = layer.Shape.InputChannels,
            Output = isLast ? arguments.Output : windows[link].Image,
            OutputStride = isSpread ? arguments.OutputStride : layer.Shape.OutputChannels,
            Residual = isLast ? arguments.Residual : null,
            Scratch = arguments.Scratch + _offsets[^1],
            Activation = _links[link].Activation,
            RowStart = start,
            RowEnd = end,
        });
    }
}
