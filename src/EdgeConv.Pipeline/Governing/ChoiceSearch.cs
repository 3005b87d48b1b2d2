using EdgeConv.Core;

namespace EdgeConv.Pipeline.Governing;

/// <summary>Where a search for the next choice begins.</summary>
/// <param name="Present">What runs.</param>
/// <param name="Allowance">What the board lets it use.</param>
/// <param name="IsLate">Whether results are late.</param>
/// <param name="Held">How long it has run so.</param>
internal readonly record struct Standing(Choice Present, Allowance Allowance, bool IsLate, TimeSpan Held);

/// <summary>
/// Searches a frontier for what a pipeline should run: the most accurate point and the greatest rate that hold its
/// latency and its share of the board; upwards only with room to spare and patience. Not thread-safe.
/// </summary>
internal sealed class ChoiceSearch
{
    // What a rate must differ by to be worth a step: less is the jitter of the samples.
    private const double RateTolerance = 0.95;
    private const double TrialShare = 1.25;

    // Two steps of the rate.
    private const double WorthwhileRise = 1.4;
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(1);
    private readonly Frontier _frontier;
    private readonly BudgetOptions _budget;
    private readonly LatencyModel _latency;
    private readonly Patience _patience;
    private readonly LoadPatience _loadPatience;
    private Standing _at = new(new Choice(0, 0), Allowance.Unlimited, IsLate: false, TimeSpan.Zero);

    /// <param name="frontier">What may run.</param>
    /// <param name="budget">What to hold.</param>
    /// <param name="latency">What points take now.</param>
    /// <param name="time">Clock.</param>
    public ChoiceSearch(Frontier frontier, BudgetOptions budget, LatencyModel latency, TimeProvider time)
    {
        _frontier = frontier;
        _budget = budget;
        _latency = latency;
        Chooser = new PointChooser(frontier, budget, latency);
        _patience = new Patience(frontier, time);
        _loadPatience = new LoadPatience(time);
    }

    /// <summary>Says what points hold.</summary>
    public PointChooser Chooser { get; }

    /// <summary>What to run from now on; what runs where nothing is better.</summary>
    public Choice Next(in Standing at)
    {
        _at = at;
        _patience.Note(at.Allowance.OtherCores);
        Choice next = at.IsLate ? Flee() : Fits(at.Present) ? Grow() : Shrink();
        return IsAlike(next) ? at.Present : next;
    }

    /// <summary>Notes that a choice is left for another.</summary>
    /// <param name="cause">Why.</param>
    /// <param name="next">The other.</param>
    /// <param name="held">How long its point had run.</param>
    public void Leave(GovernorCause cause, Choice next, TimeSpan held)
    {
        if (cause == GovernorCause.Room)
            _loadPatience.Grow();
        else if (cause != GovernorCause.Latency)
            _loadPatience.GiveBack(_at.Allowance.Stay);
        else if (next.Point != _at.Present.Point)
            _patience.Fail(_at.Present.Point, held, Machine);
    }

    /// <summary>Whether a point that does not run would hold the latency, and may be tried.</summary>
    public bool MayTry(int point) =>
        Chooser.Holds(point, Chooser.ShrinkShare(point)) && _patience.Allows(point, Machine);

    // At its last rate a point is judged by that: its least rate would not fit.
    private bool Fits(Choice choice)
    {
        double least = Math.Min(Chooser.LeastRate(choice.Point), choice.RateHertz);
        return choice.IsPaused
            || Chooser.RateWithin(choice.Point, _at.Allowance.Stay, Math.Max(least, Chooser.LastRate(choice.Point))) > 0;
    }

    /// <summary>The most accurate point that the profiles let hold.</summary>
    public Choice Start()
    {
        for (int i = 0; i < _frontier.Count; i++)
        {
            if (Chooser.Holds(i, Chooser.ShrinkShare(i)))
                return new Choice(i, Chooser.RateWithin(i, double.PositiveInfinity));
        }

        return Last();
    }

    private MachineState Machine => new(_latency.Slowdown, _at.Allowance.OtherCores);

    // Late: the most accurate point that is faster and holds everything.
    private Choice Flee()
    {
        for (int i = 0; i < _frontier.Count; i++)
        {
            double rate = Chooser.RateWithin(i, _at.Allowance.Stay);
            if (rate > 0 && _latency.ServiceOf(i) < _latency.ServiceOf(_at.Present.Point)
                && Chooser.Holds(i, Chooser.ShrinkShare(i)))
                return new Choice(i, rate);
        }

        return Last();
    }

    // Too much load: the most accurate point from this one on that holds everything.
    private Choice Shrink()
    {
        for (int i = _at.Present.Point; i < _frontier.Count; i++)
        {
            double rate = Chooser.RateWithin(i, _at.Allowance.Stay);
            if (rate > 0 && Chooser.Holds(i, Chooser.ShrinkShare(i)))
                return new Choice(i, rate);
        }

        return Last();
    }

    // Nothing holds everything: the smallest point, at its last rate if need be, or nothing at all.
    private Choice Last()
    {
        int smallest = Chooser.Smallest(_at.Allowance.Stay);
        double least = Chooser.LastRate(smallest);
        double most = Chooser.RateWithin(smallest, _at.Allowance.Stay, least);
        bool mayStay = _at.Allowance.IsOutOfReach || Chooser.LastLoad(smallest) <= _at.Allowance.Grow;
        return new Choice(smallest, most == 0 && mayStay ? least : most);
    }

    private Choice Grow()
    {
        if (_at.Present.IsPaused)
            return Resume();
        bool mayGrow = _at.Held >= _budget.Dwell && _latency.IsCalm(_at.Present.Point)
            && _loadPatience.Allows(_at.Allowance.Grow, _at.Allowance.Noise);
        double load = Math.Min(_at.Allowance.Grow, _at.Allowance.Stay);
        for (int i = 0; mayGrow && i < _at.Present.Point; i++)
        {
            double rate = Chooser.RateWithin(i, load);
            if (rate > 0 && Chooser.Holds(i, Chooser.GrowShare(i)) && _patience.Allows(i, Machine))
                return new Choice(i, rate);
        }

        return _at.Present with { RateHertz = NextRate(mayGrow ? load : 0) };
    }

    // What may be kept suffices to go on: a pause that could end must not wait for room to spare. Now and then a bit
    // more is tried, for what a load takes is not told by a pause.
    private Choice Resume()
    {
        TimeSpan paused = _at.Held;
        bool isPatient = _loadPatience.Allows(_at.Allowance.Grow, _at.Allowance.Noise);
        if (paused < (isPatient ? _budget.Dwell : s_longestPause))
            return _at.Present;
        Choice last = Last();
        bool mayTry = isPatient && paused >= s_longestPause
            && Chooser.LastLoad(last.Point) <= _at.Allowance.Stay * TrialShare;
        return last.IsPaused && mayTry ? last with { RateHertz = Chooser.LastRate(last.Point) } : last;
    }

    private double NextRate(double load)
    {
        double least = Chooser.RateWithin(_at.Present.Point, _at.Allowance.Stay);
        if (least > 0 && least < _latency.DeliveredHertz(_at.Present.Point, _at.Present.RateHertz))
            return least;
        double most = Chooser.RateWithin(_at.Present.Point, load);
        bool isMuchMore = most >= _at.Present.RateHertz * WorthwhileRise || most >= Chooser.FullRate(_at.Present.Point);
        return isMuchMore ? Math.Max(_at.Present.RateHertz, most) : _at.Present.RateHertz;
    }

    private bool IsAlike(Choice next)
    {
        if (next.Point != _at.Present.Point || next.IsPaused != _at.Present.IsPaused)
            return false;
        double before = _latency.DeliveredHertz(next.Point, _at.Present.RateHertz);
        double after = _latency.DeliveredHertz(next.Point, next.RateHertz);
        return after >= before * RateTolerance && after * RateTolerance <= before;
    }
}
