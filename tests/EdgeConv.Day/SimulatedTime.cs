namespace EdgeConv.Day;

/// <summary>
/// The house's clock. It stands still while anybody works, and is moved on by whoever simulates: a slow machine makes
/// the day longer, not the house later.
/// </summary>
internal sealed class SimulatedTime : TimeProvider
{
    private static readonly DateTimeOffset s_start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly Lock _lock = new();
    private readonly List<SimulatedTimer> _armed = [];
    private readonly List<SimulatedTimer> _due = [];
    private long _ticks = TimeSpan.TicksPerDay;
    private long _asleep;
    private int _blocked;

    /// <summary>The monotonic clock, which need not tell a suspend.</summary>
    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>The wall clock, which tells a suspend in any case.</summary>
    public override DateTimeOffset GetUtcNow() =>
        s_start.AddTicks(GetTimestamp() - TimeSpan.TicksPerDay + Interlocked.Read(ref _asleep));

    /// <summary>Since the start, with what was slept through.</summary>
    public TimeSpan Elapsed => ElapsedAt(GetUtcNow());

    /// <summary>Since the start until a time of the wall clock.</summary>
    public static TimeSpan ElapsedAt(DateTimeOffset wall) => wall - s_start;

    /// <summary>Threads of sources that wait for this clock.</summary>
    public int Blocked => Volatile.Read(ref _blocked);

    /// <summary>Moves all clocks on; what is due is called on the pool, as the system's timers do.</summary>
    public void Advance(TimeSpan time)
    {
        long now = Interlocked.Add(ref _ticks, time.Ticks);
        lock (_lock)
        {
            foreach (SimulatedTimer timer in _armed)
            {
                if (timer.DueAt <= now)
                    _due.Add(timer);
            }

            foreach (SimulatedTimer timer in _due)
                timer.TakeDue(now);
        }

        foreach (SimulatedTimer timer in _due)
            ThreadPool.UnsafeQueueUserWorkItem(timer, preferLocal: false);
        _due.Clear();
    }

    /// <summary>The machine sleeps: its monotonic clock stands still, its wall clock is later when it wakes.</summary>
    public void Suspend(TimeSpan time) => Interlocked.Add(ref _asleep, time.Ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        SimulatedTimer timer = new(this, callback, state, Thread.CurrentThread.Name is "camera" or "sensors");
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class SimulatedTimer(SimulatedTime time, TimerCallback callback, object? state, bool isBlocking)
        : ITimer, IThreadPoolWorkItem
    {
        private TimeSpan _period;
        private bool _isArmed;

        public long DueAt { get; private set; }

        public void Execute() => callback(state);

        /// <summary>Under the clock's lock.</summary>
        public void TakeDue(long now)
        {
            if (_period > TimeSpan.Zero)
                DueAt = Math.Max(DueAt + _period.Ticks, now + 1);
            else
                Disarm();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
            {
                Disarm();
                if (dueTime == Timeout.InfiniteTimeSpan)
                    return true;
                DueAt = time.GetTimestamp() + dueTime.Ticks;
                _period = period > TimeSpan.Zero ? period : TimeSpan.Zero;
                _isArmed = true;
                time._armed.Add(this);
                if (isBlocking)
                    time._blocked++;
            }

            return true;
        }

        public void Dispose()
        {
            lock (time._lock)
                Disarm();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Disarm()
        {
            if (!_isArmed)
                return;
            _isArmed = false;
            time._armed.Remove(this);
            if (isBlocking)
                time._blocked--;
        }
    }
}
