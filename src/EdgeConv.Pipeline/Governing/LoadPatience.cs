namespace EdgeConv.Pipeline.Governing;

/// <summary>
/// How long a pipeline that had to give back load does not take more: two minutes, five times as long each time it
/// had taken more within half an hour, an hour at most; not at all once clearly more is allowed than since it gave
/// back. Not thread-safe.
/// </summary>
internal sealed class LoadPatience(TimeProvider time)
{
    private const double MoreShare = 1.25;
    private const double MoreDeviations = 4;
    private const int Longer = 5;
    private static readonly TimeSpan s_first = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_longest = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_soon = TimeSpan.FromMinutes(30);
    private TimeSpan _wait;
    private long _gaveBackAt;
    private long _grewAt = long.MinValue;
    private double _least;

    /// <summary>Notes that the load grows.</summary>
    public void Grow() => _grewAt = time.GetTimestamp();

    /// <summary>Notes that load is given back, and what is allowed.</summary>
    public void GiveBack(double allowed)
    {
        bool isSoon = _grewAt != long.MinValue && _wait > TimeSpan.Zero && time.GetElapsedTime(_grewAt) < s_soon;
        TimeSpan longer = _wait * Longer < s_longest ? _wait * Longer : s_longest;
        if (_grewAt != long.MinValue || _wait == TimeSpan.Zero)
            _wait = isSoon ? longer : s_first;
        _grewAt = long.MinValue;
        _gaveBackAt = time.GetTimestamp();
        _least = allowed;
    }

    /// <summary>Whether load may grow.</summary>
    /// <param name="allowed">What is allowed now, W.</param>
    /// <param name="noise">Standard deviation of that, W.</param>
    public bool Allows(double allowed, double noise)
    {
        _least = Math.Min(_least, allowed);
        return _wait == TimeSpan.Zero || allowed >= _least * MoreShare + MoreDeviations * noise
            || time.GetElapsedTime(_gaveBackAt) >= _wait;
    }
}
