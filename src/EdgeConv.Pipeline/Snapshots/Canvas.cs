namespace EdgeConv.Pipeline.Snapshots;

/// <summary>Pixels <c>[Height, Width]</c> of red, green, blue and an unused byte. Not thread-safe.</summary>
internal sealed class Canvas(int width, int height)
{
    private const int PixelBytes = 4;
    private readonly byte[] _pixels = new byte[width * height * PixelBytes];

    /// <summary>Columns.</summary>
    public int Width => width;

    /// <summary>Rows.</summary>
    public int Height => height;

    /// <summary>All pixels.</summary>
    public ReadOnlySpan<byte> Pixels => _pixels;

    /// <summary>Fills a row from planes <c>[1 or 3, Width]</c> on the 0..255 scale.</summary>
    public void SetRow(int y, ReadOnlySpan<float> planes)
    {
        int colors = planes.Length / width;
        for (int x = 0; x < width; x++)
        {
            for (int color = 0; color < 3; color++)
            {
                float value = planes[(Math.Min(color, colors - 1) * width) + x];
                _pixels[At(x, y) + color] = (byte)Math.Clamp(value + 0.5f, 0, 255);
            }

            _pixels[At(x, y) + 3] = byte.MaxValue;
        }
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
    public void Fill(int left, int top, int right, int bottom, Color color)
    {
        for (int y = Math.Max(0, top); y < Math.Min(height, bottom); y++)
        {
            for (int x = Math.Max(0, left); x < Math.Min(width, right); x++)
                Blend(x, y, color, 1);
        }
    }

    private int At(int x, int y) => ((y * width) + x) * PixelBytes;
}
