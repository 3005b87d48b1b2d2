using System.Globalization;
using EdgeConv.Core;
using EdgeConv.Pipeline.Preprocessing;

namespace EdgeConv.Pipeline.Decoding;

/// <summary>From candidates over the model's input to the boxes of a prediction.</summary>
internal static class DetectionResult
{
    /// <summary>Suppresses overlaps and maps what is left to pixels of the source picture.</summary>
    public static Prediction Of(List<Candidate> candidates, DecodeOptions options, in ImageMapping mapping)
    {
        NonMaximumSuppression.Apply(candidates, options.Overlap);
        Box[] boxes = new Box[candidates.Count];
        for (int i = 0; i < boxes.Length; i++)
        {
            Candidate candidate = candidates[i];
            float x = mapping.X(candidate.Left);
            float y = mapping.Y(candidate.Top);
            boxes[i] = new Box(LabelOf(candidate.Class, options), candidate.Score, x, y,
                mapping.X(candidate.Right) - x, mapping.Y(candidate.Bottom) - y);
        }

        return new Prediction
        {
            Kind = PredictionKind.Detection,
            Label = boxes.Length == 0 ? null : boxes[0].Label,
            Score = boxes.Length == 0 ? 0 : boxes[0].Score,
            Boxes = boxes,
        };
    }

    private static string LabelOf(int index, DecodeOptions options) => index < options.Labels.Count
        ? options.Labels[index]
        : index.ToString(CultureInfo.InvariantCulture);
}
