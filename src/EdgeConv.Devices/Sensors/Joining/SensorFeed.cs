using EdgeConv.Core;

namespace EdgeConv.Devices.Sensors.Joining;

/// <summary>
/// One of the sensors that are joined: opens it, reads it when it is due, and opens it anew, with growing pauses,
/// when it fails. Each fault is told once.
/// </summary>
internal sealed class SensorFeed : IDisposable
{
    private const int MostFailures = 3;
    private const int EnoughAhead = 8;
    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_unseen = TimeSpan.FromSeconds(1);

    // Readings further apart than this many intervals are a gap.
    private const double NearIntervals = 2.5;

    // What a buffer may take to hand out what it has.
    private const double DeliverySeconds = 0.25;
    private readonly SensorOptions _options;
    private readonly Func<ISensor> _open;
    private readonly TimeProvider _time;
    private readonly double _joinedInterval;
    private ISensor? _sensor;
    private Track? _track;
    private double[] _values = [];
    private TimeSpan _pause = s_firstPause;
    private long _retryAt = long.MinValue;
    private long _lastReadAt;
    private long _lookedAt;
    private int _failures;
    private string? _told;
    private bool _wasLost;

    /// <param name="options">How it is joined.</param>
    /// <param name="open">Opens it.</param>
    /// <param name="rateHertz">Instants a second that it is joined at.</param>
    /// <param name="time">Clock.</param>
    public SensorFeed(SensorOptions options, Func<ISensor> open, double rateHertz, TimeProvider time)
    {
        _options = options;
        _open = open;
        _time = time;
        _joinedInterval = 1 / rateHertz;
    }

    /// <summary>The channels that are used: which of the sensor's, and what they are; empty before it was open.</summary>
    public IReadOnlyList<FeedChannel> Channels { get; private set; } = [];

    /// <summary>When its newest reading was taken; null before the first.</summary>
    public long? Newest => _track?.Newest;

    /// <summary>Whether it is open.</summary>
    public bool IsOpen => _sensor is not null;

    /// <summary>Whether it measures whenever it is read.</summary>
    public bool IsPolled => _sensor is { OwnInterval: null };

    /// <summary>When it is to be read next.</summary>
    public long DueAt { get; private set; } = long.MinValue;

    /// <summary>What the sensor is called.</summary>
    public string Name { get; private set; } = "sensor";

    /// <summary>Whether it was lost since this was asked.</summary>
    public bool TakeLoss()
    {
        bool wasLost = _wasLost;
        _wasLost = false;
        return wasLost;
    }

    /// <summary>Opens it where it is not open and its pause is over.</summary>
    /// <exception cref="DeviceError">It cannot be opened, for a reason that was not told yet.</exception>
    public void Ensure(long now)
    {
        if (_sensor is not null || now < _retryAt)
            return;
        try
        {
            ISensor sensor = _open();
            Name = sensor.Name;
            Adopt(sensor);
            _lastReadAt = now;
        }
        catch (Exception error) when (SensorFault.IsOne(error))
        {
            Lose(SensorFault.Of(Name, error), now);
        }
    }

    /// <summary>Reads what there is up to an instant and a little beyond; waits for nothing.</summary>
    /// <exception cref="DeviceError">It failed, for a reason that was not told yet.</exception>
    public void Pull(long instant, long now)
    {
        _track?.AdvanceTo(instant);
        if (_sensor is null || (IsPolled && now < DueAt))
            return;
        Look(now);
        try
        {
            if (IsPolled)
                Poll(_sensor, now);
            else
                Drain(_sensor, instant, now);
        }
        catch (Exception error) when (SensorFault.IsOne(error))
        {
            _failures++;
            if (_failures >= MostFailures)
                Lose(SensorFault.Of(Name, error), now);
        }

        _track!.AdvanceTo(instant);
        if (_sensor is not null && _time.GetElapsedTime(_lastReadAt, now) > s_silence + Seconds(NearIntervals * Interval))
            Lose(new DeviceError(Name, $"gives no reading for {s_silence.TotalSeconds} s; opened anew"), now);
    }

    /// <summary>Reads at multiples of its interval after <paramref name="instant"/> from now on.</summary>
    public void AlignTo(long instant) => DueAt = instant;

    /// <summary>Forgets what it has read.</summary>
    public void Forget() => _track = _track is null ? null : new Track(_values.Length);

    /// <summary>Finds a channel's value at the instant that was read up to; NaN when it has none.</summary>
    /// <returns>False when that is not known yet.</returns>
    public bool TryKnow(FeedChannel channel, long instant, long now, out double value)
    {
        value = double.NaN;
        return _track?.At(channel.Index, instant, now, RuleOf(channel), out value) != Knowledge.Pending;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _sensor?.Dispose();
        _sensor = null;
    }

    private ResamplingRule RuleOf(FeedChannel channel)
    {
        bool isLinear = _options.Resampling switch
        {
            Resampling.Linear => true,
            Resampling.Hold => false,
            _ => !channel.Channel.IsStatus,
        };
        double near = NearIntervals * Interval;
        double late = IsPolled ? 0 : DeliverySeconds;
        long held = _options.Gap == GapPolicy.Hold ? Ticks(_options.GapSeconds) : 0;
        return new ResamplingRule(isLinear, Ticks(near), held, Ticks(near + late));
    }

    // Seconds from one reading to the next, as far as that is known.
    private double Interval => _sensor?.OwnInterval is { Ticks: > 0 } own
        ? own.TotalSeconds
        : _options.RateHertz > 0 ? 1 / _options.RateHertz : _joinedInterval;

    private void Adopt(ISensor sensor)
    {
        try
        {
            IReadOnlyList<FeedChannel> channels = FeedChannel.Choose(sensor, _options.Channels);
            if (Channels.Count != 0 && !channels.SequenceEqual(Channels))
                throw new DeviceError(sensor.Name, "has other channels than before; a restart takes them");
            Channels = channels;
        }
        catch
        {
            sensor.Dispose();
            throw;
        }

        _track = new Track(sensor.Channels.Count);
        _values = new double[sensor.Channels.Count];
        _sensor = sensor;
    }

    // While nobody looked, because this program had no time or waited after another fault, a sensor was not silent.
    private void Look(long now)
    {
        if (_time.GetElapsedTime(_lookedAt, now) > s_unseen + Seconds(Interval))
            _lastReadAt = now;
        _lookedAt = now;
    }

    private void Poll(ISensor sensor, long now)
    {
        Postpone(now);
        long begun = _time.GetTimestamp();
        long at = begun;
        if (!sensor.TryRead(_values, ref at))
            return;
        // What is measured now is measured somewhere between asking and being told.
        if (at == begun)
            at = begun + ((_time.GetTimestamp() - begun) / 2);
        Take(at, now);
    }

    private void Drain(ISensor sensor, long instant, long now)
    {
        Track track = _track!;
        // The rest is kept by the sensor.
        while (track.Ahead < EnoughAhead)
        {
            long at = now;
            if (!sensor.TryRead(_values, ref at))
                return;
            Take(at, now);
            track.AdvanceTo(instant);
        }
    }

    private void Take(long at, long now)
    {
        _track!.Add(at, _values);
        (_failures, _told, _pause, _lastReadAt) = (0, null, s_firstPause, now);
    }

    // The multiple of the interval that comes next, whatever was missed.
    private void Postpone(long now)
    {
        long interval = Math.Max(1, Ticks(Interval));
        DueAt = DueAt == long.MinValue ? now : DueAt;
        DueAt += ((now - DueAt) / interval * interval) + interval;
    }

    private void Lose(DeviceError error, long now)
    {
        Dispose();
        _wasLost = true;
        _failures = 0;
        _retryAt = now + Ticks(_pause.TotalSeconds);
        _pause = _pause * 2 < s_longestPause ? _pause * 2 : s_longestPause;
        // One that is opened names its bus as well; what is wrong is the same.
        if (_told == error.Problem)
            return;
        _told = error.Problem;
        throw error;
    }

    private long Ticks(double seconds) => (long)(seconds * _time.TimestampFrequency);

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(Math.Min(seconds, 1e6));
}
