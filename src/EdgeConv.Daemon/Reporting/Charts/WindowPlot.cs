namespace EdgeConv.Daemon.Reporting.Charts;

/// <summary>A small picture of a window: a line for each channel, each filling the height.</summary>
internal static class WindowPlot
{
    /// <summary>Channels that are drawn; more would only cover each other.</summary>
    public const int MostChannels = 4;

    private const double Width = 128;
    private const double Height = 72;
    private const double Edge = 4;
    private const int MostPoints = 256;

    /// <summary>Draws it.</summary>
    /// <param name="values">Values <c>[channels, instants]</c>.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="description">What it is.</param>
    public static Svg Draw(float[] values, int channels, string description)
    {
        Svg svg = new(Width, Height, description);
        int length = values.Length / channels;
        for (int c = 0; c < Math.Min(channels, MostChannels); c++)
            svg.Path(PointsOf(values.AsSpan(c * length, length)), $"thin c{1 + c}");
        return svg;
    }

    // Where there are more values than points, the first of each stretch stands for it.
    private static List<Point> PointsOf(ReadOnlySpan<float> values)
    {
        (float low, float high) = RangeOf(values);
        Axis y = new(low, high, Height - Edge, Edge);
        int step = (values.Length + MostPoints - 1) / MostPoints;
        List<Point> points = [];
        for (int i = 0; i < values.Length; i += step)
        {
            double x = Edge + (Width - 2 * Edge) * i / Math.Max(1, values.Length - 1);
            points.Add(new Point(x, float.IsFinite(values[i]) ? y.At(values[i]) : y.From));
        }

        return points;
    }

    private static (float Low, float High) RangeOf(ReadOnlySpan<float> values)
    {
        float low = float.PositiveInfinity, high = float.NegativeInfinity;
        foreach (float value in values)
        {
            if (!float.IsFinite(value))
                continue;
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }

        // A flat line runs along the middle.
        return low < high ? (low, high) : float.IsFinite(low) ? (low - 1, low + 1) : (0, 1);
    }
}
