using EdgeConv.Core;

namespace EdgeConv.Pipeline.Governing;

/// <summary>
/// Holds one pipeline's latency and its share of the board's power and heat by choosing a point of its frontier and
/// a rate. The rate gives way first, then the size or the model, then everything. It goes down as soon as results
/// are late or the board asks for it, never for one late result; it goes up after the dwell time, to what is
/// expected to hold with room to spare. Safe to call from several threads.
/// </summary>
public sealed class PipelineGovernor
{
    /// <summary>
    /// First results at an operating point that are not judged: they waited while the point before ran, and the
    /// session is cold.
    /// </summary>
    public const int Settling = 2;

    // Share of the budget from which lateness is foreseen, so that a slow change is met before it is felt.
    private const double LateShare = 0.97;

    // Share of the interval below which no fresher sample can be expected.
    private const double LeastAge = 0.1;

    // What a rate must differ by to be worth a step: less is the jitter of the samples.
    private const double RateTolerance = 0.95;
    private const double TrialShare = 1.25;

    // Two steps of the rate.
    private const double WorthwhileRise = 1.4;
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(1);
    private readonly Lock _lock = new();
    private readonly string _name;
    private readonly Frontier _frontier;
    private readonly TimeProvider _time;
    private readonly LatencyModel _latency;
    private readonly PointChooser _chooser;
    private readonly OverrunDetector _overruns = new();
    private readonly Patience _patience;
    private readonly LoadPatience _loadPatience;
    private Choice _choice;
    private Allowance _allowance = Allowance.Unlimited;
    private int _settling = Settling;
    private long _changedAt;
    private long _problemAt;
    private double _joules;
    private double _toldJoules;
    private long _begunAt;
    private long _pointSince;
    private bool _isPassed;
    private GovernorCause _problemCause;

    /// <param name="name">The pipeline's name.</param>
    /// <param name="frontier">What it may run.</param>
    /// <param name="budget">What to hold.</param>
    /// <param name="time">Clock.</param>
    public PipelineGovernor(string name, Frontier frontier, BudgetOptions budget, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(frontier);
        ArgumentNullException.ThrowIfNull(budget);
        ArgumentNullException.ThrowIfNull(time);
        _name = name;
        _frontier = frontier;
        Budget = budget;
        _time = time;
        _latency = new LatencyModel(frontier, time);
        _chooser = new PointChooser(frontier, budget, _latency);
        _patience = new Patience(frontier, time);
        _loadPatience = new LoadPatience(time);
        _choice = Start();
        Current = PointOf(_choice, "start");
        _changedAt = _pointSince = time.GetTimestamp();
    }

    /// <summary>What it holds, and what it counts among others that share the board.</summary>
    public BudgetOptions Budget { get; }

    /// <summary>What the next sample runs with.</summary>
    public OperatingPoint Current { get; private set; }

    /// <summary>
    /// Which budget cannot be held even with the last point, in one line; null when all hold. It stands for the
    /// dwell time at least.
    /// </summary>
    public string? Problem { get; private set; }

    /// <summary>Points of its frontier.</summary>
    internal int Points => _frontier.Count;

    /// <summary>What is foreseen of every point of the frontier, the most accurate first.</summary>
    public IReadOnlyList<PointForecast> Forecast()
    {
        lock (_lock)
            return [.. Enumerable.Range(0, _frontier.Count).Select(ForecastOf)];
    }

    /// <summary>Takes in that a live source's sample has come, whether it is worked on or not.</summary>
    /// <param name="capturedAt">Capture time on the monotonic clock.</param>
    public void Arrive(long capturedAt)
    {
        lock (_lock)
            _latency.Arrive(capturedAt);
    }

    /// <summary>
    /// Whether a live source's sample of some age would be late though one as fresh as they come would not: then it
    /// is better to wait for the next. Never two in a row, so that results go on telling.
    /// </summary>
    public bool IsTooOld(TimeSpan age)
    {
        lock (_lock)
        {
            _latency.Age(age);
            TimeSpan service = _latency.LongServiceOf(_choice.Point);
            bool isLate = age + service > Budget.Latency && _latency.LeastAge + service <= Budget.Latency;
            _isPassed = isLate && !_isPassed;
            return _isPassed;
        }
    }

    /// <summary>A sample begins to be worked on; its energy is told as it is spent.</summary>
    public void Begin()
    {
        lock (_lock)
        {
            _begunAt = _time.GetTimestamp();
            _toldJoules = 0;
        }
    }

    /// <summary>Whether a pipeline that waits, and so has no results, may go on.</summary>
    /// <param name="timestamp">Capture time of the sample that waits, UTC.</param>
    /// <returns>The decision, when the pipeline moves.</returns>
    public GovernorDecision? Reconsider(DateTimeOffset timestamp)
    {
        lock (_lock)
            return Judge(timestamp);
    }

    /// <summary>Takes in a result's latency.</summary>
    /// <param name="latency">Where the time from capture to result went.</param>
    /// <param name="timestamp">Capture time, UTC.</param>
    /// <returns>The decision, when the pipeline moves.</returns>
    public GovernorDecision? Observe(in Latency latency, DateTimeOffset timestamp)
    {
        lock (_lock)
        {
            _joules += Math.Max(0, _frontier[_choice.Point].Joules - _toldJoules);
            _begunAt = 0;
            _toldJoules = 0;
            if (_settling > 0)
            {
                _settling--;
                return null;
            }

            _latency.Observe(_choice.Point, latency);
            _latency.Forget();
            _overruns.Add(latency.Total > Budget.Latency);
            return Judge(timestamp);
        }
    }

    /// <summary>What the board lets it use from now on; takes effect at its next sample.</summary>
    internal void Allow(in Allowance allowance)
    {
        lock (_lock)
            _allowance = allowance;
    }

    /// <summary>Energy above idle spent since the call before, J, as the profiles count.</summary>
    internal double TakeJoules()
    {
        lock (_lock)
        {
            Tell();
            double joules = _joules;
            _joules = 0;
            return joules;
        }
    }

    /// <summary>
    /// What point <paramref name="index"/> would put on the board; false when it does not hold the latency now.
    /// </summary>
    internal bool TryLoad(int index, out PointLoad load)
    {
        lock (_lock)
        {
            load = new PointLoad(
                _frontier[index].Accuracy, _chooser.LastLoad(index), _chooser.LeastLoad(index), _chooser.FullLoad(index));
            return index == _choice.Point
                ? !IsLate()
                : _chooser.Holds(index, _chooser.ShrinkShare) && _patience.Allows(index, _latency.Slowdown);
        }
    }

    /// <summary>What it puts on the board now, W.</summary>
    internal double Load()
    {
        lock (_lock)
            return _chooser.LoadOf(_choice);
    }

    /// <summary>What it would put on the board at the least rate of its point, W.</summary>
    internal double LeastLoad()
    {
        lock (_lock)
            return _choice.IsPaused ? 0 : _chooser.LeastLoad(_choice.Point);
    }

    /// <summary>The point of the least load, which runs when nothing holds the budgets.</summary>
    internal int Smallest()
    {
        lock (_lock)
            return _chooser.Smallest(0);
    }

    // The part of the energy of the sample at work that its time so far lets expect.
    private void Tell()
    {
        if (_begunAt == 0)
            return;
        double share = Math.Min(1, _time.GetElapsedTime(_begunAt) / _latency.ServiceOf(_choice.Point));
        double spent = Math.Max(_toldJoules, share * _frontier[_choice.Point].Joules);
        _joules += spent - _toldJoules;
        _toldJoules = spent;
    }

    private PointForecast ForecastOf(int index) => new(
        _frontier[index], _latency.LatencyOf(index), _chooser.FullRate(index), _chooser.FullLoad(index),
        _chooser.Holds(index, _chooser.ShrinkShare), _chooser.RateWithin(index, _allowance.Stay) > 0);

    private GovernorDecision? Judge(DateTimeOffset timestamp)
    {
        if (_overruns.IsAcute)
            _latency.Jump(_choice.Point, OverrunDetector.Recent);
        bool isLate = IsLate();
        Choice next = isLate ? Flee() : Fits(_choice) ? Grow() : Shrink();
        if (IsAlike(next))
            next = _choice;
        NoteProblem(next, isLate);
        if (next == _choice)
            return null;
        GovernorCause cause = CauseOf(next, isLate);
        if (cause == GovernorCause.Room)
            _loadPatience.Grow();
        else if (cause != GovernorCause.Latency)
            _loadPatience.GiveBack(_allowance.Stay);
        else if (next.Point != _choice.Point)
            _patience.Fail(_choice.Point, _time.GetElapsedTime(_pointSince), _latency.Slowdown);
        return Move(next, cause, timestamp);
    }

    private bool IsAlike(Choice next)
    {
        if (next.Point != _choice.Point || next.IsPaused != _choice.IsPaused)
            return false;
        double before = _latency.DeliveredHertz(next.Point, _choice.RateHertz);
        double after = _latency.DeliveredHertz(next.Point, next.RateHertz);
        return after >= before * RateTolerance && after * RateTolerance <= before;
    }

    private bool IsLate() => Budget.Latency is not null && !_choice.IsPaused && (_overruns.IsAcute || _overruns.IsChronic
        || (_overruns.Results >= MedianWindow.Length && !_chooser.Holds(_choice.Point, LateShare)));

    // At its last rate a point is judged by that: its least rate would not fit.
    private bool Fits(Choice choice)
    {
        double least = Math.Min(_chooser.LeastRate(choice.Point), choice.RateHertz);
        return choice.IsPaused
            || _chooser.RateWithin(choice.Point, _allowance.Stay, Math.Max(least, _chooser.LastRate(choice.Point))) > 0;
    }

    // The most accurate point that the profiles let hold.
    private Choice Start()
    {
        for (int i = 0; i < _frontier.Count; i++)
        {
            if (_chooser.Holds(i, _chooser.ShrinkShare))
                return new Choice(i, _chooser.RateWithin(i, double.PositiveInfinity));
        }

        return Last();
    }

    // Late: the most accurate point that is faster and holds everything.
    private Choice Flee()
    {
        for (int i = 0; i < _frontier.Count; i++)
        {
            double rate = _chooser.RateWithin(i, _allowance.Stay);
            if (rate > 0 && _latency.ServiceOf(i) < _latency.ServiceOf(_choice.Point)
                && _chooser.Holds(i, _chooser.ShrinkShare))
                return new Choice(i, rate);
        }

        return Last();
    }

    // Too much load: the most accurate point from this one on that holds everything.
    private Choice Shrink()
    {
        for (int i = _choice.Point; i < _frontier.Count; i++)
        {
            double rate = _chooser.RateWithin(i, _allowance.Stay);
            if (rate > 0 && _chooser.Holds(i, _chooser.ShrinkShare))
                return new Choice(i, rate);
        }

        return Last();
    }

    // Nothing holds everything: the smallest point, at its last rate if need be, or nothing at all.
    private Choice Last()
    {
        int smallest = _chooser.Smallest(_allowance.Stay);
        double least = _chooser.LastRate(smallest);
        double most = _chooser.RateWithin(smallest, _allowance.Stay, least);
        bool mayStay = _allowance.IsOutOfReach || _chooser.LastLoad(smallest) <= _allowance.Grow;
        return new Choice(smallest, most == 0 && mayStay ? least : most);
    }

    private Choice Grow()
    {
        if (_choice.IsPaused)
            return Resume();
        bool mayGrow = _time.GetElapsedTime(_changedAt) >= Budget.Dwell && _latency.IsCalm(_choice.Point)
            && _loadPatience.Allows(_allowance.Grow, _allowance.Noise);
        double load = Math.Min(_allowance.Grow, _allowance.Stay);
        for (int i = 0; mayGrow && i < _choice.Point; i++)
        {
            double rate = _chooser.RateWithin(i, load);
            if (rate > 0 && _chooser.Holds(i, _chooser.GrowShare) && _patience.Allows(i, _latency.Slowdown))
                return new Choice(i, rate);
        }

        return _choice with { RateHertz = NextRate(mayGrow ? load : 0) };
    }

    // What may be kept suffices to go on: a pause that could end must not wait for room to spare. Now and then a bit
    // more is tried, for what a load takes is not told by a pause.
    private Choice Resume()
    {
        TimeSpan paused = _time.GetElapsedTime(_changedAt);
        bool isPatient = _loadPatience.Allows(_allowance.Grow, _allowance.Noise);
        if (paused < (isPatient ? Budget.Dwell : s_longestPause))
            return _choice;
        Choice last = Last();
        bool mayTry = isPatient && paused >= s_longestPause
            && _chooser.LastLoad(last.Point) <= _allowance.Stay * TrialShare;
        return last.IsPaused && mayTry ? last with { RateHertz = _chooser.LastRate(last.Point) } : last;
    }

    private double NextRate(double load)
    {
        double least = _chooser.RateWithin(_choice.Point, _allowance.Stay);
        if (least > 0 && least < _latency.DeliveredHertz(_choice.Point, _choice.RateHertz))
            return least;
        double most = _chooser.RateWithin(_choice.Point, load);
        bool isMuchMore = most >= _choice.RateHertz * WorthwhileRise || most >= _chooser.FullRate(_choice.Point);
        return isMuchMore ? Math.Max(_choice.RateHertz, most) : _choice.RateHertz;
    }

    private GovernorCause CauseOf(Choice next, bool isLate)
    {
        if (isLate)
            return GovernorCause.Latency;
        return _choice.IsPaused || _chooser.LoadOf(next) > _chooser.LoadOf(_choice) || next.Point < _choice.Point
            ? GovernorCause.Room
            : _allowance.Cause;
    }

    private GovernorDecision Move(Choice next, GovernorCause cause, DateTimeOffset timestamp)
    {
        TimeSpan before = _latency.LatencyOf(_choice.Point);
        (double measured, double? limit) = cause is GovernorCause.Power or GovernorCause.Temperature
            ? (_allowance.Measured, _allowance.Limit)
            : (before.TotalMilliseconds, Budget.Latency?.TotalMilliseconds);
        OperatingPoint from = Current;
        if (next.Point != _choice.Point)
        {
            _settling = Settling;
            _pointSince = _time.GetTimestamp();
            _latency.Move(isCalm: cause != GovernorCause.Latency);
        }

        _overruns.Clear();
        _choice = next;
        _changedAt = _time.GetTimestamp();
        Current = PointOf(next, GovernorText.Of(cause, measured, limit));
        return new GovernorDecision
        {
            Timestamp = timestamp,
            Pipeline = _name,
            From = from,
            To = Current,
            Cause = cause,
            Measured = measured,
            Limit = limit,
            ExpectedLatency = _latency.LatencyOf(next.Point),
            ExpectedWatts = _chooser.LoadOf(next),
        };
    }

    private void NoteProblem(Choice next, bool isLate)
    {
        bool isStuck = next.IsPaused || _allowance.IsOutOfReach || (isLate && next == _choice);
        GovernorCause cause = !isStuck ? GovernorCause.Room : isLate ? GovernorCause.Latency : _allowance.Cause;
        if (cause == _problemCause || (!isStuck && _time.GetElapsedTime(_problemAt) < Budget.Dwell))
            return;
        _problemAt = _time.GetTimestamp();
        _problemCause = cause;
        PointProfile point = _frontier[next.Point];
        double p99 = _latency.LatencyOf(next.Point).TotalMilliseconds;
        Problem = !isStuck ? null
            : isLate ? GovernorText.OfMiss(Budget.Latency!.Value, p99, point.Model, isOnly: _frontier.Count == 1)
            : GovernorText.OfExcess(_allowance, point.Model, next.IsPaused);
    }

    private OperatingPoint PointOf(Choice choice, string reason)
    {
        PointProfile point = _frontier[choice.Point];
        return new OperatingPoint(point.Member, point.Model, point.Threads, choice.RateHertz, reason);
    }
}
