using System.Buffers;
using EdgeConv.Core;
using SkiaSharp;

namespace EdgeConv.Devices.Files;

/// <summary>Decodes JPEG and PNG files into RGB frames, upright as their EXIF orientation says.</summary>
internal static unsafe class ImageDecoder
{
    /// <summary>Most pixels of a picture; a header that announces more is refused before memory is taken.</summary>
    public const long MostPixels = 64_000_000;

    /// <summary>Largest file in bytes.</summary>
    public const long LargestFile = 256_000_000;

    private const int Rgba = 4;
    private const int Rgb = 3;

    /// <summary>Decodes a file. The frame's pixels go back to a pool when it is disposed.</summary>
    /// <exception cref="DataError">It is no whole JPEG or PNG picture.</exception>
    public static Frame Decode(string path, TimeProvider time, long sequence)
    {
        DateTimeOffset timestamp = time.GetUtcNow();
        long capturedAt = time.GetTimestamp();
        using SKData data = Read(path);
        using SKCodec codec = SKCodec.Create(data)
            ?? throw new DataError(path, "is no picture; JPEG or PNG is needed");
        SKImageInfo info = InfoOf(path, codec);
        Orientation orientation = new(codec.EncodedOrigin, info.Width, info.Height);
        byte[] pixels = ArrayPool<byte>.Shared.Rent(info.Width * info.Height * Rgb);
        try
        {
            DecodeInto(path, codec, info, orientation, pixels);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(pixels);
            throw;
        }

        return new Frame(_ => ArrayPool<byte>.Shared.Return(pixels))
        {
            Timestamp = timestamp,
            CapturedAt = capturedAt,
            Sequence = sequence,
            Origin = Path.GetFileName(path),
            Width = orientation.Width,
            Height = orientation.Height,
            Stride = orientation.Width * Rgb,
            Format = PixelFormat.Rgb24,
            Pixels = pixels.AsMemory(0, info.Width * info.Height * Rgb),
        };
    }

    private static SKData Read(string path)
    {
        try
        {
            long length = new FileInfo(path).Length;
            if (length is 0 or > LargestFile)
                throw new DataError(path, $"has {length} bytes; 1 to {LargestFile} are decoded");
            return SKData.CreateCopy(File.ReadAllBytes(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataError(path, $"cannot be read: {error.Message}", error);
        }
    }

    private static SKImageInfo InfoOf(string path, SKCodec codec)
    {
        if (codec.EncodedFormat is not (SKEncodedImageFormat.Jpeg or SKEncodedImageFormat.Png))
            throw new DataError(path, $"is a {codec.EncodedFormat} picture; JPEG or PNG is needed");
        if ((long)codec.Info.Width * codec.Info.Height > MostPixels)
        {
            throw new DataError(path,
                $"has {codec.Info.Width} x {codec.Info.Height} pixels; at most {MostPixels} are decoded");
        }

        return new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
    }

    private static void DecodeInto(
        string path, SKCodec codec, SKImageInfo info, Orientation orientation, Span<byte> pixels)
    {
        byte[] decoded = ArrayPool<byte>.Shared.Rent(info.BytesSize);
        try
        {
            SKCodecResult result;
            fixed (byte* first = decoded)
                result = codec.GetPixels(info, (nint)first);
            if (result != SKCodecResult.Success)
                throw new DataError(path, $"is damaged ({result}); a whole JPEG or PNG picture is needed");
            for (int y = 0; y < info.Height; y++)
            {
                for (int x = 0; x < info.Width; x++)
                {
                    ReadOnlySpan<byte> from = decoded.AsSpan((y * info.Width + x) * Rgba, Rgb);
                    from.CopyTo(pixels[(orientation.IndexOf(x, y) * Rgb)..]);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(decoded);
        }
    }
}
