namespace EdgeConv.Core;

/// <summary>Facts about each <see cref="PixelFormat"/>.</summary>
public static class PixelFormats
{
    private static readonly PixelPlane[] Gray = [new(1, 1, 1, 1)];
    private static readonly PixelPlane[] Colors = [new(3, 1, 1, 1)];
    private static readonly PixelPlane[] Pairs = [new(4, 2, 1, 1)];
    private static readonly PixelPlane[] TwoPlanes = [new(1, 1, 1, 1), new(2, 2, 2, 1)];
    private static readonly PixelPlane[] Quarters = [new(1, 1, 1, 1), new(1, 2, 2, 2), new(1, 2, 2, 2)];
    private static readonly PixelPlane[] Halves = [new(1, 1, 1, 1), new(1, 2, 1, 2), new(1, 2, 1, 2)];

    /// <summary>Its planes, one behind the other in a frame.</summary>
    public static ReadOnlySpan<PixelPlane> PlanesOf(PixelFormat format) => format switch
    {
        PixelFormat.Gray8 => Gray,
        PixelFormat.Rgb24 => Colors,
        PixelFormat.Yuyv or PixelFormat.Uyvy => Pairs,
        PixelFormat.Nv12 or PixelFormat.Nv21 => TwoPlanes,
        PixelFormat.Yuv420 => Quarters,
        PixelFormat.Yuv422 => Halves,
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, null),
    };

    /// <summary>The least stride of a frame: bytes of a row in the longest of its planes.</summary>
    public static int RowBytes(PixelFormat format, int width)
    {
        int bytes = 0;
        foreach (PixelPlane plane in PlanesOf(format))
            bytes = Math.Max(bytes, plane.RowBytes(width) * plane.StrideDivisor);
        return bytes;
    }

    /// <summary>Bytes of a whole frame, all planes and what pads each row.</summary>
    public static long FrameBytes(PixelFormat format, int stride, int height)
    {
        long bytes = 0;
        foreach (PixelPlane plane in PlanesOf(format))
            bytes += (long)plane.Stride(stride) * plane.Rows(height);
        return bytes;
    }

    /// <summary>
    /// Bytes of a frame up to the last that belongs to a pixel: <see cref="FrameBytes"/> without what pads
    /// the last row of its last plane.
    /// </summary>
    public static long UsedBytes(PixelFormat format, int width, int height, int stride)
    {
        PixelPlane last = PlanesOf(format)[^1];
        return FrameBytes(format, stride, height) - last.Stride(stride) + last.RowBytes(width);
    }
}
