using EdgeConv.Core;

namespace EdgeConv.Devices.Files;

/// <summary>
/// Cuts a recording into windows of one length, each beginning <c>stride</c> instants after the one before.
/// An unusable instant is reported once and takes the windows that would hold it with it; they leave a gap in
/// the sequence.
/// </summary>
internal sealed class WindowSource : ISource
{
    private const double DefaultRateHertz = 1;
    private const long MostValues = 1 << 26;
    private readonly SourceOptions _options;
    private readonly int _length;
    private readonly int _stride;
    private readonly Func<ISampleReader> _open;
    private readonly Pace _pace;
    private readonly BlockingRead<bool> _fill;
    private readonly WindowPool _pool = new();
    private ISampleReader? _reader;
    private SlidingWindow? _window;
    private double _rateHertz;
    private bool _isDelivered;
    private bool _hasEnded;
    private bool _hasGivenInThisPass;
    private long _sequence;

    public WindowSource(SourceOptions options, int length, Func<ISampleReader> open, Pace pace)
    {
        _options = options;
        _length = length;
        _stride = options.Stride == 0 ? length : options.Stride;
        _open = open;
        _pace = pace;
        _fill = new BlockingRead<bool>(Fill);
        Name = InputFile.SourceNameOf(options);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public bool IsLive => _pace.IsRealTime;

    /// <inheritdoc/>
    public async ValueTask<Sample?> ReadAsync(CancellationToken cancellation)
    {
        if (!await _fill.RunAsync(cancellation).ConfigureAwait(false))
            return null;
        if (!_isDelivered)
            await _pace.WaitAsync(_sequence, _stride / _rateHertz, cancellation).ConfigureAwait(false);
        return Cut(_window!);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _fill.WhenIdle(Close);
        return ValueTask.CompletedTask;
    }

    private bool Fill()
    {
        while (!_hasEnded)
        {
            Open();
            if (_window!.IsFull && _window.IsUsable)
                return true;
            if (_window.IsFull)
                Advance(_window);
            else if (!TryReadInstant(_window))
                End();
        }

        return false;
    }

    private bool TryReadInstant(SlidingWindow window)
    {
        try
        {
            if (!_reader!.TryRead(window.Next))
                return false;
            Scale(window.Next);
        }
        catch (DataError)
        {
            window.Add(isUsable: false);
            throw;
        }
        catch (IOException error)
        {
            Fail();
            throw new DeviceError(Name, $"cannot be read: {error.Message}", error);
        }

        window.Add(isUsable: true);
        return true;
    }

    private void Scale(Span<float> instant)
    {
        for (int c = 0; c < instant.Length; c++)
        {
            float raw = instant[c];
            instant[c] = (float)((raw + _options.Offset) * _options.Scale);
            if (!float.IsFinite(instant[c]))
                throw new DataError(Name, $"channel {c}: {raw} is too large for offset and scale");
        }
    }

    private void Open()
    {
        if (_reader is not null)
            return;
        try
        {
            _reader = _open();
            _window = MakeWindow(_reader.Channels);
        }
        catch (Exception error) when (error is DataError or IOException)
        {
            // Trying again at once would not help: whoever reads is to wait.
            Fail();
            throw error is DataError { Place: var place, Problem: var problem }
                ? new DeviceError(place, problem, error)
                : new DeviceError(Name, $"cannot be read: {error.Message}", error);
        }

        _rateHertz = _options.RateHertz > 0 ? _options.RateHertz : _reader.RateHertz ?? DefaultRateHertz;
        _isDelivered = InputFile.IsDelivered(_options);
        _hasGivenInThisPass = false;
    }

    private SlidingWindow MakeWindow(int channels) => (long)_length * channels <= MostValues
        ? new SlidingWindow(_length, _stride, channels)
        : throw new DataError(Name,
            $"has {channels} channels; windows of {_length} samples may hold at most {MostValues} values");

    // A recording without a whole window would be read over and over without ever giving one.
    private void End()
    {
        _hasEnded = !_options.Loop;
        Close();
        if (!_hasEnded && !_hasGivenInThisPass)
            throw new DeviceError(Name, $"holds no whole window of {_length} usable samples");
    }

    // Standard input cannot be opened anew.
    private void Fail()
    {
        _hasEnded = _options.Kind == SourceKind.Stdin;
        Close();
    }

    private void Close()
    {
        _reader?.Dispose();
        _reader = null;
    }

    private void Advance(SlidingWindow window)
    {
        window.Advance();
        _sequence++;
    }

    private Window Cut(SlidingWindow full)
    {
        float[] values = _pool.Rent(full.Values.Length);
        full.Values.CopyTo(values);
        Window window = new(_ => _pool.Return(values))
        {
            Timestamp = _pace.Time.GetUtcNow(),
            CapturedAt = _pace.Time.GetTimestamp(),
            Sequence = _sequence,
            Origin = InputFile.NameOf(_options),
            Length = _length,
            Channels = full.Channels,
            RateHertz = _rateHertz,
            Values = values,
        };
        Advance(full);
        _hasGivenInThisPass = true;
        return window;
    }
}
