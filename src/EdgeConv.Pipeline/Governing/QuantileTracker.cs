namespace EdgeConv.Pipeline.Governing;

/// <summary>
/// A quantile near 1 of a stream by stochastic approximation (Robbins and Monro, 1951): up by step · q at each value
/// above the estimate, down by step · (1 − q) at each other. So slow downwards, it begins anew at the greatest of the
/// latest 2 / (1 − q) values where that is far below: the stream has changed. Not thread-safe.
/// </summary>
/// <param name="quantile">q, 0..1.</param>
/// <param name="start">First guess.</param>
/// <param name="step">Gain, in the unit of the values.</param>
internal sealed class QuantileTracker(double quantile, double start, double step)
{
    private const double Far = 1.5;
    private readonly RecentValues _latest = new((int)Math.Ceiling(2 / (1 - quantile)));

    /// <summary>The estimate.</summary>
    public double Value { get; private set; } = start;

    /// <summary>Takes in a value.</summary>
    public void Add(double value)
    {
        _latest.Add(value);
        Value += value > Value ? step * quantile : -step * (1 - quantile);
        if (_latest.IsFull && _latest.Greatest(_latest.Length) is var greatest && Value > greatest * Far)
            Value = greatest;
    }
}
