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
    private readonly ReducingLayer?[] _reducing;
    private readonly long[] _sumsOffsets;
    private readonly int _bandRows;

    /// <summary>Makes a chain of layers, which must live as long as it runs.</summary>
    /// <exception cref="ArgumentException">
    /// There are fewer than two layers or more than eight, one does not read what the one before it makes,
    /// or statistics are wanted of rows that no layer reads.
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
        _reducing = [.. _links.Select(Reducing)];
        _sumsOffsets = new long[_links.Length + 1];
        _sumsOffsets[0] = _offsets[^1] + Align(_links.Max(link => link.Layer.ScratchBytes));
        for (int i = 0; i < _links.Length; i++)
            _sumsOffsets[i + 1] = _sumsOffsets[i] + (_reducing[i]?.SumsBytes ?? 0);
    }

    /// <summary>Name of the kernel; its layers have names of their own.</summary>
    public static string KernelName => "F32Chain";

    /// <summary>The layers in their order.</summary>
    public IReadOnlyList<ChainLink> Links => _links;

    /// <summary>Bytes of scratch memory that a share of a run wants.</summary>
    public long ScratchBytes => _sumsOffsets[^1];

    /// <summary>Extents of the output.</summary>
    public ConvolutionShape Last => Shape(_links.Length - 1);

    /// <summary>Extents of the input.</summary>
    public ConvolutionShape First => Shape(0);

    /// <summary>Multiply-adds of one image, rows that shares compute twice counted once.</summary>
    public long MultiplyAdds => _links.Sum(link => link.Layer.MultiplyAdds);

    /// <summary>
    /// Whether a layer sees every row that the one before it makes, so that statistics of it are complete.
    /// </summary>
    public static bool ReadsAllRows(ConvolutionShape shape)
    {
        int reach = ((shape.KernelHeight - 1) * shape.DilationY) + 1;
        return shape.InputRows(0, shape.OutputHeight) == (0, shape.InputHeight)
            && (shape.OutputHeight == 1 || reach >= shape.StrideY);
    }

    /// <summary>
    /// Puts together the statistics of a layer's output, <c>[C]</c> means and perhaps <c>[C]</c> variances,
    /// when all shares are done.
    /// </summary>
    /// <param name="link">Which layer.</param>
    /// <param name="scratch">The scratch memory of the first share.</param>
    /// <param name="step">Bytes from one share's to the next one's.</param>
    /// <param name="shares">How many shares there are.</param>
    /// <param name="before">Gets what is wanted before the activation.</param>
    /// <param name="after">Gets what is wanted behind it.</param>
    public void Reduce(int link, byte* scratch, long step, int shares, float* before, float* after) =>
        _reducing[link]?.Reduce(scratch + _sumsOffsets[link], step, shares, before, after);

    /// <summary>Computes a share of one image.</summary>
    public void Run(in ChainArguments arguments)
    {
        int last = _links.Length - 1;
        int start = FirstRow(arguments);
        int end = (int)(Last.OutputHeight * (arguments.Share + 1L) / arguments.Shares);
        RowWindow* windows = stackalloc RowWindow[last];
        for (int i = 0; i < last; i++)
        {
            float* buffer = (float*)(arguments.Scratch + _offsets[i]);
            windows[i] = new RowWindow(buffer, _capacities[i], RowLength(i));
        }

        for (int i = 0; i < _reducing.Length; i++)
            _reducing[i]?.Clear(arguments.Scratch + _sumsOffsets[i]);

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

    private ReducingLayer? Reducing(ChainLink link, int index)
    {
        if (link.Statistics.IsEmpty)
            return null;
        if (_links.Skip(index + 1).FirstOrDefault(next => !ReadsAllRows(next.Layer.Shape)).Layer is { } next)
        {
            throw new ArgumentException(
                $"{next.Shape} leaves out rows whose statistics are wanted", nameof(link));
        }

        return new ReducingLayer(link.Layer, link.Statistics);
    }

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
        ConvolutionArguments rows = new()
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
        };
        if (_reducing[link] is { } reducing)
            reducing.RunBand(rows, arguments.Scratch + _sumsOffsets[link], FirstOwnRow(link, arguments));
        else
            layer.Run(rows);
    }

    // Rows before it are the share's before, which computes them too.
    private int FirstOwnRow(int link, in ChainArguments arguments)
    {
        int end = FirstRow(arguments);
        for (int i = _links.Length - 1; i > link && end > 0; i--)
            end = Shape(i).InputRows(end - 1, end).End;
        return end;
    }

    private int FirstRow(in ChainArguments arguments) =>
        (int)((long)Last.OutputHeight * arguments.Share / arguments.Shares);
}
