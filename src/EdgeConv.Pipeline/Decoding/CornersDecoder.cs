using EdgeConv.Core;
using EdgeConv.Pipeline.Preprocessing;

namespace EdgeConv.Pipeline.Decoding;

/// <summary>
/// Boxes from two outputs: class probabilities <c>[1,n,K]</c>, class 0 the background, and corners
/// <c>[1,n,4]</c> as left, top, right, bottom in 0..1, as UltraFace gives them.
/// </summary>
public sealed class CornersDecoder : IDecoder
{
    private readonly DecodeOptions _options;
    private readonly int _scores;
    private readonly int _corners;
    private readonly List<Candidate> _candidates = [];

    /// <exception cref="ModelError">There is no such pair of outputs.</exception>
    public CornersDecoder(DecodeOptions options, ISession session)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(session);
        _options = options;
        _corners = OutputSearch.Find(session, shape => shape.Rank == 3 && shape[2] == 4, "[1,n,4] corners");
        int boxes = session.Outputs[_corners].Shape[1];
        _scores = OutputSearch.Find(session,
            shape => shape.Rank == 3 && shape[1] == boxes && shape[2] is >= 2 and not 4, $"[1,{boxes},K] scores");
        Classes = session.Outputs[_scores].Shape[2] - 1;
    }

    /// <inheritdoc/>
    public int Classes { get; }

    /// <inheritdoc/>
    public Prediction Decode(ISession session, in ImageMapping mapping)
    {
        ArgumentNullException.ThrowIfNull(session);
        Tensor scores = session.GetOutput(_scores);
        ReadOnlySpan<float> probability = scores.AsSpan<float>();
        ReadOnlySpan<float> corner = session.GetOutput(_corners).AsSpan<float>();
        int classes = scores.Shape[2];
        _candidates.Clear();
        for (int i = 0; i < scores.Shape[1]; i++)
        {
            for (int k = 1; k < classes; k++)
            {
                float score = probability[i * classes + k];
                if (score >= _options.Threshold)
                    _candidates.Add(new Candidate(k - 1, score,
                        corner[4 * i], corner[4 * i + 1], corner[4 * i + 2], corner[4 * i + 3]));
            }
        }

        return DetectionResult.Of(_candidates, _options, mapping);
    }
}
