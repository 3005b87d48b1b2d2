using EdgeConv.Devices.Files;
using EdgeConv.Devices.Video;
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
    public static byte[] Jpeg(
        int width, int height, Func<int, int, SKColor> colourAt,
        SKJpegEncoderDownsample chroma = SKJpegEncoderDownsample.Downsample420)
    {
        using SKBitmap bitmap = Draw(width, height, colourAt);
        SKJpegEncoderOptions options = new(100, chroma, SKJpegEncoderAlphaOption.Ignore);
        using SKData data = bitmap.PeekPixels().Encode(options)!;
        return data.ToArray();
    }

    public static byte[] Encode(
        SKEncodedImageFormat format, int width, int height, Func<int, int, SKColor> colourAt)
    {
        using SKBitmap bitmap = Draw(width, height, colourAt);
        using SKData data = bitmap.Encode(format, 100);
        return data.ToArray();
    }

    private static SKBitmap Draw(int width, int height, Func<int, int, SKColor> colourAt)
    {
        SKBitmap bitmap = new(
            new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
                bitmap.SetPixel(x, y, colourAt(x, y));
        }

        return bitmap;
    }

    /// <summary>
    /// Red, green and blue of a picture of full range, chroma on the line through those of the blocks' middles.
    /// </summary>
    public static byte[] Rgb(DecodedPicture picture)
    {
        ReadOnlySpan<byte> pixels = picture.Pixels;
        if (picture.Format == PixelFormat.Rgb24)
            return pixels[..(picture.Stride * picture.Height)].ToArray();
        byte[] colors = new byte[picture.Width * picture.Height * 3];
        ReadOnlySpan<PixelPlane> planes = PixelFormats.PlanesOf(picture.Format);
        int ofU = planes[0].Stride(picture.Stride) * planes[0].Rows(picture.Height);
        int ofV = ofU + (planes[1].Stride(picture.Stride) * planes[1].Rows(picture.Height));
        for (int i = 0; i < picture.Width * picture.Height; i++)
        {
            (int x, int y) = (i % picture.Width, i / picture.Width);
            double luma = pixels[(y * picture.Stride) + x];
            double u = At(pixels[ofU..], planes[1], picture, x, y) - 128;
            double v = At(pixels[ofV..], planes[2], picture, x, y) - 128;
            colors[3 * i] = Byte(luma + (1.402 * v));
            colors[(3 * i) + 1] = Byte(luma - (0.344136 * u) - (0.714136 * v));
            colors[(3 * i) + 2] = Byte(luma + (1.772 * u));
        }

        return colors;

        static byte Byte(double value) => (byte)Math.Clamp(Math.Round(value), 0, 255);
    }

    private static double At(ReadOnlySpan<byte> bytes, PixelPlane plane, DecodedPicture picture, int x, int y)
    {
        int stride = plane.Stride(picture.Stride);
        (int left, int right, double across) = Between(x, plane.UnitWidth, plane.Units(picture.Width));
        (int top, int bottom, double down) = Between(y, plane.UnitHeight, plane.Rows(picture.Height));
        double upper = double.Lerp(bytes[(top * stride) + left], bytes[(top * stride) + right], across);
        double lower = double.Lerp(bytes[(bottom * stride) + left], bytes[(bottom * stride) + right], across);
        return double.Lerp(upper, lower, down);
    }

    private static (int First, int Second, double Share) Between(int pixel, int unit, int units)
    {
        double at = ((pixel + 0.5) / unit) - 0.5;
        int first = Math.Clamp((int)Math.Floor(at), 0, Math.Max(0, units - 2));
        return (first, Math.Min(first + 1, units - 1), at - first);
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
