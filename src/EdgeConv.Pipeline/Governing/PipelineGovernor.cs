using EdgeConv.Core;
using EdgeConv.Pipeline.Accounting;

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

    private readonly Lock _lock = new();
    private readonly Frontier _frontier;
    private readonly TimeProvider _time;
    private readonly LatencyModel _latency;
    private readonly PointChooser _chooser;
    private readonly ChoiceSearch _search;
    private readonly BudgetProblem _problem;
    private readonly ProfiledWork _work;
    private readonly OverrunDetector _overruns = new();
    private Choice _choice;
    private Allowance _allowance = Allowance.Unlimited;
    private EnergyCorrection _correction = new(1, null);
    private int _settling = Settling;
    private long _changedAt;
    private long _pointSince;
    private bool _isPassed;

    /// <param name="name">The pipeline's name.</param>
    /// <param name="frontier">What it may run.</param>
    /// <param name="budget">What to hold.</param>
    /// <param name="time">Clock.</param>
    public PipelineGovernor(string name, Frontier frontier, BudgetOptions budget, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(frontier);
        ArgumentNullException.ThrowIfNull(budget);
        ArgumentNullException.ThrowIfNull(time);
        Name = name;
        _frontier = frontier;
        Budget = budget;
        _time = time;
        _latency = new LatencyModel(frontier, time);
        _search = new ChoiceSearch(frontier, budget, _latency, time);
        _chooser = _search.Chooser;
        _problem = new BudgetProblem(frontier, budget, _latency, time);
        _work = new ProfiledWork(time);
        _choice = _search.Start();
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
    public string? Problem => _problem.Text;

    /// <summary>Energy of an inference at the point that runs.</summary>
    public Energy EnergyOfInference()
    {
        lock (_lock)
        {
            double millijoules = Cost.Joules * _correction.Factor * 1000;
            return new Energy(
                millijoules, millijoules * (_correction.Uncertainty ?? Cost.RelativeUncertainty),
                _correction.IsEstimated);
        }
    }

    /// <summary>What it has taken; null while it shares no board, or before an inference.</summary>
    public EnergyUse? EnergyUse => Ledger?.Use();

    /// <summary>Its name.</summary>
    internal string Name { get; }

    /// <summary>Its books; null while it shares no board.</summary>
    internal EnergyLedger? Ledger { get; set; }

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
            _work.Begin();
    }

    /// <summary>The sample at work has failed: there is no result.</summary>
    public void Abandon()
    {
        lock (_lock)
            _work.Abandon();
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
            _work.End(Cost);
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

    /// <summary>How far the profiles' energies are off.</summary>
    internal void CorrectEnergy(in EnergyCorrection correction)
    {
        lock (_lock)
            _correction = correction;
    }

    /// <summary>What was done since the call before.</summary>
    internal WorkDone TakeWork()
    {
        lock (_lock)
            return _work.Take(Cost, _latency.ServiceOf(_choice.Point));
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
                : _search.MayTry(index);
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

    private PointCost Cost => _frontier[_choice.Point].Cost;

    private PointForecast ForecastOf(int index) => new(
        _frontier[index], _latency.LatencyOf(index), _chooser.FullRate(index), _chooser.FullLoad(index),
        _chooser.Holds(index, _chooser.ShrinkShare(index)), _chooser.RateWithin(index, _allowance.Stay) > 0);

    private GovernorDecision? Judge(DateTimeOffset timestamp)
    {
        if (_overruns.IsAcute)
            _latency.Jump(_choice.Point, OverrunDetector.Recent);
        Standing at = new(_choice, _allowance, IsLate(), _time.GetElapsedTime(_changedAt));
        Choice next = _search.Next(at);
        _problem.Note(at, next);
        if (next == _choice)
            return null;
        GovernorCause cause = CauseOf(next, at.IsLate);
        TimeSpan held = _time.GetElapsedTime(_pointSince);
        if (cause == GovernorCause.Latency && held < Budget.Dwell)
            _latency.TakeBack();
        _search.Leave(cause, next, held);
        return Move(next, cause, timestamp);
    }

    private bool IsLate() => Budget.Latency is not null && !_choice.IsPaused && (_overruns.IsAcute || _overruns.IsChronic
        || (_overruns.Results >= MedianWindow.Length && !_chooser.Holds(_choice.Point, LateShare)));

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
            Pipeline = Name,
            From = from,
            To = Current,
            Cause = cause,
            Measured = measured,
            Limit = limit,
            ExpectedLatency = _latency.LatencyOf(next.Point),
            ExpectedWatts = _chooser.LoadOf(next),
        };
    }

    private OperatingPoint PointOf(Choice choice, string reason)
    {
        PointProfile point = _frontier[choice.Point];
        return new OperatingPoint(point.Member, point.Model, point.Threads, choice.RateHertz, reason);
    }
}
