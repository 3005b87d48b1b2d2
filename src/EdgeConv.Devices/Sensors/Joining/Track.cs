namespace EdgeConv.Devices.Sensors.Joining;

/// <summary>How a channel's value at an instant follows from its readings, in ticks of the clock.</summary>
/// <param name="IsLinear">Whether it lies on the line between two readings, or is the last one.</param>
/// <param name="Near">Readings further apart than this are a gap.</param>
/// <param name="Held">How long a value may stand for those that are missing; 0 for not at all.</param>
/// <param name="Patience">How long after a reading the next one is waited for.</param>
internal readonly record struct ResamplingRule(bool IsLinear, long Near, long Held, long Patience);

/// <summary>What is known of a channel at an instant.</summary>
internal enum Knowledge
{
    /// <summary>Its value.</summary>
    Value,

    /// <summary>Nothing yet: a reading that tells it may still come.</summary>
    Pending,

    /// <summary>That it has none.</summary>
    Missing,
}

/// <summary>
/// Readings of one sensor around an instant that moves on: for each channel the last value up to it, and the
/// readings that come after it: few, unless another sensor is waited for.
/// </summary>
internal sealed class Track(int channels)
{
    private const int FirstRoom = 8;
    private const int MostAhead = 1 << 16;
    private long[] _aheadAt = new long[FirstRoom];
    private double[] _ahead = new double[FirstRoom * channels];
    private readonly long[] _lastAt = [.. Enumerable.Repeat(long.MinValue, channels)];
    private readonly double[] _last = new double[channels];
    private int _first;
    private int _count;

    /// <summary>When the newest reading was taken; null before the first.</summary>
    public long? Newest { get; private set; }

    /// <summary>Readings that come after the instant.</summary>
    public int Ahead => _count;

    /// <summary>
    /// Adds a reading; one that is not newer than the newest is left out, and so is one too many. Allocates when there
    /// were never as many ahead.
    /// </summary>
    /// <param name="at">When it was taken.</param>
    /// <param name="values">A value for each channel; NaN for none.</param>
    public void Add(long at, ReadOnlySpan<double> values)
    {
        if (at <= Newest || _count == MostAhead)
            return;
        if (_count == _aheadAt.Length)
            Grow();
        int slot = (_first + _count++) % _aheadAt.Length;
        _aheadAt[slot] = at;
        values.CopyTo(_ahead.AsSpan(slot * channels, channels));
        Newest = at;
    }

    /// <summary>Moves on to an instant that is not before the one so far.</summary>
    public void AdvanceTo(long instant)
    {
        while (_count > 0 && _aheadAt[_first] <= instant)
        {
            for (int c = 0; c < channels; c++)
            {
                double value = _ahead[(_first * channels) + c];
                if (double.IsNaN(value))
                    continue;
                _last[c] = value;
                _lastAt[c] = _aheadAt[_first];
            }

            _first = (_first + 1) % _aheadAt.Length;
            _count--;
        }
    }

    /// <summary>A channel at the instant that was moved on to.</summary>
    /// <param name="channel">Its number.</param>
    /// <param name="instant">The instant.</param>
    /// <param name="now">Now.</param>
    /// <param name="rule">How the value follows from the readings.</param>
    /// <param name="value">Its value; NaN unless it is known.</param>
    public Knowledge At(int channel, long instant, long now, in ResamplingRule rule, out double value)
    {
        value = double.NaN;
        long before = _lastAt[channel];
        if (before == long.MinValue)
            return Knowledge.Missing;
        if (before == instant || (!rule.IsLinear && instant - before <= rule.Near))
            return Known(_last[channel], out value);
        if (rule.IsLinear && Next(channel) is var next and >= 0 && _aheadAt[next] - before <= rule.Near)
            return Known(OnLine(channel, instant, next), out value);
        if (rule.IsLinear && MayCome(channel, before, now, rule))
            return Knowledge.Pending;
        return instant - before <= rule.Held ? Known(_last[channel], out value) : Knowledge.Missing;
    }

    private void Grow()
    {
        int room = _aheadAt.Length;
        long[] times = new long[2 * room];
        double[] values = new double[2 * room * channels];
        for (int i = 0; i < _count; i++)
        {
            int slot = (_first + i) % room;
            times[i] = _aheadAt[slot];
            _ahead.AsSpan(slot * channels, channels).CopyTo(values.AsSpan(i * channels));
        }

        (_aheadAt, _ahead, _first) = (times, values, 0);
    }

    private static Knowledge Known(double known, out double value)
    {
        value = known;
        return Knowledge.Value;
    }

    // A reading that is near enough to draw a line to may still come.
    private bool MayCome(int channel, long before, long now, in ResamplingRule rule) =>
        Next(channel) < 0 && Newest - before <= rule.Near && now - before <= rule.Patience;

    private double OnLine(int channel, long instant, int next)
    {
        double share = (double)(instant - _lastAt[channel]) / (_aheadAt[next] - _lastAt[channel]);
        double from = _last[channel];
        return from + ((_ahead[(next * channels) + channel] - from) * share);
    }

    // The first reading ahead that has a value of the channel; -1 for none.
    private int Next(int channel)
    {
        for (int i = 0; i < _count; i++)
        {
            int slot = (_first + i) % _aheadAt.Length;
            if (!double.IsNaN(_ahead[(slot * channels) + channel]))
                return slot;
        }

        return -1;
    }
}
