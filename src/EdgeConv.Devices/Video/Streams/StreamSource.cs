using EdgeConv.Core;

namespace EdgeConv.Devices.Video.Streams;

/// <summary>
/// Video that ffmpeg decodes in a process of its own: of a network camera the newest picture wins, and a stream that
/// ends, stalls or was never there is begun anew; of a file no picture is lost.
/// </summary>
internal sealed class StreamSource : ISource
{
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(15);

    // At a rate of its own ffmpeg gives nothing in between.
    private const double PatientIntervals = 2.5;
    private readonly TimeSpan _silence;
    private readonly SourceOptions _options;
    private readonly SampleWish _wish;
    private readonly TimeProvider _time;
    private readonly CaptureThread<Sample?> _thread;
    private readonly PicturePool _pool = new();
    private readonly ITimer _watch;
    private readonly Lock _lock = new();
    private FfmpegProcess? _process;
    private Y4mReader? _reader;
    private Y4mShape _shape;
    private long _waitsSince;
    private long _sequence;
    private bool _isSilent;
    private volatile bool _isGivenUp;
    private bool _hasEnded;

    public StreamSource(SourceOptions options, SampleWish wish, TimeProvider time)
    {
        _options = options;
        _wish = wish;
        _time = time;
        double interval = options.RateHertz > 0 ? 1 / options.RateHertz : 0;
        _silence = TimeSpan.FromSeconds(Math.Max(s_silence.TotalSeconds, PatientIntervals * interval));
        _thread = new CaptureThread<Sample?>("video", Read);
        _watch = time.CreateTimer(_ => EndSilence(), null, s_silence / 10, s_silence / 10);
        Name = $"video:{options.Stream.Place}";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public bool IsLive => _options.Stream.IsNetwork;

    /// <summary>The id of the process that decodes; 0 when there is none.</summary>
    internal int ProcessId => _process?.Id ?? 0;

    /// <inheritdoc/>
    public async ValueTask<Sample?> ReadAsync(CancellationToken cancellation)
    {
        // A read in the kernel ends when what it reads from does.
        using CancellationTokenRegistration end = cancellation.Register(Kill);
        return await _thread.RunAsync(cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _isGivenUp = true;
        Kill();
        await _thread.DisposeAsync().ConfigureAwait(false);
        await _watch.DisposeAsync().ConfigureAwait(false);
        Close();
    }

    private Frame? Read()
    {
        if (_hasEnded)
            return null;
        lock (_lock)
            _waitsSince = _time.GetTimestamp();
        try
        {
            return Next();
        }
        catch (Exception error) when (error is InvalidDataException or IOException or ObjectDisposedException)
        {
            throw Failed(error.Message);
        }
        catch (OperationCanceledException)
        {
            Close();
            throw;
        }
        finally
        {
            lock (_lock)
                _waitsSince = 0;
        }
    }

    private Frame? Next()
    {
        if (_reader is null && !TryOpen())
            return Ended(hadPictures: false);
        DecodedPicture picture = _pool.Rent(_shape.Bytes);
        if (_reader!.TryRead(picture.Pixels.AsSpan(0, _shape.Bytes)))
            return FrameOf(picture);
        _pool.Return(picture);
        return Ended(hadPictures: true);
    }

    private bool TryOpen()
    {
        FfmpegProcess process = FfmpegProcess.Start(
            Name, FfmpegArguments.Of(_options, _wish), FfmpegArguments.PlaylistOf(_options.Stream));
        lock (_lock)
        {
            _process = process;
            _isSilent = false;
        }

        // While it was being started there was nothing to kill.
        ThrowIfGivenUp();
        Y4mReader reader = new(process.Pictures);
        if (reader.ReadHeader() is not { } shape)
            return false;
        _shape = shape;
        _reader = reader;
        return true;
    }

    private void ThrowIfGivenUp()
    {
        if (_isGivenUp)
            throw new OperationCanceledException();
        _thread.ThrowIfCancelled();
    }

    private Frame? Ended(bool hadPictures)
    {
        ThrowIfGivenUp();
        _process?.WaitForEnd();
        string? complaint = _process?.LastLine;
        bool isSilent = _isSilent;
        Close();
        if (isSilent)
            throw new DeviceError(Name, $"gives no picture for {_silence.TotalSeconds:0} s; it is begun anew");
        if (hadPictures && !_options.Stream.IsNetwork && !_options.Loop)
        {
            // What it complained of is told once; reading it again would tell the same pictures again.
            _hasEnded = true;
            return complaint is null ? null : throw new DataError(Name, _options.Stream.Redact(complaint));
        }

        throw Failed(complaint ?? (hadPictures ? "the stream has ended" : "gives no picture"));
    }

    private DeviceError Failed(string problem)
    {
        Close();
        return new DeviceError(Name, _options.Stream.Redact(problem));
    }

    private Frame FrameOf(DecodedPicture picture) => new(picture.Release)
    {
        Timestamp = _time.GetUtcNow(),
        CapturedAt = _time.GetTimestamp(),
        Sequence = _sequence++,
        Origin = _options.Stream.IsNetwork ? _options.Stream.Place : Path.GetFileName(_options.Stream.Url),
        Width = _shape.Width,
        Height = _shape.Height,
        Stride = _shape.Stride,
        Format = _shape.Format,
        Coding = ColorCoding.Bt601,
        Pixels = picture.Pixels.AsMemory(0, _shape.Bytes),
    };

    // Of a file it is the model that keeps it waiting.
    private void EndSilence()
    {
        lock (_lock)
        {
            if (_process is null || _waitsSince == 0 || _time.GetElapsedTime(_waitsSince) < _silence)
                return;
            _isSilent = true;
            _process.Kill();
        }
    }

    private void Kill()
    {
        lock (_lock)
            _process?.Kill();
    }

    private void Close()
    {
        FfmpegProcess? process;
        lock (_lock)
        {
            process = _process;
            _process = null;
        }

        process?.Dispose();
        _reader = null;
    }
}
