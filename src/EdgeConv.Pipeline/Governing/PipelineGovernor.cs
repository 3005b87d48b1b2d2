using System.Globalization;
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
        _latency = new LatencyModel(frontier);
        _chooser = new PointChooser(frontier, budget, _latency);
        _patience = new Patience(frontier, time);
        _loadPatience = new LoadPatience(time);
        _choice = Shrink(-1);
        Current = PointOf(_choice, "start");
        _changedAt = time.GetTimestamp();
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
            _latency.Arrive(capturedAt, _time);
    }

    /// <summary>
    /// Whether a live source's sample of some age would be late though one that comes now would not: then it is
    /// better to wait for the next.
    /// </summary>
    public bool IsTooOld(TimeSpan age)
    {
        lock (_lock)
        {
            TimeSpan latency = _latency.LatencyOf(_choice.Point);
            return latency <= Budget.Latency && age + latency > Budget.Latency && age > _latency.Interval * LeastAge;
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
            _joules += _frontier[_choice.Point].Joules;
            if (_settling > 0)
            {
                _settling--;
                return null;
            }

            _latency.Observe(_choice.Point, latency);
            _latency.Forget(_time);
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

    /// <summary>Energy above idle of the results since the call before, J, as the profiles count.</summary>
    internal double TakeJoules()
    {
        lock (_lock)
        {
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
                _frontier[index].Accuracy, _chooser.LeastLoad(index), _chooser.FullLoad(index));
            return index == _choice.Point
                ? !IsLate()
                : _chooser.HoldsLatency(index, _chooser.ShrinkShare) && _patience.Allows(index, _latency.Slowdown);
        }
    }

    /// <summary>What it puts on the board now, W.</summary>
    internal double Load()
    {
        lock (_lock)
            return _chooser.LoadOf(_choice);
    }

    /// <summary>The point of the least load, which runs when nothing holds the budgets.</summary>
    internal int Smallest()
    {
        lock (_lock)
            return _chooser.Smallest(0);
    }

    private PointForecast ForecastOf(int index) => new(
        _frontier[index], _latency.LatencyOf(index), _chooser.FullRate(index), _chooser.FullLoad(index),
        _chooser.HoldsLatency(index, _chooser.ShrinkShare), _chooser.RateWithin(index, _allowance.Stay) > 0);

    private GovernorDecision? Judge(DateTimeOffset timestamp)
    {
        if (_overruns.IsAcute)
            _latency.Jump(_choice.Point, OverrunDetector.Recent);
        bool isLate = IsLate();
        Choice next = isLate || !Fits(_choice) ? Shrink(isLate ? _choice.Point : _choice.Point - 1) : Grow();
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
            _patience.Fail(_choice.Point, _time.GetElapsedTime(_changedAt), _latency.Slowdown);
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
        || (_overruns.Results >= MedianWindow.Length && !_chooser.HoldsLatency(_choice.Point, LateShare)));

    private bool Fits(Choice choice) =>
        choice.IsPaused || _chooser.RateWithin(choice.Point, _allowance.Stay) > 0;

    // The most accurate point behind `after` that holds everything, or the smallest, or nothing at all.
    private Choice Shrink(int after)
    {
        for (int i = after + 1; i < _frontier.Count; i++)
        {
            double rate = _chooser.RateWithin(i, _allowance.Stay);
            if (rate > 0 && _chooser.HoldsLatency(i, _chooser.ShrinkShare))
                return new Choice(i, rate);
        }

        int smallest = _chooser.Smallest(_allowance.Stay);
        double most = _chooser.RateWithin(smallest, _allowance.Stay);
        bool mayStay = _allowance.IsOutOfReach || _chooser.LeastLoad(smallest) <= _allowance.Grow;
        return new Choice(smallest, most == 0 && mayStay ? _chooser.LeastRate(smallest) : most);
    }

    private Choice Grow()
    {
        bool mayGrow = _time.GetElapsedTime(_changedAt) >= Budget.Dwell
            && (_choice.IsPaused || _latency.IsCalm(_choice.Point)) && _loadPatience.Allows(_allowance.Grow, _allowance.Noise);
        int last = _choice.IsPaused ? _frontier.Count - 1 : _choice.Point - 1;
        double load = Math.Min(_allowance.Grow, _allowance.Stay);
        for (int i = 0; mayGrow && i <= last; i++)
        {
            double rate = _chooser.RateWithin(i, load);
            if (rate > 0 && _chooser.HoldsLatency(i, _chooser.GrowShare) && _patience.Allows(i, _latency.Slowdown))
                return new Choice(i, rate);
        }

        return _choice.IsPaused ? _choice : _choice with { RateHertz = NextRate(mayGrow ? load : 0) };
    }

    private double NextRate(double load)
    {
        double least = _chooser.RateWithin(_choice.Point, _allowance.Stay);
        if (least < _latency.DeliveredHertz(_choice.Point, _choice.RateHertz))
            return least;
        return Math.Max(_choice.RateHertz, _chooser.RateWithin(_choice.Point, load));
    }

    private GovernorCause CauseOf(Choice next, bool isLate)
    {
        if (isLate)
            return GovernorCause.Latency;
        if (next.Point < _choice.Point || (next.Point == _choice.Point && next.RateHertz > _choice.RateHertz))
            return GovernorCause.Room;
        return _allowance.Cause;
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
            _latency.Move(isCalm: cause != GovernorCause.Latency);
        }

        _overruns.Clear();
        _choice = next;
        _changedAt = _time.GetTimestamp();
        Current = PointOf(next, Describe(cause, measured, limit));
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
        if (isStuck == Problem is not null
            || (!isStuck && _time.GetElapsedTime(_problemAt) < Budget.Dwell))
            return;
        _problemAt = _time.GetTimestamp();
        Problem = !isStuck ? null : isLate ? DescribeMiss() : DescribeExcess(next);
    }

    private string DescribeExcess(Choice next) =>
        Describe(_allowance.Cause, _allowance.Measured, _allowance.Limit) + (next.IsPaused
            ? $" would be exceeded even with {_frontier[next.Point].Model} at its least rate: paused"
            : $" is exceeded by the rest of the board alone: {_frontier[next.Point].Model} runs at its least rate");

    private string DescribeMiss()
    {
        PointProfile point = _frontier[_choice.Point];
        string member = _frontier.Count == 1 ? "the only model" : "the smallest model";
        double p99 = _latency.LatencyOf(_choice.Point).TotalMilliseconds;
        return string.Create(CultureInfo.InvariantCulture,
            $"the budget of {Budget.Latency!.Value.TotalMilliseconds:0.##} ms cannot be held: ") +
            string.Create(CultureInfo.InvariantCulture, $"p99 is {p99:0.0} ms with {member}, {point.Model}");
    }

    private static string Describe(GovernorCause cause, double measured, double? limit) => cause switch
    {
        GovernorCause.Latency =>
            string.Create(CultureInfo.InvariantCulture, $"p99 {measured:0.0} ms, budget {limit:0.#} ms"),
        GovernorCause.Power =>
            string.Create(CultureInfo.InvariantCulture, $"{measured:0.0} W, budget {limit:0.#} W"),
        GovernorCause.Temperature =>
            string.Create(CultureInfo.InvariantCulture, $"{measured:0.0} °C, limit {limit:0.#} °C"),
        _ => "room in the budget",
    };

    private OperatingPoint PointOf(Choice choice, string reason)
    {
        PointProfile point = _frontier[choice.Point];
        return new OperatingPoint(point.Member, point.Model, point.Threads, choice.RateHertz, reason);
    }
}
