namespace EdgeConv.Devices.Files;

/// <summary>Replays a recording at its own speed: sample n is due n intervals after the first.</summary>
internal sealed class Pace(bool isRealTime, TimeProvider time)
{
    // After a long stop (a suspended machine, a missing file) the recording goes on instead of catching up.
    private static readonly TimeSpan MostLag = TimeSpan.FromSeconds(2);
    // Timers take no more than about 49 days.
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(1);
    private long _beganAt;
    private long _first = -1;

    /// <summary>Whether samples come at the recording's speed.</summary>
    public bool IsRealTime => isRealTime;

    /// <summary>The clock.</summary>
    public TimeProvider Time => time;

    /// <summary>
    /// Waits until a sample is due. Due times do not drift, whatever reading and decoding take; a wait that
    /// was cancelled can be repeated.
    /// </summary>
    /// <param name="number">Number of the sample; grows from call to call.</param>
    /// <param name="intervalSeconds">From one sample to the next, s.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async ValueTask WaitAsync(long number, double intervalSeconds, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (!isRealTime)
            return;
        if (_first < 0)
            BeginWith(number);
        TimeSpan due = SpanOf((number - _first) * intervalSeconds);
        TimeSpan left = due - time.GetElapsedTime(_beganAt);
        for (; left > TimeSpan.Zero; left = due - time.GetElapsedTime(_beganAt))
            await Task.Delay(DelayOf(left), time, cancellation).ConfigureAwait(false);
        if (left < -MostLag)
            BeginWith(number);
    }

    private void BeginWith(long number)
    {
        _beganAt = time.GetTimestamp();
        _first = number;
    }

    // Delays are whole milliseconds; rounding down would spin through the last one.
    private static TimeSpan DelayOf(TimeSpan left) => left < LongestDelay
        ? TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds))
        : LongestDelay;

    private static TimeSpan SpanOf(double seconds) =>
        TimeSpan.FromSeconds(Math.Min(seconds, TimeSpan.MaxValue.TotalSeconds / 2));
}
