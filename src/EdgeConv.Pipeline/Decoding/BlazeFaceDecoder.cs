using EdgeConv.Core;
using EdgeConv.Pipeline.Preprocessing;

namespace EdgeConv.Pipeline.Decoding;

/// <summary>
/// Faces from MediaPipe's BlazeFace. Anchors stand at the cell centres of two grids, two a cell on the fine
/// one (input / 8) and six on the coarse one (input / 16); each gives a raw score s, p = 1 / (1 + e^-s), and
/// 16 numbers in input pixels: centre and size of the box relative to the anchor, then six key points.
/// </summary>
/// <remarks>
/// Source: V. Bazarevsky et al., "BlazeFace: Sub-millisecond Neural Face Detection on Mobile GPUs", 2019.
/// The 256-pixel back-camera model differs only in its grids (input / 16 and / 32).
/// </remarks>
public sealed class BlazeFaceDecoder : IDecoder
{
    private const int Numbers = 16;
    private readonly DecodeOptions _options;
    private readonly int _inputSize;
    private readonly Grid[] _grids;
    private readonly List<Candidate> _candidates = [];

    /// <exception cref="ModelError">The outputs are not those of a BlazeFace.</exception>
    public BlazeFaceDecoder(DecodeOptions options, ISession session)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(session);
        InputLayout input = InputLayout.Of(session.Model, session.Inputs[0]);
        _options = options.Labels.Count != 0 ? options : options with { Labels = ["face"] };
        _inputSize = input.Width;
        _grids = [FindGrid(session, cells: 16, anchors: 2), FindGrid(session, cells: 8, anchors: 6)];
    }

    /// <inheritdoc/>
    public int Classes => 1;

    /// <inheritdoc/>
    public Prediction Decode(ISession session, in ImageMapping mapping)
    {
        ArgumentNullException.ThrowIfNull(session);
        _candidates.Clear();
        foreach (Grid grid in _grids)
            AddCandidates(session, grid);
        return DetectionResult.Of(_candidates, _options, mapping);
    }

    private static Grid FindGrid(ISession session, int cells, int anchors)
    {
        int count = cells * cells * anchors;
        return new Grid(cells, anchors,
            OutputSearch.Find(session, s => s.ElementCount == count && s.Rank >= 2, $"[1,{count},1] scores"),
            OutputSearch.Find(session, s => s.Rank == 3 && s[1] == count && s[2] == Numbers,
                $"[1,{count},{Numbers}] boxes"));
    }

    private void AddCandidates(ISession session, Grid grid)
    {
        ReadOnlySpan<float> scores = session.GetOutput(grid.Scores).AsSpan<float>();
        ReadOnlySpan<float> boxes = session.GetOutput(grid.Boxes).AsSpan<float>();
        for (int i = 0; i < scores.Length; i++)
        {
            float score = 1 / (1 + MathF.Exp(-scores[i]));
            if (!(score >= _options.Threshold))
                continue;
            int cell = i / grid.Anchors;
            ReadOnlySpan<float> box = boxes.Slice(i * Numbers, Numbers);
            float x = box[0] / _inputSize + (cell % grid.Cells + 0.5f) / grid.Cells;
            float y = box[1] / _inputSize + (cell / grid.Cells + 0.5f) / grid.Cells;
            float halfWidth = box[2] / _inputSize / 2;
            float halfHeight = box[3] / _inputSize / 2;
            _candidates.Add(
                new Candidate(0, score, x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight));
        }
    }

    private readonly record struct Grid(int Cells, int Anchors, int Scores, int Boxes);
}
