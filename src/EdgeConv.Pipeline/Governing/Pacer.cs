namespace EdgeConv.Pipeline.Governing;

/// <summary>
/// Lets samples through at a mean rate. What comes a little before its turn passes, and a sample that came late does
/// not delay the ones behind it. Not thread-safe.
/// </summary>
/// <param name="time">Clock.</param>
public sealed class Pacer(TimeProvider time)
{
    // For sources that tick at exactly the rate that is asked for.
    private static readonly TimeSpan s_slack = TimeSpan.FromMilliseconds(0.5);
    private long _dueAt = long.MinValue;

    /// <summary>Time until the next sample may pass; zero when it may now.</summary>
    /// <param name="rateHertz">Mean rate; 0 for none at all, infinity for all.</param>
    public TimeSpan UntilDue(double rateHertz)
    {
        if (rateHertz == 0)
            return TimeSpan.MaxValue;
        if (double.IsInfinity(rateHertz) || _dueAt == long.MinValue)
            return TimeSpan.Zero;
        // A rate that has risen does not let wait for the period of the one before.
        TimeSpan wait = time.GetElapsedTime(time.GetTimestamp(), _dueAt);
        TimeSpan period = TimeSpan.FromSeconds(1 / rateHertz);
        wait = wait < period ? wait : period;
        return wait > s_slack ? wait : TimeSpan.Zero;
    }

    /// <summary>A sample passes now; the next is due one period after this one was.</summary>
    /// <param name="rateHertz">Mean rate, above 0; may be infinite.</param>
    public void Pass(double rateHertz)
    {
        long now = time.GetTimestamp();
        long period = (long)(time.TimestampFrequency / rateHertz);
        long due = _dueAt == long.MinValue || now - _dueAt > period ? now : _dueAt;
        _dueAt = due + period;
    }
}
