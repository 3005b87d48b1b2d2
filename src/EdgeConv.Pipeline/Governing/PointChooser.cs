namespace EdgeConv.Pipeline.Governing;

/// <summary>A point of a frontier and a rate.</summary>
/// <param name="Point">Index in the frontier.</param>
/// <param name="RateHertz">Greatest rate in Hz; 0 is a pause, infinity takes all samples.</param>
internal readonly record struct Choice(int Point, double RateHertz)
{
    /// <summary>Whether nothing runs.</summary>
    public bool IsPaused => RateHertz == 0;
}

/// <summary>Says which points of a frontier hold the latency, and at what rates they hold a load. Not thread-safe.</summary>
internal sealed class PointChooser(Frontier frontier, BudgetOptions budget, LatencyModel latency)
{
    // Rates are 2^(−n/4) times the greatest: steps that a power sensor can tell from noise.
    private const double RateSteps = 4;

    /// <summary>Share of the latency budget that a more accurate point may be expected to need.</summary>
    public double GrowShare => Math.Exp(-0.05 - 0.5 * latency.Spread);

    /// <summary>Share of it that a less accurate point may be expected to need.</summary>
    public double ShrinkShare => Math.Exp(-0.02 - 0.25 * latency.Spread);

    private double UserRate => budget.RateHertz ?? double.PositiveInfinity;

    /// <summary>Whether <paramref name="point"/> would hold a share of the latency; without a budget always.</summary>
    public bool HoldsLatency(int point, double share) =>
        budget.Latency is not { } most || latency.LatencyOf(point) <= most * share;

    /// <summary>Rate of <paramref name="point"/> with power to spare, in Hz; never infinite.</summary>
    public double FullRate(int point) => latency.DeliveredHertz(point, UserRate);

    /// <summary>
    /// Rate that <paramref name="point"/> must have to be worth running, in Hz: the user's, or the step at or below half
    /// of what it could deliver.
    /// </summary>
    public double LeastRate(int point) => budget.LeastRateHertz ?? StepBelow(FullRate(point) / 2);

    /// <summary>Load of <paramref name="point"/> at its least rate, W.</summary>
    public double LeastLoad(int point) => LeastRate(point) * frontier[point].Joules;

    /// <summary>Load of <paramref name="point"/> at its full rate, W.</summary>
    public double FullLoad(int point) => FullRate(point) * frontier[point].Joules;

    /// <summary>Load of a choice, W.</summary>
    public double LoadOf(Choice choice) => choice.IsPaused
        ? 0
        : latency.DeliveredHertz(choice.Point, choice.RateHertz) * frontier[choice.Point].Joules;

    /// <summary>
    /// The greatest rate of <paramref name="point"/> within a load, in Hz; 0 when the least rate does not fit. A
    /// rate that need not be held back is the user's, infinity where there is none.
    /// </summary>
    public double RateWithin(int point, double load)
    {
        double fitting = load / frontier[point].Joules;
        if (fitting >= FullRate(point))
            return UserRate;
        double least = LeastRate(point);
        if (!(fitting >= least))
            return 0;
        return Math.Max(least, StepBelow(fitting));
    }

    // Steps hang on what does not waver: the user's rate, or that of the source.
    private double StepBelow(double rate)
    {
        double most = Math.Min(UserRate, latency.Interval > TimeSpan.Zero ? 1 / latency.Interval.TotalSeconds : rate);
        return most * Math.Pow(2, -Math.Ceiling(Math.Log2(most / rate) * RateSteps - 1e-9) / RateSteps);
    }

    /// <summary>
    /// The fastest point whose least rate fits a load; where none fits, the one of the least load.
    /// </summary>
    public int Smallest(double load)
    {
        int best = 0;
        for (int i = 1; i < frontier.Count; i++)
        {
            bool fits = LeastLoad(i) <= load;
            bool bestFits = LeastLoad(best) <= load;
            bool isBetter = fits && bestFits
                ? frontier[i].Service <= frontier[best].Service
                : fits || (!bestFits && LeastLoad(i) <= LeastLoad(best));
            if (isBetter)
                best = i;
        }

        return best;
    }
}
