using System.Buffers;
using EdgeConv.Core;
using SkiaSharp;

namespace EdgeConv.Devices.Files;

/// <summary>
/// Decodes JPEG and PNG files into RGB frames, upright as their EXIF orientation says. Colours are as stored:
/// no colour profile is applied and transparency is dropped.
/// </summary>
internal static unsafe class ImageDecoder
{
    /// <summary>
    /// Most pixels of a picture; a header that announces more is refused before memory is taken.
    /// </summary>
    public const long MostPixels = 64_000_000;

    /// <summary>Largest file in bytes.</summary>
    public const long LargestFile = 256_000_000;

    private const int Rgba = 4;
    private const int Rgb = 3;

    /// <summary>Decodes a file. The frame's pixels go back to a pool when it is disposed.</summary>
    /// <exception cref="DataError">It is no whole JPEG or PNG picture.</exception>
    public static Frame Decode(string path, TimeProvider time, long sequence)
    {
        Moment moment = new(time.GetUtcNow(), time.GetTimestamp(), sequence);
        byte[] file = Read(path, out int length);
        try
        {
            return Decode(path, file.AsSpan(0, length), moment);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(file);
        }
    }

    /// <summary>Decodes a file's content.</summary>
    /// <exception cref="DataError">It is no whole JPEG or PNG picture.</exception>
    public static Frame Decode(string path, ReadOnlySpan<byte> file, Moment moment)
    {
        fixed (byte* first = file)
        {
            using SKData data = SKData.Create((nint)first, file.Length);
            using SKCodec codec = SKCodec.Create(data)
                ?? throw new DataError(path, BeginsAsPicture(file)
                    ? "ends early or is damaged: it has a picture's first bytes, but no whole header"
                    : "is no picture; JPEG or PNG is needed");
            SKImageInfo info = InfoOf(path, codec);
            Orientation orientation = new(codec.EncodedOrigin, info.Width, info.Height);
            return FrameOf(path, moment, orientation, Pixels(path, codec, info, orientation));
        }
    }

    private static Frame FrameOf(string path, Moment moment, Orientation orientation, byte[] pixels) =>
        new(_ => ArrayPool<byte>.Shared.Return(pixels))
        {
            Timestamp = moment.Timestamp,
            CapturedAt = moment.CapturedAt,
            Sequence = moment.Sequence,
            Origin = moment.Origin ?? Path.GetFileName(path),
            Receipt = moment.Receipt,
            Correlation = moment.Correlation,
            Width = orientation.Width,
            Height = orientation.Height,
            Stride = orientation.Width * Rgb,
            Format = PixelFormat.Rgb24,
            Pixels = pixels.AsMemory(0, orientation.Width * orientation.Height * Rgb),
        };

    private static byte[] Read(string path, out int length)
    {
        // Opening a pipe would wait for its writer.
        if (FileStatus.IsStream(path))
            throw new DataError(path, "is a pipe or a device; a picture file is needed");
        try
        {
            using FileStream stream = new(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            long bytes = stream.Length;
            if (bytes is 0 or > LargestFile)
            {
                throw new DataError(path,
                    bytes == 0 ? "is empty" : $"has {bytes} bytes; at most {LargestFile} are decoded");
            }

            byte[] file = ArrayPool<byte>.Shared.Rent((int)bytes);
            length = stream.ReadAtLeast(file.AsSpan(0, (int)bytes), (int)bytes, throwOnEndOfStream: false);
            return file;
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
        int width = codec.Info.Width, height = codec.Info.Height;
        return (long)width * height <= MostPixels
            ? new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul)
            : throw new DataError(path, $"has {width} x {height} pixels; at most {MostPixels} are decoded");
    }

    private static byte[] Pixels(string path, SKCodec codec, SKImageInfo info, Orientation orientation)
    {
        byte[] decoded = ArrayPool<byte>.Shared.Rent(info.BytesSize);
        byte[]? pixels = null;
        try
        {
            DecodeInto(path, codec, info, decoded);
            // An upright picture is packed in place: pixel i goes from byte 4 i to byte 3 i.
            pixels = orientation.IsUpright
                ? decoded
                : ArrayPool<byte>.Shared.Rent(info.Width * info.Height * Rgb);
            for (int y = 0; y < info.Height; y++)
            {
                Place(decoded.AsSpan(y * info.Width * Rgba, info.Width * Rgba), pixels,
                    (orientation.Start + y * orientation.StepDown) * Rgb, orientation.StepRight * Rgb);
            }

            return pixels;
        }
        finally
        {
            if (decoded != pixels)
                ArrayPool<byte>.Shared.Return(decoded);
        }
    }

    private static void DecodeInto(string path, SKCodec codec, SKImageInfo info, Span<byte> decoded)
    {
        SKCodecResult result;
        fixed (byte* first = decoded)
            result = codec.GetPixels(info, (nint)first);
        if (result == SKCodecResult.IncompleteInput)
            throw new DataError(path, "ends early; a whole JPEG or PNG picture is needed");
        if (result != SKCodecResult.Success)
            throw new DataError(path, $"is damaged ({result}); a whole JPEG or PNG picture is needed");
    }

    // The first bytes of PNG and JPEG files.
    private static bool BeginsAsPicture(ReadOnlySpan<byte> file) =>
        file.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G']) ||
        file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8]);

    private static void Place(ReadOnlySpan<byte> row, Span<byte> pixels, int at, int step)
    {
        for (; row.Length >= Rgba; row = row[Rgba..], at += step)
        {
            pixels[at] = row[0];
            pixels[at + 1] = row[1];
            pixels[at + 2] = row[2];
        }
    }

    /// <summary>When a picture was taken up, and as which of its source.</summary>
    internal readonly record struct Moment(DateTimeOffset Timestamp, long CapturedAt, long Sequence)
    {
        /// <summary>Where it came from; null for the file's name.</summary>
        public string? Origin { get; init; }

        /// <summary><see cref="Sample.Receipt"/>.</summary>
        public IReceipt? Receipt { get; init; }

        /// <summary><see cref="Sample.Correlation"/>.</summary>
        public ReadOnlyMemory<byte> Correlation { get; init; }
    }
}
