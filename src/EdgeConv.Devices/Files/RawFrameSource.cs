using System.Buffers;
using EdgeConv.Core;

namespace EdgeConv.Devices.Files;

/// <summary>
/// Bare pictures one after another, from a file or standard input: what a camera program writes to a pipe.
/// </summary>
internal sealed class RawFrameSource : ISource
{
    private readonly SourceOptions _options;
    private readonly Func<Stream> _open;
    private readonly Pace _pace;
    private readonly BlockingRead<byte[]?> _read;
    private readonly int _stride;
    private readonly int _bytes;
    private Stream? _stream;
    private byte[]? _ready;
    private bool _isDelivered;
    private bool _hasEnded;
    private bool _hasReadInThisPass;
    private long _sequence;

    public RawFrameSource(SourceOptions options, Func<Stream> open, Pace pace)
    {
        _options = options;
        _open = open;
        _pace = pace;
        _read = new BlockingRead<byte[]?>(ReadPicture);
        _stride = PixelFormats.RowBytes(options.PixelFormat, options.Width);
        _bytes = checked((int)options.PictureBytes);
        Name = InputFile.SourceNameOf(options);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public bool IsLive => _pace.IsRealTime;

    /// <inheritdoc/>
    public async ValueTask<Sample?> ReadAsync(CancellationToken cancellation)
    {
        // Kept while it is waited for, so that a cancelled wait loses no picture.
        _ready ??= await _read.RunAsync(cancellation).ConfigureAwait(false);
        if (_ready is not { } pixels)
            return null;
        double rate = _options.RateHertz > 0 ? _options.RateHertz : 1;
        if (!_isDelivered)
            await _pace.WaitAsync(_sequence, 1 / rate, cancellation).ConfigureAwait(false);
        _ready = null;
        return FrameOf(pixels);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _read.WhenIdle(Close);
        return ValueTask.CompletedTask;
    }

    private Frame FrameOf(byte[] pixels) => new(_ => ArrayPool<byte>.Shared.Return(pixels))
    {
        Timestamp = _pace.Time.GetUtcNow(),
        CapturedAt = _pace.Time.GetTimestamp(),
        Sequence = _sequence++,
        Origin = InputFile.NameOf(_options),
        Width = _options.Width,
        Height = _options.Height,
        Stride = _stride,
        Format = _options.PixelFormat,
        Coding = _options.Coding,
        Pixels = pixels.AsMemory(0, _bytes),
    };

    private byte[]? ReadPicture()
    {
        byte[] pixels = ArrayPool<byte>.Shared.Rent(_bytes);
        while (!_hasEnded)
        {
            int read = Read(pixels.AsSpan(0, _bytes));
            if (read == _bytes)
            {
                _hasReadInThisPass = true;
                return pixels;
            }

            End();
            if (read != 0)
                throw new DataError(InputFile.PlaceOf(_options),
                    $"ends {_bytes - read} bytes before the end of a picture");
        }

        ArrayPool<byte>.Shared.Return(pixels);
        return null;
    }

    private int Read(Span<byte> pixels)
    {
        try
        {
            if (_stream is null)
            {
                _stream = _open();
                _isDelivered = InputFile.IsDelivered(_options);
                _hasReadInThisPass = false;
            }

            return _stream.ReadAtLeast(pixels, pixels.Length, throwOnEndOfStream: false);
        }
        catch (IOException error)
        {
            _hasEnded = _options.Kind == SourceKind.Stdin;
            Close();
            throw new DeviceError(Name, $"cannot be read: {error.Message}", error);
        }
    }

    // A file without a whole picture would be read over and over without ever giving one.
    private void End()
    {
        _hasEnded = !_options.Loop;
        Close();
        if (!_hasEnded && !_hasReadInThisPass)
            throw new DeviceError(Name, $"holds no whole picture of {_bytes} bytes");
    }

    private void Close()
    {
        _stream?.Dispose();
        _stream = null;
    }
}
