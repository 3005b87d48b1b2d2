using EdgeConv.Core;
using EdgeConv.Devices.Files;

namespace EdgeConv.Devices.Sensors.Joining;

/// <summary>
/// Joins sensors into windows on a common clock: instant n is n intervals after the first. Each channel's value at
/// an instant follows from its readings around it, see <see cref="ResamplingRule"/>.
/// </summary>
internal sealed class JoinedSource : ISource
{
    private const double LeastWakeSeconds = 0.02;
    private static readonly TimeSpan s_longestWait = TimeSpan.FromMilliseconds(100);
    private readonly SensorFeed[] _feeds;
    private readonly JoinForm _form;
    private readonly TimeProvider _time;
    private readonly Action<TimeSpan> _wait;
    private readonly CaptureThread<Sample?> _thread;
    private readonly WindowPool _pool = new();
    private JoinedColumn[] _columns = [];
    private SlidingWindow? _window;
    private long _origin;
    private long _instants;
    private long _sequence;
    private long? _brokenAt;

    /// <param name="form">What the windows are like.</param>
    /// <param name="feeds">The sensors, in the order of their channels.</param>
    /// <param name="time">Clock.</param>
    /// <param name="wait">Waits on the reading thread.</param>
    public JoinedSource(
        JoinForm form, IReadOnlyList<SensorFeed> feeds, TimeProvider time, Action<TimeSpan> wait)
    {
        _form = form;
        _feeds = [.. feeds];
        _time = time;
        _wait = wait;
        _thread = new CaptureThread<Sample?>("sensors", () => Read());
    }

    /// <inheritdoc/>
    public string Name => _form.Name;

    /// <inheritdoc/>
    public bool IsLive => true;

    /// <inheritdoc/>
    public ValueTask<Sample?> ReadAsync(CancellationToken cancellation) => _thread.RunAsync(cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _thread.DisposeAsync().ConfigureAwait(false);
        foreach (SensorFeed feed in _feeds)
            feed.Dispose();
    }

    private Window Read()
    {
        while (true)
        {
            _thread.ThrowIfCancelled();
            long now = _time.GetTimestamp();
            bool areOpen = true;
            foreach (SensorFeed feed in _feeds)
            {
                feed.Ensure(now);
                areOpen &= feed.IsOpen && !feed.TakeLoss();
            }

            // One that was lost and is back already has left a gap, which has its name.
            if (!areOpen)
                Break(now);
            if (_window is null)
                TryBegin(now);
            if (_window is not null && TryFill(_window, now) is { } window)
                return window;
            _wait(UntilNext(_time.GetTimestamp()));
        }
    }

    // Without one of the sensors there are no windows; with all of them they begin anew.
    private void Break(long now)
    {
        if (_window is null)
            return;
        _window = null;
        foreach (SensorFeed feed in _feeds)
            feed.Forget();
        _brokenAt = now;
    }

    // The first instant is when each sensor has told something.
    private void TryBegin(long now)
    {
        long newest = long.MinValue;
        bool haveAllBegun = true;
        foreach (SensorFeed feed in _feeds)
        {
            feed.Pull(now, now);
            haveAllBegun &= feed.Newest is not null;
            newest = Math.Max(newest, feed.Newest ?? newest);
        }

        if (!haveAllBegun)
            return;
        _columns = JoinedColumn.Of(_feeds);
        ColumnCheck.Require(Name, [.. _columns.Select(column => (column.Sensor, column.Channel))], _form.Wish);
        Skip(newest);
        (_origin, _instants) = (newest, 0);
        _window = new SlidingWindow(_form.Length, _form.Stride, _columns.Length);
        foreach (SensorFeed feed in _feeds)
            feed.AlignTo(_origin);
    }

    // Windows that there would have been are a gap in the sequence.
    private void Skip(long until)
    {
        if (_brokenAt is { } since)
            _sequence += 1 + (long)(_time.GetElapsedTime(since, until).TotalSeconds * _form.RateHertz / _form.Stride);
        _brokenAt = null;
    }

    private Window? TryFill(SlidingWindow window, long now)
    {
        while (true)
        {
            if (window.IsFull && window.IsUsable)
                return Cut(window);
            if (window.IsFull)
                Advance(window);
            else if (!TryAdd(window, now))
                return null;
        }
    }

    private bool TryAdd(SlidingWindow window, long now)
    {
        long instant = InstantOf(_instants);
        foreach (SensorFeed feed in _feeds)
            feed.Pull(instant, now);
        if (instant > now)
            return false;
        foreach (JoinedColumn column in _columns)
        {
            if (!column.TryKnow(instant, now))
                return false;
        }

        JoinedColumn? lost = Write(window.Next, out bool isUsable);
        window.Add(isUsable);
        _instants++;
        if (lost is not null)
            throw new DataError(Name, $"{lost.Name} has no value; windows without it are dropped until it is back");
        return true;
    }

    // The first of the columns that had a value until now; null for none.
    private JoinedColumn? Write(Span<float> instant, out bool isUsable)
    {
        JoinedColumn? lost = null;
        isUsable = true;
        for (int c = 0; c < _columns.Length; c++)
        {
            instant[c] = (float)_columns[c].Value;
            bool isThere = float.IsFinite(instant[c]);
            isUsable &= isThere;
            if (_columns[c].IsLostBy(isThere))
                lost ??= _columns[c];
        }

        return lost;
    }

    private Window Cut(SlidingWindow full)
    {
        float[] values = _pool.Rent(full.Values.Length);
        full.Values.CopyTo(values);
        long last = InstantOf(_instants - 1);
        Window window = new(_ => _pool.Return(values))
        {
            Timestamp = _time.GetUtcNow() - _time.GetElapsedTime(last),
            CapturedAt = last,
            Sequence = _sequence,
            Origin = _form.Origin,
            Length = _form.Length,
            Channels = full.Channels,
            RateHertz = _form.RateHertz,
            Values = values,
        };
        Advance(full);
        return window;
    }

    private void Advance(SlidingWindow window)
    {
        window.Advance();
        _sequence++;
    }

    private long InstantOf(long number) =>
        _origin + (long)Math.Round(number * (_time.TimestampFrequency / _form.RateHertz));

    // Until a sensor is to be read, or until enough has come to be worth waking for.
    private TimeSpan UntilNext(long now)
    {
        double seconds = _window is null ? s_longestWait.TotalSeconds : LeastWakeSeconds;
        long next = now + (long)(seconds * _time.TimestampFrequency);
        if (_window is not null)
            next = Math.Max(next, InstantOf(_instants));
        foreach (SensorFeed feed in _feeds)
        {
            if (feed.IsPolled)
                next = Math.Min(next, Math.Max(now, feed.DueAt));
        }

        TimeSpan left = _time.GetElapsedTime(now, next);
        return left < s_longestWait ? left : s_longestWait;
    }
}

/// <summary>What the windows of joined sensors are like.</summary>
internal sealed record JoinForm
{
    /// <summary>The source's name.</summary>
    public required string Name { get; init; }

    /// <summary>Where its windows come from, for messages.</summary>
    public required string Origin { get; init; }

    /// <summary>Instants a second.</summary>
    public required double RateHertz { get; init; }

    /// <summary>Instants in a window.</summary>
    public required int Length { get; init; }

    /// <summary>Instants from the start of one window to the start of the next.</summary>
    public required int Stride { get; init; }

    /// <summary>What the model wants.</summary>
    public SampleWish Wish { get; init; }
}
