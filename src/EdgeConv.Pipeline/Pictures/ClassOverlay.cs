namespace EdgeConv.Pipeline.Pictures;

/// <summary>
/// Lays the classes of a segmentation over a picture in colours of their own; class 0, the background, is left
/// as it is.
/// </summary>
internal static class ClassOverlay
{
    private const float Opacity = 0.5f;

    /// <summary>Blends; what the model did not see stays.</summary>
    public static void Draw(ShownFrame frame, Canvas canvas)
    {
        int columns = frame.ClassColumns, rows = frame.Classes.Length / columns;
        for (int y = 0; y < canvas.Height; y++)
        {
            double row = (frame.View.SourceY(y, canvas) - frame.Mapping.StartY) / frame.Mapping.ExtentY * rows;
            if (row < 0 || row >= rows)
                continue;
            ReadOnlySpan<byte> classes = frame.Classes.Slice((int)row * columns, columns);
            for (int x = 0; x < canvas.Width; x++)
            {
                double column = (frame.View.SourceX(x, canvas) - frame.Mapping.StartX) / frame.Mapping.ExtentX * columns;
                if (column >= 0 && column < columns && classes[(int)column] is var index and not 0)
                    canvas.Blend(x, y, ClassColors.Of(index), Opacity);
            }
        }
    }
}
