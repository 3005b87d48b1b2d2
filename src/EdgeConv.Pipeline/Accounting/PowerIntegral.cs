using EdgeConv.Core;

namespace EdgeConv.Pipeline.Accounting;

/// <summary>
/// Mean power over a stretch of readings: the trapezoidal rule over time, E = Σ (Pₖ₋₁ + Pₖ)/2 (tₖ − tₖ₋₁), and the
/// counter's own difference where the source counts energy. Readings of several sources are not mixed: the latest
/// counts. Not thread-safe.
/// </summary>
internal sealed class PowerIntegral(TimeProvider time)
{
    private PowerSource? _source;
    private double? _watts;
    private double? _counter;
    private double _joules;
    private double _seconds;
    private long _readAt;

    /// <summary>Takes in a reading.</summary>
    public void Add(in BoardReading reading)
    {
        long now = time.GetTimestamp();
        double? watts = reading.PowerWatts is { } value && double.IsFinite(value) ? value : null;
        if (reading.PowerSource != _source && watts is not null)
            (_source, _watts, _counter, _joules, _seconds) = (reading.PowerSource, null, null, 0, 0);
        double seconds = time.GetElapsedTime(_readAt, now).TotalSeconds;
        if (watts is not null && _watts is { } before)
        {
            double? counted = reading.EnergyJoules - _counter;
            _joules += counted >= 0 ? counted.Value : (before + watts.Value) / 2 * seconds;
            _seconds += seconds;
        }

        (_watts, _counter, _readAt) = (watts, reading.EnergyJoules, now);
    }

    /// <summary>Where the power comes from; null while nothing has measured it.</summary>
    public PowerSource? Source => _source;

    /// <summary>Mean power since the call before, W; null when nothing measured it.</summary>
    public double? Take()
    {
        double? mean = _seconds > 0 ? _joules / _seconds : _watts;
        (_joules, _seconds) = (0, 0);
        return mean;
    }
}
