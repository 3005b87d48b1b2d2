namespace EdgeConv.Gating.Drift;

/// <summary>
/// The Page–Hinkley test for a changed mean, in both directions, in the form and with the defaults of the
/// library river: with the running mean m_t of x_1 … x_t, up_t = a up_{t−1} + x_t − m_t − δ and
/// down_t = a down_{t−1} + x_t − m_t + δ; the statistic is the greater of up_t − min up and
/// max down − down_t. It carries no bound on false alarms. Not thread-safe.
/// </summary>
public sealed class PageHinkley
{
    /// <summary>A statistic above it speaks for a change.</summary>
    public const double Threshold = 50;

    private const int MinimumCount = 30;
    private const double Tolerance = 0.005;
    private const double Retention = 0.9999;
    private double _mean;
    private double _up;
    private double _down;
    private double _least = double.PositiveInfinity;
    private double _greatest = double.NegativeInfinity;

    /// <summary>Values added.</summary>
    public long Count { get; private set; }

    /// <summary>The statistic, at least 0; 0 until 30 values have been added.</summary>
    public double Statistic =>
        Count < MinimumCount ? 0 : Math.Max(_up - _least, _greatest - _down);

    /// <summary>Adds a finite value.</summary>
    public void Add(double value)
    {
        Count++;
        _mean += (value - _mean) / Count;
        double deviation = value - _mean;
        _up = Retention * _up + deviation - Tolerance;
        _down = Retention * _down + deviation + Tolerance;
        _least = Math.Min(_least, _up);
        _greatest = Math.Max(_greatest, _down);
    }
}
