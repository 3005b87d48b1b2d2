using System.Globalization;
using System.Numerics;
using EdgeConv.Core;
using EdgeConv.Pipeline.Preprocessing;

namespace EdgeConv.Pipeline.Decoding;

/// <summary>
/// A class for each pixel: of scores float32 <c>[1,K,H,W]</c> or <c>[1,H,W,K]</c> the greatest, where K is 1
/// those above the threshold; or indices of classes <c>[1,H,W]</c>, int32, int64 or uint8. The prediction holds
/// the share of each class in the picture, without the padding beside it.
/// </summary>
public sealed class SegmentationDecoder : IDecoder, IPictureOutput
{
    private const int MostClasses = 256;
    private readonly DecodeOptions _options;
    private readonly ClassScores? _scores;
    private readonly string[] _labels;
    private readonly byte[] _classes;
    private readonly int[] _counts = new int[MostClasses];

    /// <exception cref="ModelError">Output 0 is not as above.</exception>
    /// <exception cref="ConfigError">There are labels, but not one for each class.</exception>
    public SegmentationDecoder(DecodeOptions options, ISession session)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(session);
        _options = options;
        TensorInfo output = session.Outputs[0];
        _scores = ClassScores.Of(session, options);
        int told = _scores is { } scores ? Math.Max(scores.Classes, 2) : options.Labels.Count;
        (Height, Width) = _scores is { } s ? (s.Height, s.Width) : IndexExtents(session, output);
        if (told > MostClasses)
            throw new ModelError(session.Model.Path, $"output '{output.Name}' tells {told} classes; at most {MostClasses}");
        Classes = told == 0 ? MostClasses : told;
        if (options.Labels.Count != 0 && options.Labels.Count != told)
        {
            throw new ConfigError("decode.labels",
                $"{options.Labels.Count} labels, but '{output.Name}' of {session.Model.Path} has {told} classes");
        }

        _labels = [.. Enumerable.Range(0, MostClasses).Select(i =>
            i < options.Labels.Count ? options.Labels[i] : i.ToString(CultureInfo.InvariantCulture))];
        _classes = new byte[Height * Width];
    }

    /// <inheritdoc/>
    public int Classes { get; }

    /// <inheritdoc/>
    public int Width { get; }

    /// <inheritdoc/>
    public int Height { get; }

    /// <inheritdoc/>
    public bool IsClasses => true;

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels => _labels;

    /// <inheritdoc/>
    /// <exception cref="DataError">An index is none of the classes'.</exception>
    public Prediction Decode(ISession session, in ImageMapping mapping)
    {
        ArgumentNullException.ThrowIfNull(session);
        Tensor output = session.GetOutput(0);
        if (_scores is { } scores)
            scores.Classify(output.AsSpan<float>(), _classes);
        else
            ReadIndices(session, output);
        ScoredLabel[] shares = Shares(mapping);
        return new Prediction
        {
            Kind = PredictionKind.Segmentation,
            Label = shares[0].Label,
            Score = shares[0].Score,
            Top = shares,
        };
    }

    /// <inheritdoc/>
    public void CopyPicture(ISession session, Span<byte> pixels) => _classes.CopyTo(pixels);

    private ScoredLabel[] Shares(in ImageMapping mapping)
    {
        Array.Clear(_counts);
        (int left, int right) = Inside(mapping.StartX, mapping.ExtentX, mapping.Width, Width);
        (int top, int bottom) = Inside(mapping.StartY, mapping.ExtentY, mapping.Height, Height);
        for (int y = top; y < bottom; y++)
        {
            foreach (byte index in _classes.AsSpan((y * Width) + left, right - left))
                _counts[index]++;
        }

        float count = (bottom - top) * (right - left);
        return [.. Enumerable.Range(0, Classes)
            .Where(i => _counts[i] > 0)
            .OrderByDescending(i => _counts[i])
            .Take(_options.Top)
            .Select(i => new ScoredLabel(_labels[i], _counts[i] / count))];
    }

    // The cells whose middle lies in the picture; all of them where none does, or no picture is known.
    private static (int First, int End) Inside(double start, double extent, int picture, int cells)
    {
        int first = (int)Math.Max(0, Math.Ceiling((-start / extent * cells) - 0.5));
        int end = (int)Math.Min(cells, Math.Ceiling(((picture - start) / extent * cells) - 0.5));
        return extent > 0 && first < end ? (first, end) : (0, cells);
    }

    private void ReadIndices(ISession session, Tensor output)
    {
        switch (output.Type)
        {
            case DataType.Int64:
                CopyIndices(session, output.AsSpan<long>());
                break;
            case DataType.Int32:
                CopyIndices(session, output.AsSpan<int>());
                break;
            default:
                CopyIndices(session, output.AsSpan<byte>());
                break;
        }
    }

    private void CopyIndices<T>(ISession session, ReadOnlySpan<T> indices)
        where T : IBinaryInteger<T>
    {
        for (int i = 0; i < _classes.Length; i++)
        {
            long index = long.CreateSaturating(indices[i]);
            if (index < 0 || index >= Classes)
            {
                throw new DataError(session.Model.Path,
                    $"output '{session.Outputs[0].Name}' holds class {index} of {Classes}");
            }

            _classes[i] = (byte)index;
        }
    }

    private static (int Height, int Width) IndexExtents(ISession session, TensorInfo output)
    {
        int[] extents = [.. output.Shape.Dimensions];
        // [1,1,H,W] and [1,H,W,1] are [1,H,W].
        if (extents.Length == 4)
            extents = extents[1] == 1 ? [extents[0], extents[2], extents[3]] : extents[3] == 1 ? extents[..3] : extents;
        bool isIndex = output.Type is DataType.Int64 or DataType.Int32 or DataType.UInt8;
        return isIndex && extents is [1, > 0, > 0]
            ? (extents[1], extents[2])
            : throw OutputSearch.Problem(session,
                "output 0 tells no class for each pixel: float32 [1,K,H,W] or [1,H,W,K], or indices [1,H,W]");
    }
}
