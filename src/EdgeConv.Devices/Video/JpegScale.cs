namespace EdgeConv.Devices.Video;

/// <summary>
/// How small a JPEG picture is decoded: libjpeg's inverse cosine transform makes pictures of 1/2, 1/4 and 1/8
/// of the size, with less work for less pixels.
/// </summary>
internal static class JpegScale
{
    private static ReadOnlySpan<int> Divisors => [8, 4, 2];

    /// <summary>The largest divisor whose picture still covers what the model wants; 1 for none.</summary>
    public static int DivisorOf(int width, int height, SampleWish model)
    {
        if (model.Width == 0 || model.Height == 0)
            return 1;
        foreach (int divisor in Divisors)
        {
            if (model.IsCoveredBy(Scaled(width, divisor), Scaled(height, divisor)))
                return divisor;
        }

        return 1;
    }

    /// <summary>An extent of the smaller picture, as libjpeg rounds it.</summary>
    public static int Scaled(int extent, int divisor) => (extent + divisor - 1) / divisor;
}
