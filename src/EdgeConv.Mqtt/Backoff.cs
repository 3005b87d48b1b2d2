namespace EdgeConv.Mqtt;

/// <summary>
/// Pauses between attempts: the n-th is drawn uniformly from the upper half of <c>min(most, least * 2^n)</c>,
/// so that daemons that lost the same broker do not come back together.
/// </summary>
internal sealed class Backoff(TimeSpan least, TimeSpan most, Random random)
{
    private int _failures;

    public TimeSpan Next()
    {
        double full = Math.Min(most.Ticks, least.Ticks * Math.Pow(2, _failures));
        _failures = Math.Min(_failures + 1, 62);
        return TimeSpan.FromTicks((long)(full * (0.5 + (0.5 * random.NextDouble()))));
    }

    public void Reset() => _failures = 0;
}
