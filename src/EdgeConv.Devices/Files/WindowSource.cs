using EdgeConv.Core;

namespace EdgeConv.Devices.Files;

/// <summary>
/// Cuts a recording into windows of one length, each beginning <c>stride</c> instants after the one before. An
/// unusable instant takes the windows that would hold it with it.
/// </summary>
internal sealed class WindowSource : ISource
{
    private const double DefaultRateHertz = 1;
    private readonly SourceOptions _options;
    private readonly int _length;
    private readonly int _stride;
    private readonly Func<ISampleReader> _open;
    private readonly Pace _pace;
    private readonly WindowPool _pool = new();
    private ISampleReader? _reader;
    private float[] _kept = [];
    private int _filled;
    private long _windowsOfThisPass;
    private long _sequence;

    public WindowSource(SourceOptions options, int length, Func<ISampleReader> open, Pace pace)
    {
        _options = options;
        _length = length;
        _stride = options.Stride == 0 ? length : options.Stride;
        _open = open;
        _pace = pace;
        Name = $"{options.Kind.ToString().ToLowerInvariant()}:{InputFile.NameOf(options)}";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public bool IsLive => _pace.IsRealTime;

    /// <inheritdoc/>
    public async ValueTask<Sample?> ReadAsync(CancellationToken cancellation)
    {
        // Reading may block for good (standard input, a pipe); a cancellation leaves it behind.
        bool isThere = await Task.Run(Fill, cancellation).WaitAsync(cancellation).ConfigureAwait(false);
        if (!isThere)
            return null;
        double rate = RateHertz;
        // A device that is read as it delivers sets its own pace.
        if (_options.Kind != SourceKind.Stdin)
            await _pace.WaitAsync(TimeSpan.FromSeconds(_stride / rate), cancellation).ConfigureAwait(false);
        return Cut(rate);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (_options.Kind != SourceKind.Stdin)
            _reader?.Dispose();
        return ValueTask.CompletedTask;
    }

    private double RateHertz =>
        _options.RateHertz > 0 ? _options.RateHertz : _reader!.RateHertz ?? DefaultRateHertz;

    private bool Fill()
    {
        Open();
        while (_filled < _length)
        {
            Span<float> instant = _kept.AsSpan(_filled * _reader!.Channels, _reader.Channels);
            if (TryRead(instant))
                _filled++;
            else if (!Restart())
                return false;
        }

        return true;
    }

    private bool TryRead(Span<float> instant)
    {
        try
        {
            if (!_reader!.TryRead(instant))
                return false;
        }
        catch (DataError)
        {
            _filled = 0;
            throw;
        }
        catch (IOException error)
        {
            _filled = 0;
            throw new DeviceError(Name, $"cannot be read: {error.Message}", error);
        }

        for (int c = 0; c < instant.Length; c++)
            instant[c] = (float)((instant[c] + _options.Offset) * _options.Scale);
        return true;
    }

    private void Open()
    {
        if (_reader is not null)
            return;
        _reader = _open();
        _kept = new float[_length * _reader.Channels];
        _filled = 0;
        _windowsOfThisPass = 0;
    }

    // A recording shorter than one window would be read over and over without ever giving one.
    private bool Restart()
    {
        if (!_options.Loop)
            return false;
        if (_windowsOfThisPass == 0)
            throw new DeviceError(Name, $"is shorter than one window of {_length} samples");
        _reader!.Dispose();
        _reader = null;
        Open();
        return true;
    }

    private Window Cut(double rate)
    {
        int channels = _reader!.Channels;
        float[] values = _pool.Rent(_length * channels);
        _kept.AsSpan(0, values.Length).CopyTo(values);
        Advance(channels);
        _windowsOfThisPass++;
        return new Window(_ => _pool.Return(values))
        {
            Timestamp = _pace.Time.GetUtcNow(),
            CapturedAt = _pace.Time.GetTimestamp(),
            Sequence = _sequence++,
            Origin = InputFile.NameOf(_options),
            Length = _length,
            Channels = channels,
            RateHertz = rate,
            Values = values,
        };
    }

    // Keeps what the next window shares with this one; a stride beyond the window leaves a gap to read over.
    private void Advance(int channels)
    {
        int kept = Math.Max(0, _length - _stride);
        _kept.AsSpan((_length - kept) * channels, kept * channels).CopyTo(_kept);
        _filled = kept;
        Span<float> passedOver = _kept.AsSpan(kept * channels, channels);
        for (int i = _length; i < _stride; i++)
        {
            if (!TryRead(passedOver))
                break;
        }
    }
}
