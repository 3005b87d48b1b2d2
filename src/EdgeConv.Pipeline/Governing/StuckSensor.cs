namespace EdgeConv.Pipeline.Governing;

/// <summary>
/// Tells when a sensor repeats itself to the bit though what drives it has moved. Not thread-safe.
/// </summary>
/// <param name="tolerance">Movement of what drives it that a working sensor would show, in its own unit.</param>
internal sealed class StuckSensor(double tolerance)
{
    // Readings that a quantised sensor may well repeat.
    private const int LeastRepeats = 20;
    private double _value = double.NaN;
    private double _least;
    private double _greatest;
    private int _repeats;

    /// <summary>Whether the sensor is stuck.</summary>
    /// <param name="value">What it says.</param>
    /// <param name="driver">What it should follow, but for an offset.</param>
    public bool IsStuck(double value, double driver)
    {
        if (value != _value)
        {
            _value = value;
            _repeats = 0;
            _least = _greatest = driver;
            return false;
        }

        _repeats++;
        _least = Math.Min(_least, driver);
        _greatest = Math.Max(_greatest, driver);
        return _repeats >= LeastRepeats && _greatest - _least > tolerance;
    }
}
