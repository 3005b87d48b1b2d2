using EdgeConv.Pipeline.Preprocessing;

namespace EdgeConv.Pipeline.Pictures;

/// <summary>The part of the source picture that a canvas shows, in pixels of the source.</summary>
/// <param name="X">Left edge.</param>
/// <param name="Y">Top edge.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
internal readonly record struct View(double X, double Y, double Width, double Height)
{
    /// <summary>The whole source picture.</summary>
    public static View WholeOf(in ImageMapping mapping) => new(0, 0, mapping.Width, mapping.Height);

    /// <summary>What the model sees of the source picture, without the padding beside it.</summary>
    public static View SeenOf(in ImageMapping mapping)
    {
        double left = Math.Max(0, mapping.StartX), top = Math.Max(0, mapping.StartY);
        return new View(
            left, top,
            Math.Min(mapping.Width, mapping.StartX + mapping.ExtentX) - left,
            Math.Min(mapping.Height, mapping.StartY + mapping.ExtentY) - top);
    }

    /// <summary>The source column in the middle of a column of the canvas.</summary>
    public double SourceX(int x, Canvas canvas) => X + ((x + 0.5) * Width / canvas.Width);

    /// <summary>The source row in the middle of a row of the canvas.</summary>
    public double SourceY(int y, Canvas canvas) => Y + ((y + 0.5) * Height / canvas.Height);

    /// <summary>The edge on the canvas that is nearest to a source column.</summary>
    public int CanvasX(double x, Canvas canvas) => (int)Math.Round((x - X) * canvas.Width / Width);

    /// <summary>The edge on the canvas that is nearest to a source row.</summary>
    public int CanvasY(double y, Canvas canvas) => (int)Math.Round((y - Y) * canvas.Height / Height);
}
