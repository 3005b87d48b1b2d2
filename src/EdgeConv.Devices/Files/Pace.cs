namespace EdgeConv.Devices.Files;

/// <summary>Replays a recording at its own speed: sample n is due n intervals after the first.</summary>
internal sealed class Pace(bool isRealTime, TimeProvider time)
{
    private long _begunAt;
    private long _count;

    /// <summary>Whether samples come at the recording's speed.</summary>
    public bool IsRealTime => isRealTime;

    /// <summary>The clock.</summary>
    public TimeProvider Time => time;

    /// <summary>Waits until the next sample is due. Due times do not drift, whatever reading and decoding take.</summary>
    public async ValueTask WaitAsync(TimeSpan interval, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (!isRealTime)
            return;
        if (_count == 0)
            _begunAt = time.GetTimestamp();
        TimeSpan wait = interval * _count - time.GetElapsedTime(_begunAt);
        _count++;
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, time, cancellation).ConfigureAwait(false);
        else if (wait < -MostLag)
            _count = 0;
    }

    // After a long stop (a suspended machine, a missing file) the recording goes on instead of catching up.
    private static readonly TimeSpan MostLag = TimeSpan.FromSeconds(2);
}
