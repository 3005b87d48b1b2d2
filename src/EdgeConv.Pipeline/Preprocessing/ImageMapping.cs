namespace EdgeConv.Pipeline.Preprocessing;

/// <summary>
/// Leads from the model's input back to the source picture: source = start + relative * extent, where
/// relative runs from 0 to 1 over the whole input.
/// </summary>
/// <param name="StartX">
/// Source column at the input's left edge; negative when the picture is padded there.
/// </param>
/// <param name="StartY">Source row at the input's top edge.</param>
/// <param name="ExtentX">Source columns that the input covers, padding included.</param>
/// <param name="ExtentY">Source rows that the input covers, padding included.</param>
/// <param name="Width">Columns of the source picture.</param>
/// <param name="Height">Rows of the source picture.</param>
public readonly record struct ImageMapping(
    double StartX, double StartY, double ExtentX, double ExtentY, int Width, int Height)
{
    /// <summary>
    /// The mapping of a picture of <paramref name="width"/> by <paramref name="height"/> pixels.
    /// </summary>
    public static ImageMapping Of(Fit fit, int width, int height, InputLayout input)
    {
        if (fit == Fit.Stretch)
            return new ImageMapping(0, 0, width, height, width, height);
        double scaleX = (double)width / input.Width;
        double scaleY = (double)height / input.Height;
        double scale = fit == Fit.Crop ? Math.Min(scaleX, scaleY) : Math.Max(scaleX, scaleY);
        double extentX = scale * input.Width;
        double extentY = scale * input.Height;
        return new ImageMapping(
            (width - extentX) / 2, (height - extentY) / 2, extentX, extentY, width, height);
    }

    /// <summary>Source column of a relative position, inside the picture.</summary>
    public float X(double relative) => (float)Math.Clamp(StartX + relative * ExtentX, 0, Width);

    /// <summary>Source row of a relative position, inside the picture.</summary>
    public float Y(double relative) => (float)Math.Clamp(StartY + relative * ExtentY, 0, Height);
}
