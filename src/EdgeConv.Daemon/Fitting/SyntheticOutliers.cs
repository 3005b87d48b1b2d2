namespace EdgeConv.Daemon.Fitting;

/// <summary>
/// Makes inputs that no model should know of inputs that it does: what a broken, covered, turned or badly set
/// sensor delivers. Each works in place.
/// </summary>
internal static class SyntheticOutliers
{
    private const float Gain = 0.3f;
    private const float White = 255;

    private static readonly Kind[] OfPictures =
    [
        new("noise", UniformNoise), new("inverted", (x, _) => Invert(x)), new("rotated", (x, _) => Rotate(x)),
        new("half occluded", (x, _) => OccludeHalf(x)), new("gain 0.3", (x, _) => Dim(x)),
    ];

    private static readonly Kind[] OfWindows =
    [
        new("noise", NormalNoise), new("gain 0.3", (x, _) => Dim(x)), new("flat line", (x, _) => Flatten(x)),
        new("reversed", (x, _) => Reverse(x)),
    ];

    /// <summary>One kind of outlier.</summary>
    /// <param name="Name">For the report.</param>
    /// <param name="Make">Makes one of the input, with a seeded generator.</param>
    public sealed record Kind(string Name, Action<InputValues, Random> Make);

    /// <summary>The kinds that make sense for pictures, or for windows of a signal.</summary>
    public static IReadOnlyList<Kind> For(bool pictures) => pictures ? OfPictures : OfWindows;

    // Every pixel uniform in 0..255.
    private static void UniformNoise(InputValues input, Random random)
    {
        foreach (ref float value in input.Values.AsSpan())
            value = random.Next(256);
    }

    private static void Invert(InputValues input)
    {
        foreach (ref float value in input.Values.AsSpan())
            value = White - value;
    }

    // A quarter turn where the picture is square, half a turn where it is not.
    private static void Rotate(InputValues input)
    {
        int side = input.Width;
        for (int c = 0; c < input.Channels; c++)
        {
            Span<float> plane = input.Channel(c);
            if (input.Height != side)
            {
                plane.Reverse();
                continue;
            }

            float[] upright = plane.ToArray();
            for (int i = 0; i < plane.Length; i++)
                plane[i] = upright[i % side * side + (side - 1 - i / side)];
        }
    }

    // The right half black.
    private static void OccludeHalf(InputValues input)
    {
        for (int row = 0; row < input.Channels * input.Height; row++)
            input.Values.AsSpan(row * input.Width + input.Width / 2, input.Width - input.Width / 2).Clear();
    }

    private static void Dim(InputValues input)
    {
        foreach (ref float value in input.Values.AsSpan())
            value *= Gain;
    }

    private static void Flatten(InputValues input)
    {
        for (int c = 0; c < input.Channels; c++)
            input.Channel(c).Fill(MeanAndDeviation(input.Channel(c)).Mean);
    }

    private static void Reverse(InputValues input)
    {
        for (int c = 0; c < input.Channels; c++)
            input.Channel(c).Reverse();
    }

    // White and normal, with each channel's own mean and deviation.
    private static void NormalNoise(InputValues input, Random random)
    {
        for (int c = 0; c < input.Channels; c++)
        {
            (float mean, float deviation) = MeanAndDeviation(input.Channel(c));
            foreach (ref float value in input.Channel(c))
                value = mean + deviation * Normal(random);
        }
    }

    private static (float Mean, float Deviation) MeanAndDeviation(ReadOnlySpan<float> values)
    {
        double sum = 0, squares = 0;
        foreach (float value in values)
            sum += value;
        double mean = sum / values.Length;
        foreach (float value in values)
            squares += (value - mean) * (value - mean);
        return ((float)mean, (float)Math.Sqrt(squares / values.Length));
    }

    // Box and Muller (1958).
    private static float Normal(Random random) => (float)(
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
}
