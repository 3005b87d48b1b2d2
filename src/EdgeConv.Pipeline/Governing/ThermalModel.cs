namespace EdgeConv.Pipeline.Governing;

/// <summary>
/// How a board's temperature follows its power: T = a + Σ R_k p_k, where p_k is the power through a first-order
/// lag of <see cref="TimeConstants"/>. It learns the surroundings a in °C, which may drift, and the resistances
/// R_k in °C/W, while it runs. Allocates nothing after construction. Not thread-safe.
/// </summary>
internal sealed class ThermalModel
{
    /// <summary>Lags of the chip, the board and the case, s.</summary>
    public static readonly double[] TimeConstants = [8, 60, 300];

    // A bare Raspberry Pi 4 rises by 30 to 40 °C at 4 W more, one with a heat sink by 15 to 20.
    private static readonly double[] s_resistances = [1.5, 2, 3];
    private const double LeastNoise = 0.2;
    private readonly double[] _regressors = new double[4];
    private CoefficientFilter? _filter;

    /// <summary>Whether a temperature has been seen.</summary>
    public bool IsReady => _filter is not null;

    /// <summary>Sum of the resistances: °C at rest for each W more.</summary>
    public double Resistance => _filter![1] + _filter[2] + _filter[3];

    /// <summary>
    /// What the board's own power should make of the temperature, °C, by the resistances of a usual board: unlike
    /// those that are learned, a thermometer that lies does not bend them.
    /// </summary>
    public double UsualRise => s_resistances[0] * _regressors[1] + s_resistances[1] * _regressors[2]
        + s_resistances[2] * _regressors[3];

    /// <summary>What the temperature should be now, °C.</summary>
    public double Celsius => _filter!.Predict(_regressors);

    /// <summary>Takes in what has happened since the call before.</summary>
    /// <param name="celsius">Measured now; null when nothing was.</param>
    /// <param name="watts">Mean power since then.</param>
    /// <param name="rest">Power without the pipelines, at which the board is held to have rested before the first.</param>
    /// <param name="seconds">Time since then.</param>
    public void Observe(double? celsius, double watts, double rest, double seconds)
    {
        if (_filter is null)
        {
            if (celsius is { } first)
                Start(first, rest);
            return;
        }

        for (int k = 0; k < TimeConstants.Length; k++)
            _regressors[k + 1] += (watts - _regressors[k + 1]) * Share(k, seconds);
        if (celsius is not { } measured)
            return;
        _filter.Update(_regressors, measured, seconds);
        for (int k = 1; k < _regressors.Length; k++)
            _filter.Limit(k, 0.1);
    }

    /// <summary>Power that keeps the temperature at or below a limit for ever, W; may be negative.</summary>
    public double SustainableWatts(double limitCelsius) => (limitCelsius - _filter![0]) / Resistance;

    /// <summary>
    /// Power that keeps the temperature at or below a limit for the coming <paramref name="seconds"/>, W.
    /// </summary>
    public double WattsWithin(double limitCelsius, double seconds)
    {
        double free = limitCelsius - _filter![0];
        double effect = 0;
        for (int k = 0; k < TimeConstants.Length; k++)
        {
            double share = Share(k, seconds);
            free -= _filter[k + 1] * _regressors[k + 1] * (1 - share);
            effect += _filter[k + 1] * share;
        }

        return free / effect;
    }

    private void Start(double celsius, double watts)
    {
        double rise = s_resistances.Sum() * watts;
        _filter = new CoefficientFilter(
            [celsius - rise, .. s_resistances], [8, 1, 1.5, 2], [0.15, 1e-3, 1e-3, 1e-3], LeastNoise);
        Array.Fill(_regressors, watts);
        _regressors[0] = 1;
    }

    private static double Share(int lag, double seconds) => 1 - Math.Exp(-seconds / TimeConstants[lag]);
}
