namespace EdgeConv.Pipeline.Governing;

/// <summary>
/// A quantile of a stream by stochastic approximation (Robbins and Monro, 1951): up by step · q at each value above
/// the estimate, down by step · (1 − q) at each other. Needs no memory of the values. Not thread-safe.
/// </summary>
/// <param name="quantile">q, 0..1.</param>
/// <param name="start">First guess.</param>
/// <param name="step">Gain, in the unit of the values.</param>
internal sealed class QuantileTracker(double quantile, double start, double step)
{
    /// <summary>The estimate.</summary>
    public double Value { get; private set; } = start;

    /// <summary>Takes in a value.</summary>
    public void Add(double value) => Value += value > Value ? step * quantile : -step * (1 - quantile);
}
