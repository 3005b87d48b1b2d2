namespace EdgeConv.Pipeline.Governing;

/// <summary>
/// How a board's power follows the pipelines' load: P = p₀ + κ load. The load is what the profiles say the
/// inferences of a second cost; p₀ in W is everything else and may jump, κ tells how far the profiles are off.
/// Without a rail p₀ is that of a calibrated board, else 0, and κ is what the profiles are off by. Allocates nothing
/// after construction. Not thread-safe.
/// </summary>
/// <param name="restWatts">Power of the board at rest where no rail tells, W.</param>
internal sealed class PowerModel(double restWatts)
{
    private const double LeastNoise = 0.02;
    private const double MostDeviations = 3;
    private readonly double[] _regressors = [1, 0];
    private CoefficientFilter? _filter;

    /// <summary>Power that is not the pipelines', W.</summary>
    public double OtherWatts => _filter?[0] ?? restWatts;

    /// <summary>Measured W for each W of load.</summary>
    public double Scale => _filter?[1] ?? Factor;

    /// <summary>W for each W of load where no rail measures; above 0.</summary>
    public double Factor { get; set; } = 1;

    /// <summary>Whether a rail has taught it.</summary>
    public bool IsMeasured => _filter is not null;

    /// <summary>Whether the latest measurement told, beyond doubt, that something else has come.</summary>
    public bool HasRisen => _filter is { HasRisen: true };

    /// <summary>Standard deviation of the rail's noise, W; 0 without a rail.</summary>
    public double Noise => _filter?.Noise ?? 0;

    /// <summary>Standard uncertainty of <see cref="Scale"/> over its value; 0 without a rail.</summary>
    public double ScaleUncertainty => _filter is null ? 0 : _filter.DeviationOf(1) / Scale;

    /// <summary>
    /// Power that a load takes, W: what is measured less what everything else takes, P − p₀; where that is further
    /// from what is expected than noise explains, something else has come or gone, and where the load is lost in the
    /// noise the measurement tells nothing of it: then κ load is taken. Above 0 for a load above 0.
    /// </summary>
    public double WattsOf(double measured, double load)
    {
        double expected = Scale * load;
        double most = MostDeviations * Noise;
        bool isTold = expected > most && Math.Abs(measured - WattsAt(load)) <= most;
        return isTold ? Math.Max(measured - OtherWatts, 0) : expected;
    }

    /// <summary>Power with a load, W.</summary>
    public double WattsAt(double load) => OtherWatts + Scale * load;

    /// <summary>The load that takes a power; negative when everything else takes more.</summary>
    public double LoadAt(double watts) => (watts - OtherWatts) / Scale;

    /// <summary>Forgets all: another part of the board is measured from now on.</summary>
    public void Reset() => _filter = null;

    /// <summary>Takes in a measurement.</summary>
    /// <param name="watts">Power of the board; not negative.</param>
    /// <param name="load">Mean load since the measurement before, W.</param>
    /// <param name="seconds">Time since then.</param>
    public void Observe(double watts, double load, double seconds)
    {
        _regressors[1] = load;
        if (_filter is null)
        {
            _filter = new CoefficientFilter([Math.Max(watts - load, 0), 1], [1 + load / 2, 0.5], [0.01, 5e-4], LeastNoise);
            return;
        }

        _filter.Update(_regressors, watts, seconds);
        _filter.Limit(1, 0.1);
    }
}
