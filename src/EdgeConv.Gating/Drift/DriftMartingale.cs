namespace EdgeConv.Gating.Drift;

/// <summary>
/// Half a <see cref="SimpleJumper"/>, half a <see cref="PowerMartingale"/>, into which a reserve is paid
/// little by little, so that a change is still found after a long time without one. Not thread-safe.
/// </summary>
/// <remarks>
/// <para>
/// While nothing changes a martingale that always bets loses nearly all it has, and would have to win it
/// back first. Here the reserve after t steps is 1/(t + 1); before step t the stake 1/(t (t + 1)) goes from
/// it to the two bets. M is their capital and the reserve: a mixture, with weights that sum to 1, of
/// martingales that begin at each step. To reach 1/α a change at step t costs ln(t (t + 1)) more than one at
/// the beginning.
/// </para>
/// <para>
/// M_0 = 1, M ≥ 0, and with independent uniform p-values M is a martingale, so by Ville's inequality
/// P(M_t ≥ 1/α for any t) ≤ α, however long it runs.
/// </para>
/// </remarks>
public sealed class DriftMartingale
{
    private const double Exponent = 0.75;
    private readonly SimpleJumper _jumper = new(0);
    private readonly PowerMartingale _power = new(Exponent, 0);
    private double _reserve = 1;

    /// <summary>p-values that were bet on, t.</summary>
    public long Count { get; private set; }

    /// <summary>M.</summary>
    public double Value { get; private set; } = 1;

    /// <summary>Bets on <paramref name="p"/> in (0,1].</summary>
    public void Bet(double p)
    {
        Count++;
        double reserve = 1 / (Count + 1.0), stake = _reserve - reserve;
        _reserve = reserve;
        _jumper.Invest(stake / 2);
        _power.Invest(stake / 2);
        _jumper.Bet(p);
        _power.Bet(p);
        Value = _reserve + _jumper.Value + _power.Value;
    }
}
