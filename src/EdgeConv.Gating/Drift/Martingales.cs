namespace EdgeConv.Gating.Drift;

/// <summary>
/// The power martingale M_t = M_{t-1} ε p^(ε − 1): a bet on small p-values. Not thread-safe.
/// </summary>
/// <param name="exponent">ε in (0,1); the smaller, the more is staked on the smallest p-values.</param>
/// <param name="capital">M_0.</param>
public sealed class PowerMartingale(double exponent, double capital = 1)
{
    /// <summary>M; grows on average only when the p-values are not uniform.</summary>
    public double Value { get; private set; } = capital;

    /// <summary>Brings in more capital, to be bet from now on.</summary>
    public void Invest(double more) => Value += more;

    /// <summary>Bets on <paramref name="p"/> in (0,1].</summary>
    public void Bet(double p) => Value *= exponent * Math.Pow(p, exponent - 1);
}

/// <summary>
/// The simple jumper (Vovk et al., Retrain or not retrain: conformal test martingales for change-point
/// detection, 2021): capital C_ε for ε in {−1, 0, 1}, a third each; before each bet a share J of all of it
/// is spread evenly, then C_ε *= 1 + ε (p − 1/2) and M = Σ C_ε. It bets on p-values that are too small or
/// too large, and changes its mind. Not thread-safe.
/// </summary>
/// <param name="capital">M_0.</param>
public sealed class SimpleJumper(double capital = 1)
{
    private const double Jump = 0.01;
    private double _small = capital / 3;
    private double _none = capital / 3;
    private double _large = capital / 3;

    /// <summary>M; grows on average only when the p-values are not uniform.</summary>
    public double Value => _small + _none + _large;

    /// <summary>Brings in more capital, to be bet from now on.</summary>
    public void Invest(double more)
    {
        _small += more / 3;
        _none += more / 3;
        _large += more / 3;
    }

    /// <summary>Bets on <paramref name="p"/> in (0,1].</summary>
    public void Bet(double p)
    {
        double spread = Jump / 3 * Value;
        _small = ((1 - Jump) * _small + spread) * (1 - (p - 0.5));
        _none = (1 - Jump) * _none + spread;
        _large = ((1 - Jump) * _large + spread) * (1 + (p - 0.5));
    }
}
