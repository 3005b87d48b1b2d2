using EdgeConv.Core;

namespace EdgeConv.Pipeline.Pictures;

/// <summary>
/// A copy of a frame, of at most <see cref="LongestSide"/> pixels. Keeps its memory, which grows only with the
/// largest frame. Not thread-safe.
/// </summary>
internal sealed class FrameCopy
{
    /// <summary>Columns or rows of the copy; of a larger frame the nearest pixels are taken.</summary>
    public const int LongestSide = 1280;
    private const int FractionBits = 16;
    private byte[] _pixels = [];
    private Frame? _copy;

    /// <summary>The copy.</summary>
    public Frame Frame => _copy!;

    /// <summary>Copies a frame.</summary>
    public void Take(Frame frame)
    {
        int longest = Math.Max(frame.Width, frame.Height);
        int width = Scaled(frame.Width, longest), height = Scaled(frame.Height, longest);
        int stride = PixelFormats.RowBytes(frame.Format, width);
        Reserve(frame, width, height, stride);
        ReadOnlySpan<byte> source = frame.Pixels.Span;
        Span<byte> target = _pixels;
        foreach (PixelPlane plane in PixelFormats.PlanesOf(frame.Format))
        {
            CopyPlane(plane, frame, source, target);
            source = source[Math.Min(source.Length, plane.Stride(frame.Stride) * plane.Rows(frame.Height))..];
            target = target[(plane.Stride(stride) * plane.Rows(height))..];
        }
    }

    /// <summary>Memory for a picture of red, green and blue bytes <c>[height, width, 3]</c>, to be filled.</summary>
    public Span<byte> TakeRgb(int width, int height)
    {
        int stride = PixelFormats.RowBytes(PixelFormat.Rgb24, width);
        if (_copy is not { Format: PixelFormat.Rgb24 } copy || (copy.Width, copy.Height) != (width, height))
        {
            _pixels = new byte[stride * height];
            _copy = Describe(width, height, stride, PixelFormat.Rgb24, ColorCoding.Bt601);
        }

        return _pixels.AsSpan(0, stride * height);
    }

    private void Reserve(Frame frame, int width, int height, int stride)
    {
        int bytes = (int)PixelFormats.FrameBytes(frame.Format, stride, height);
        if (_pixels.Length < bytes)
            (_pixels, _copy) = (new byte[bytes], null);
        if (_copy is null || !IsLike(_copy, frame, width, height))
            _copy = Describe(width, height, stride, frame.Format, frame.Coding);
    }

    private void CopyPlane(PixelPlane plane, Frame frame, ReadOnlySpan<byte> source, Span<byte> target)
    {
        int row = plane.RowBytes(_copy!.Width), rows = plane.Rows(_copy.Height);
        int units = plane.Units(_copy.Width), sourceUnits = plane.Units(frame.Width);
        for (int y = 0; y < rows; y++)
        {
            int from = (int)((long)y * plane.Rows(frame.Height) / rows) * plane.Stride(frame.Stride);
            Span<byte> to = target.Slice(y * plane.Stride(_copy.Stride), row);
            if (units == sourceUnits)
                source.Slice(from, row).CopyTo(to);
            else
                Thin(source[from..], to, (int)(((long)sourceUnits << FractionBits) / units), plane.UnitBytes);
        }
    }

    private static void Thin(ReadOnlySpan<byte> source, Span<byte> to, int step, int size)
    {
        long at = 0;
        for (int i = 0; i + size <= to.Length; i += size, at += step)
            source.Slice((int)(at >> FractionBits) * size, size).CopyTo(to[i..]);
    }

    // Only the painter looks at it; its times are of no use.
    private Frame Describe(int width, int height, int stride, PixelFormat format, ColorCoding coding) => new()
    {
        Timestamp = default,
        CapturedAt = 0,
        Sequence = 0,
        Origin = "",
        Width = width,
        Height = height,
        Stride = stride,
        Format = format,
        Coding = coding,
        Pixels = _pixels,
    };

    private static bool IsLike(Frame copy, Frame frame, int width, int height) =>
        (copy.Width, copy.Height, copy.Format, copy.Coding) == (width, height, frame.Format, frame.Coding);

    private static int Scaled(int side, int longest) => longest <= LongestSide
        ? side
        : Math.Max(1, (int)((long)side * LongestSide / longest));
}
