using System.Globalization;
using EdgeConv.Core;

namespace EdgeConv.Pipeline.Pictures;

/// <summary>Draws boxes with their labels, the box of what is odd, and lines that say what was found.</summary>
internal sealed class FindingOverlay(ShownFrame frame, Canvas canvas)
{
    private const int TextWidth = 400;
    private const int MostShares = 3;

    // Less is 0 %.
    private const float LeastShare = 0.005f;
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
        DrawWords();
    }

    /// <summary>What is said of a picture as a whole, and the class that it is said of.</summary>
    internal static IEnumerable<(string Text, string? Class)> Words(Prediction prediction, GateReading? gate)
    {
        switch (prediction.Kind)
        {
            case PredictionKind.Classification when prediction.Label is not null:
                yield return (Text($"{prediction.Label} {prediction.Score:0.00}"), null);
                break;
            case PredictionKind.Segmentation:
                foreach (ScoredLabel share in prediction.Top
                    .Where(share => share.Score >= LeastShare).Take(MostShares))
                    yield return (Text($"{share.Label} {100 * share.Score:0} %"), share.Label);
                break;
        }

        if (gate is { Verdict: Verdict.Ood, P: var p })
            yield return (Text($"ood p {p:0.0000}"), null);

        static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
    }

    // In the lowest rows, as many as it takes.
    private void DrawWords()
    {
        List<(string Text, Color Color, int Left, int Row)> words = [];
        int left = 0, row = 0;
        foreach ((string text, string? kind) in Words(frame.Prediction, frame.Gate))
        {
            int width = Lettering.WidthOf(text, _scale);
            if (left > 0 && left + width > canvas.Width)
                (left, row) = (0, row + 1);
            words.Add((text, kind is null ? TextColor : ColorOf(kind), left, row));
            left += width + (Lettering.Advance * _scale);
        }

        foreach ((string text, Color color, int first, int at) in words)
        {
            int top = canvas.Height - ((row + 1 - at) * Lettering.LineHeight * _scale);
            Lettering.Write(canvas, text, first, top, color, _scale);
        }
    }

    // That of its pixels; the background has none.
    private Color ColorOf(string kind)
    {
        for (int i = 1; i < frame.Labels.Count; i++)
        {
            if (frame.Labels[i] == kind)
                return ClassColors.Of(i);
        }

        return TextColor;
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
