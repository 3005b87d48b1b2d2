using EdgeConv.Devices.Video.Interop;

namespace EdgeConv.Devices.Video;

/// <summary>When a frame was captured, and as which of its source.</summary>
/// <param name="Timestamp">UTC.</param>
/// <param name="CapturedAt">On the monotonic clock of the time provider.</param>
/// <param name="Sequence">From 0, over all openings of the camera; a gap is frames that were not given.</param>
internal readonly record struct FrameMoment(DateTimeOffset Timestamp, long CapturedAt, long Sequence);

/// <summary>Brings the kernel's timestamps and numbers of frames to those of samples.</summary>
internal sealed class FrameClock(TimeProvider time)
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    // Older than that is a clock of its own, not a late frame, unless it has told the time before: frames wait in the
    // driver while the program is stopped.
    private static readonly TimeSpan s_greatestAge = TimeSpan.FromSeconds(10);

    // A driver that begins anew, or numbers nothing, has not lost a million frames.
    private const uint GreatestGap = 1 << 20;
    private bool _hasLast;
    private bool _isTrusted;
    private uint _last;
    private long _sequence = -1;

    /// <summary>Frames that were not given: the driver had no room, or a newer one was there.</summary>
    public long Missed { get; private set; }

    /// <summary>The next frame is of a stream that begins anew.</summary>
    public void Restart() => _hasLast = _isTrusted = false;

    /// <summary>
    /// The moment of a frame: its age on the kernel's clock before now, where the driver uses that clock, else
    /// now.
    /// </summary>
    /// <param name="frame">As it was dequeued.</param>
    /// <param name="nanoseconds">Now on the kernel's monotonic clock.</param>
    public FrameMoment Of(in V4l2Buffer frame, long nanoseconds)
    {
        TimeSpan age = AgeOf(frame, nanoseconds);
        Count(frame.Sequence);
        long ticks = (long)(age.TotalSeconds * time.TimestampFrequency);
        return new FrameMoment(time.GetUtcNow() - age, time.GetTimestamp() - ticks, _sequence);
    }

    private TimeSpan AgeOf(in V4l2Buffer frame, long nanoseconds)
    {
        if ((frame.Flags & VideoConstants.ClockMask) != VideoConstants.MonotonicClock)
            return TimeSpan.Zero;
        long captured = (frame.Seconds * NanosecondsPerSecond) + (frame.Microseconds * 1000);
        TimeSpan age = TimeSpan.FromTicks((nanoseconds - captured) / TimeSpan.NanosecondsPerTick);
        if (age < TimeSpan.Zero || (age > s_greatestAge && !_isTrusted))
            return TimeSpan.Zero;
        _isTrusted = true;
        return age;
    }

    private void Count(uint number)
    {
        uint step = _hasLast ? number - _last : 1;
        if (step is 0 or > GreatestGap)
            step = 1;
        _sequence += step;
        Missed += step - 1;
        _last = number;
        _hasLast = true;
    }
}
