using EdgeConv.Devices.Files;
using SkiaSharp;

namespace EdgeConv.Devices.Tests.Support;

/// <summary>Makes pictures and decodes them.</summary>
internal static class Pictures
{
    /// <summary>Decodes a file's content and checks the shape of the frame.</summary>
    public static byte[] Decode(byte[] file, int width, int height)
    {
        using Frame frame = ImageDecoder.Decode("picture", file, default);
        Assert.Equal((width, height, width * 3), (frame.Width, frame.Height, frame.Stride));
        Assert.Equal(PixelFormat.Rgb24, frame.Format);
        Assert.Equal(width * height * 3, frame.Pixels.Length);
        return frame.Pixels.ToArray();
    }

    /// <summary>A JPEG file of <paramref name="colourAt"/> each pixel, at the best quality.</summary>
    public static byte[] Jpeg(int width, int height, Func<int, int, SKColor> colourAt) =>
        Encode(SKEncodedImageFormat.Jpeg, width, height, colourAt);

    public static byte[] Encode(
        SKEncodedImageFormat format, int width, int height, Func<int, int, SKColor> colourAt)
    {
        using SKBitmap bitmap = new(
            new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
                bitmap.SetPixel(x, y, colourAt(x, y));
        }

        using SKData data = bitmap.Encode(format, 100);
        return data.ToArray();
    }

    /// <summary>
    /// A file beside the tests; all show (6 x, 10 y, 255 - 6 x) at x, y in 40 x 24 pixels, made with Pillow.
    /// </summary>
    public static byte[] Recorded(string name) =>
        File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Images", "files", name));

    /// <summary>A JPEG file with an EXIF orientation.</summary>
    public static byte[] WithOrientation(byte[] jpeg, byte orientation)
    {
        byte[] exif =
        [
            0xFF, 0xE1, 0, 34, .. "Exif\0\0"u8, .. "MM\0*"u8, 0, 0, 0, 8,
            0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0,
        ];
        return [.. jpeg[..2], .. exif, .. jpeg[2..]];
    }
}
