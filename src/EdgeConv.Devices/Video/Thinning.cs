namespace EdgeConv.Devices.Video;

/// <summary>Leaves out frames of a camera that cannot be as slow as it is wanted.</summary>
/// <param name="hertz">Most frames a second; 0 for all.</param>
/// <param name="time">The clock of the frames.</param>
internal sealed class Thinning(double hertz, TimeProvider time)
{
    // A frame comes a little early or late; at the rate itself none is left out for that.
    private const double Tolerance = 0.25;
    private const double MostSecondsEarly = 0.02;
    private readonly double _secondsEarly = Math.Min(Tolerance / hertz, MostSecondsEarly);
    private double _dueSeconds = double.NegativeInfinity;

    /// <summary>Whether the frame captured then is due; in the mean as many as are wanted are.</summary>
    public bool IsDue(long capturedAt)
    {
        if (hertz == 0)
            return true;
        double now = (double)capturedAt / time.TimestampFrequency;
        if (now < _dueSeconds - _secondsEarly)
            return false;
        _dueSeconds = now - _dueSeconds > 1 / hertz ? now + (1 / hertz) : _dueSeconds + (1 / hertz);
        return true;
    }
}
