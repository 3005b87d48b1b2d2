using System.Globalization;
using EdgeConv.Core;

namespace EdgeConv.Pipeline.Pictures;

/// <summary>Draws boxes with their labels, the box of what is odd, and a line that says what was found.</summary>
internal sealed class FindingOverlay(ShownFrame frame, Canvas canvas)
{
    private const int TextWidth = 400;
    private const int MostShares = 3;
    private static readonly Color RegionColor = new(0, 255, 255);
    private static readonly Color TextColor = new(255, 255, 255);
    private readonly int _scale = canvas.Width >= TextWidth ? 2 : 1;

    /// <summary>Draws all of it.</summary>
    public void Draw()
    {
        // The best are drawn last, over the others.
        for (int i = frame.Prediction.Boxes.Count - 1; i >= 0; i--)
            DrawBox(frame.Prediction.Boxes[i]);
        if (frame.Region is { } region)
            Outline(region.X, region.Y, region.Width, region.Height, RegionColor);
        string text = string.Join("  ", Lines(frame.Prediction, frame.Gate));
        if (text.Length != 0)
            Lettering.Write(canvas, text, 0, canvas.Height - (Lettering.LineHeight * _scale), TextColor, _scale);
    }

    /// <summary>What is said of a picture as a whole.</summary>
    internal static IEnumerable<string> Lines(Prediction prediction, GateReading? gate)
    {
        switch (prediction.Kind)
        {
            case PredictionKind.Classification when prediction.Label is not null:
                yield return string.Create(CultureInfo.InvariantCulture, $"{prediction.Label} {prediction.Score:0.00}");
                break;
            case PredictionKind.Segmentation:
                foreach (ScoredLabel share in prediction.Top.Take(MostShares))
                    yield return string.Create(CultureInfo.InvariantCulture, $"{share.Label} {100 * share.Score:0} %");
                break;
        }

        if (gate is { Verdict: Verdict.Ood, P: var p })
            yield return string.Create(CultureInfo.InvariantCulture, $"ood p {p:0.0000}");
    }

    private void DrawBox(in Box box)
    {
        Color color = ClassColors.Of(box.Label);
        Outline(box.X, box.Y, box.Width, box.Height, color);
        string text = string.Create(CultureInfo.InvariantCulture, $"{box.Label} {box.Score:0.00}");
        int top = frame.View.CanvasY(box.Y, canvas) - (Lettering.LineHeight * _scale);
        int left = Math.Min(frame.View.CanvasX(box.X, canvas), canvas.Width - Lettering.WidthOf(text, _scale));
        Lettering.Write(canvas, text, Math.Max(0, left), Math.Max(0, top), color, _scale);
    }

    private void Outline(double x, double y, double width, double height, Color color)
    {
        View view = frame.View;
        canvas.Outline(
            view.CanvasX(x, canvas), view.CanvasY(y, canvas),
            view.CanvasX(x + width, canvas), view.CanvasY(y + height, canvas), color);
    }
}
