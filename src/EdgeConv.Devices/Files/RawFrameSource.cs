using System.Buffers;
using EdgeConv.Core;

namespace EdgeConv.Devices.Files;

/// <summary>Bare pictures one after another, from a file or standard input: what a camera program writes to a pipe.</summary>
internal sealed class RawFrameSource(SourceOptions options, Pace pace) : ISource
{
    private readonly int _stride = options.Width * PixelFormats.BytesPerPixel(options.PixelFormat);
    private Stream? _stream;
    private long _sequence;

    /// <inheritdoc/>
    public string Name { get; } = $"{options.Kind.ToString().ToLowerInvariant()}:{InputFile.NameOf(options)}";

    /// <inheritdoc/>
    public bool IsLive => pace.IsRealTime;

    /// <inheritdoc/>
    public async ValueTask<Sample?> ReadAsync(CancellationToken cancellation)
    {
        byte[]? pixels = await Task.Run(ReadPixels, cancellation).WaitAsync(cancellation).ConfigureAwait(false);
        if (pixels is null)
            return null;
        if (options.Kind != SourceKind.Stdin)
        {
            double rate = options.RateHertz > 0 ? options.RateHertz : 1;
            await pace.WaitAsync(TimeSpan.FromSeconds(1 / rate), cancellation).ConfigureAwait(false);
        }

        return new Frame(_ => ArrayPool<byte>.Shared.Return(pixels))
        {
            Timestamp = pace.Time.GetUtcNow(),
            CapturedAt = pace.Time.GetTimestamp(),
            Sequence = _sequence++,
            Origin = InputFile.NameOf(options),
            Width = options.Width,
            Height = options.Height,
            Stride = _stride,
            Format = options.PixelFormat,
            Pixels = pixels.AsMemory(0, _stride * options.Height),
        };
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (options.Kind != SourceKind.Stdin)
            _stream?.Dispose();
        return ValueTask.CompletedTask;
    }

    private byte[]? ReadPixels()
    {
        _stream ??= InputFile.Open(options);
        int length = _stride * options.Height;
        byte[] pixels = ArrayPool<byte>.Shared.Rent(length);
        int read = _stream.ReadAtLeast(pixels.AsSpan(0, length), length, throwOnEndOfStream: false);
        if (read == 0 && options.Loop && _sequence > 0)
        {
            _stream.Dispose();
            _stream = InputFile.Open(options);
            read = _stream.ReadAtLeast(pixels.AsSpan(0, length), length, throwOnEndOfStream: false);
        }

        if (read == length)
            return pixels;
        ArrayPool<byte>.Shared.Return(pixels);
        return read == 0
            ? null
            : throw new DataError(InputFile.NameOf(options), $"ends {length - read} bytes before the end of a picture");
    }
}
