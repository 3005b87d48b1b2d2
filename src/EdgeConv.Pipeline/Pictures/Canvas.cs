namespace EdgeConv.Pipeline.Pictures;

/// <summary>
/// Pixels <c>[Height, Width]</c> of red, green, blue and an unused byte. Keeps its memory; not thread-safe.
/// </summary>
internal sealed class Canvas
{
    private const int PixelBytes = 4;
    private byte[] _pixels = [];

    /// <summary>Columns.</summary>
    public int Width { get; private set; }

    /// <summary>Rows.</summary>
    public int Height { get; private set; }

    /// <summary>All pixels.</summary>
    public ReadOnlySpan<byte> Pixels => _pixels.AsSpan(0, Width * Height * PixelBytes);

    /// <summary>Takes another size; what the pixels hold is of no meaning then.</summary>
    public void Resize(int width, int height)
    {
        (Width, Height) = (width, height);
        if (_pixels.Length < width * height * PixelBytes)
            _pixels = new byte[width * height * PixelBytes];
    }

    /// <summary>Fills a row from planes <c>[1 or 3, Width]</c> on the 0..255 scale.</summary>
    public void SetRow(int y, ReadOnlySpan<float> planes)
    {
        int colors = planes.Length / Width;
        for (int color = 0; color < 3; color++)
        {
            ReadOnlySpan<float> plane = planes.Slice(Math.Min(color, colors - 1) * Width, Width);
            int at = At(0, y) + color;
            foreach (float value in plane)
            {
                _pixels[at] = (byte)Math.Clamp(value + 0.5f, 0, 255);
                at += PixelBytes;
            }
        }

        for (int x = 0; x < Width; x++)
            _pixels[At(x, y) + 3] = byte.MaxValue;
    }

    /// <summary>Replaces a pixel's colour by this share of another.</summary>
    public void Blend(int x, int y, Color color, float share)
    {
        Span<byte> pixel = _pixels.AsSpan(At(x, y), PixelBytes);
        pixel[0] = HeatColors.Mix(pixel[0], color.Red, share);
        pixel[1] = HeatColors.Mix(pixel[1], color.Green, share);
        pixel[2] = HeatColors.Mix(pixel[2], color.Blue, share);
        pixel[3] = byte.MaxValue;
    }

    /// <summary>Fills the pixels of a rectangle that lie on the canvas.</summary>
    public void Fill(int left, int top, int right, int bottom, Color color, float share = 1)
    {
        for (int y = Math.Max(0, top); y < Math.Min(Height, bottom); y++)
        {
            for (int x = Math.Max(0, left); x < Math.Min(Width, right); x++)
                Blend(x, y, color, share);
        }
    }

    /// <summary>Draws the edges of a rectangle, inside of it.</summary>
    public void Outline(int left, int top, int right, int bottom, Color color)
    {
        const int Line = 2;
        Fill(left, top, right, top + Line, color);
        Fill(left, bottom - Line, right, bottom, color);
        Fill(left, top, left + Line, bottom, color);
        Fill(right - Line, top, right, bottom, color);
    }

    private int At(int x, int y) => ((y * Width) + x) * PixelBytes;
}
