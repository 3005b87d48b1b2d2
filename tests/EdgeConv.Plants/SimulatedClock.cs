namespace EdgeConv.Plants;

/// <summary>The plant's time.</summary>
internal sealed class SimulatedClock : TimeProvider
{
    private long _ticks = TimeSpan.TicksPerSecond;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Seconds since the start.</summary>
    public double Seconds
    {
        get => (double)(_ticks - TimeSpan.TicksPerSecond) / TimeSpan.TicksPerSecond;
        set => _ticks = TimeSpan.TicksPerSecond + (long)(value * TimeSpan.TicksPerSecond);
    }

    public override long GetTimestamp() => _ticks;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(_ticks);
}
