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

    // Share of a full rate to which the last point may fall before it is paused.
    private const double LastShare = 1.0 / 8;
    private const double RecordingShare = 1.0 / 64;
    private const double RateTolerance = 0.98;

    /// <summary>Share of the latency budget that a more accurate point may be expected to need.</summary>
    public double GrowShare(int point) => Math.Exp(-0.05 - 0.5 * latency.SpreadOf(point));

    /// <summary>Share of it that a less accurate point may be expected to need.</summary>
    public double ShrinkShare(int point) => Math.Exp(-0.02 - 0.25 * latency.SpreadOf(point));

    private double UserRate => budget.RateHertz ?? double.PositiveInfinity;

    /// <summary>
    /// Whether <paramref name="point"/> would hold a share of the latency, and the least rate that the user names.
    /// </summary>
    public bool Holds(int point, double share) =>
        (budget.Latency is not { } most || latency.LatencyOf(point) <= most * share)
        && (budget.LeastRateHertz is null || FullRate(point) >= LeastRate(point) * RateTolerance);

    /// <summary>Rate of <paramref name="point"/> with power to spare, in Hz; never infinite.</summary>
    public double FullRate(int point) => latency.DeliveredHertz(point, UserRate);

    /// <summary>
    /// Rate that <paramref name="point"/> must have to be worth running, in Hz: the user's; otherwise half of what
    /// comes, or a small part of what it could deliver to a recording, which loses nothing by waiting. No more than
    /// comes, nor without a user's word than it can deliver.
    /// </summary>
    public double LeastRate(int point)
    {
        double coming = Math.Min(UserRate, latency.ArrivingHertz);
        if (budget.LeastRateHertz is { } least)
            return Math.Min(least, coming);
        return double.IsInfinity(coming)
            ? FullRate(point) * RecordingShare
            : Math.Min(StepBelow(coming / 2), FullRate(point));
    }

    /// <summary>Rate below which even the last point is rather paused, in Hz.</summary>
    public double LastRate(int point) => budget.LeastRateHertz is null
        ? Math.Min(LeastRate(point), FullRate(point) * LastShare)
        : LeastRate(point);

    /// <summary>Load of <paramref name="point"/> at its least rate, W.</summary>
    public double LeastLoad(int point) => LeastRate(point) * frontier[point].Joules;

    /// <summary>Load of <paramref name="point"/> at its full rate, W.</summary>
    public double FullLoad(int point) => FullRate(point) * frontier[point].Joules;

    /// <summary>Load of a choice, W.</summary>
    public double LoadOf(Choice choice) => choice.IsPaused
        ? 0
        : latency.DeliveredHertz(choice.Point, choice.RateHertz) * frontier[choice.Point].Joules;

    /// <summary>Load of <paramref name="point"/> at the rate below which it is rather paused, W.</summary>
    public double LastLoad(int point) => LastRate(point) * frontier[point].Joules;

    /// <summary>
    /// The greatest rate of <paramref name="point"/> within a load, in Hz; 0 when <paramref name="least"/> does not
    /// fit. A rate that need not be held back is the user's, infinity where there is none.
    /// </summary>
    public double RateWithin(int point, double load, double least)
    {
        double fitting = load / frontier[point].Joules;
        if (fitting >= FullRate(point))
            return UserRate;
        return fitting >= least && fitting > 0 ? Math.Max(least, StepBelow(fitting)) : 0;
    }

    /// <summary>As above, with its least rate.</summary>
    public double RateWithin(int point, double load) => RateWithin(point, load, LeastRate(point));

    // Steps hang on what does not waver: the user's rate, or that of the source.
    private double StepBelow(double rate)
    {
        double most = Math.Min(UserRate, latency.ArrivingHertz);
        if (double.IsInfinity(most))
            return rate;
        return most * Math.Pow(2, -Math.Ceiling(Math.Log2(most / rate) * RateSteps - 1e-9) / RateSteps);
    }

    /// <summary>
    /// The fastest point whose least rate fits a load; where none fits, the one of the least load at its last rate.
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
                : fits || (!bestFits && LastLoad(i) <= LastLoad(best));
            if (isBetter)
                best = i;
        }

        return best;
    }
}
