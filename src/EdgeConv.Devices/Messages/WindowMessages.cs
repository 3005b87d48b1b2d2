using EdgeConv.Core;
using EdgeConv.Devices.Files;

namespace EdgeConv.Devices.Messages;

/// <summary>Reads the values of one window out of a message.</summary>
internal interface IWindowReader
{
    /// <summary>Reads a window into <paramref name="window"/>, which is empty.</summary>
    /// <exception cref="DataError">At the message's topic: what is wrong.</exception>
    void Read(Delivery delivery, WindowValues window);
}

/// <summary>The values of a window as they are read, <c>[Length, Channels]</c>, and when it was captured.</summary>
internal sealed class WindowValues
{
    private float[] _values = [];

    /// <summary>Values at each instant.</summary>
    public int Channels { get; set; }

    /// <summary>Values so far.</summary>
    public int Count { get; private set; }

    /// <summary>When it was captured as the message says; null for when it arrived.</summary>
    public DateTimeOffset? Timestamp { get; set; }

    /// <summary>The values so far.</summary>
    public Span<float> Values => _values.AsSpan(0, Count);

    /// <summary>Starts anew.</summary>
    public void Clear()
    {
        Channels = 0;
        Count = 0;
        Timestamp = null;
    }

    /// <summary>Adds a value.</summary>
    public void Add(float value)
    {
        if (Count == _values.Length)
            Array.Resize(ref _values, Math.Max(256, 2 * Count));
        _values[Count++] = value;
    }

    /// <summary>Makes room for a number of values, whatever they are.</summary>
    public Span<float> Extend(int count)
    {
        if (Count + count > _values.Length)
            Array.Resize(ref _values, Math.Max(Count + count, 2 * _values.Length));
        Count += count;
        return _values.AsSpan(Count - count, count);
    }
}

/// <summary>Each message is a window of the length that the model takes.</summary>
internal sealed class WindowMessages(SourceOptions options, int length, IWindowReader reader) : IMessageDecoder
{
    private const double DefaultRateHertz = 1;
    private readonly WindowPool _pool = new();
    private readonly WindowValues _window = new();
    private readonly double _rateHertz = options.RateHertz > 0 ? options.RateHertz : DefaultRateHertz;

    /// <inheritdoc/>
    public Sample Decode(Delivery delivery, long sequence)
    {
        _window.Clear();
        reader.Read(delivery, _window);
        int channels = _window.Channels;
        if (_window.Count != (long)length * channels)
        {
            throw new DataError(delivery.Topic, _window.Count % channels == 0
                ? $"has {_window.Count / channels} instants; the model takes windows of {length}"
                : $"has {_window.Count} values, no multiple of the {channels} channels");
        }

        Scale(delivery.Topic);
        float[] values = _pool.Rent(_window.Count);
        _window.Values.CopyTo(values);
        return new Window(_ => _pool.Return(values))
        {
            Timestamp = _window.Timestamp ?? delivery.Timestamp,
            CapturedAt = delivery.ArrivedAt,
            Sequence = sequence,
            Origin = delivery.Topic,
            Receipt = delivery,
            Correlation = delivery.Correlation,
            Length = length,
            Channels = channels,
            RateHertz = _rateHertz,
            Values = values,
        };
    }

    private void Scale(string topic)
    {
        Span<float> values = _window.Values;
        for (int i = 0; i < values.Length; i++)
        {
            float raw = values[i];
            values[i] = (float)((raw + options.Offset) * options.Scale);
            if (float.IsFinite(values[i]))
                continue;
            (int instant, int channel) = Math.DivRem(i, _window.Channels);
            throw new DataError(topic, float.IsFinite(raw)
                ? $"instant {instant}, channel {channel}: {raw} is too large for offset and scale"
                : $"instant {instant}, channel {channel} is {raw}; finite numbers are needed");
        }
    }
}
