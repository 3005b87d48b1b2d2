using EdgeConv.Core;
using SkiaSharp;

namespace EdgeConv.Devices.Files;

/// <summary>Compresses pictures with SkiaSharp. Safe to call from several threads.</summary>
public sealed unsafe class PictureEncoder : IPictureEncoder
{
    private const int PixelBytes = 4;
    private const int Lossless = 100;

    /// <inheritdoc/>
    public byte[] EncodeJpeg(ReadOnlySpan<byte> pixels, int width, int height, int quality) =>
        Encode(pixels, width, height, SKEncodedImageFormat.Jpeg, quality);

    /// <inheritdoc/>
    public byte[] EncodePng(ReadOnlySpan<byte> pixels, int width, int height) =>
        Encode(pixels, width, height, SKEncodedImageFormat.Png, Lossless);

    private static byte[] Encode(
        ReadOnlySpan<byte> pixels, int width, int height, SKEncodedImageFormat format, int quality)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (pixels.Length != (long)PixelBytes * width * height)
            throw new ArgumentException($"{pixels.Length} bytes for {width} x {height} pixels of {PixelBytes}");
        SKImageInfo info = new(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        fixed (byte* first = pixels)
        {
            using SKPixmap pixmap = new(info, (nint)first);
            using SKData? data = pixmap.Encode(format, quality);
            return data?.ToArray()
                ?? throw new DataError($"{format} of {width} x {height} pixels", "cannot be encoded");
        }
    }
}
