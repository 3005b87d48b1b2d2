using EdgeConv.Core;
using EdgeConv.Pipeline.Governing;

namespace EdgeConv.Plants;

/// <summary>
/// A pipeline with a live source: samples come, the newest waits while one is worked on, and each takes the time of
/// the point that is chosen by a real <see cref="PipelineGovernor"/>.
/// </summary>
internal sealed class SimulatedPipeline
{
    private const double HandOver = 1e-4;
    private readonly Scenario _scenario;
    private readonly SimulatedClock _clock;
    private readonly Random _random;
    private readonly Pacer _pacer;
    private Arriving? _waiting;
    private Arriving? _serving;
    private double _startedAt = double.NegativeInfinity;
    private int _servingPoint;
    private double _joules;

    public SimulatedPipeline(Scenario scenario, int index, SimulatedClock clock, Random random)
    {
        _scenario = scenario;
        _clock = clock;
        _random = random;
        _pacer = new Pacer(clock);
        Plan = scenario.Pipelines[index];
        Points = Scenario.ReadFamily(Plan.Family);
        BudgetOptions budget = new()
        {
            Latency = Plan.LatencyMs is { } ms ? TimeSpan.FromMilliseconds(ms) : null,
            RateHertz = Plan.RateHz,
            LeastRateHertz = Plan.RateMinHz,
            Priority = Plan.Priority,
            Weight = Plan.Weight,
        };
        PointProfile[] profiles = [.. Points.Select((p, i) => new PointProfile(
            i, p.Model, p.Threads, p.Accuracy, TimeSpan.FromMilliseconds(p.Ms), p.Mj / 1000))];
        Governor = new PipelineGovernor($"p{index}", new Frontier(profiles), budget, clock);
        NextArrival = random.NextDouble() / Plan.Hz;
    }

    public PipelinePlan Plan { get; }

    public IReadOnlyList<PointPlan> Points { get; }

    public PipelineGovernor Governor { get; }

    public double NextArrival { get; private set; }

    public double DoneAt { get; private set; } = double.PositiveInfinity;

    public List<ResultRecord> Results { get; } = [];

    /// <summary>Results that were looked at before.</summary>
    public int CountedResults { get; set; }

    public List<(double At, GovernorDecision Decision)> Decisions { get; } = [];

    /// <summary>Time between samples now, s.</summary>
    public double Interval(double now) => 1 / (Plan.Hz * Factor(EventKind.Rate, now));

    /// <summary>Whether the source gives nothing now.</summary>
    public bool IsSilent(double now) =>
        _scenario.Events.Any(plan => plan.Kind == EventKind.SourceGone && plan.ShareAt(now) > 0);

    /// <summary>True service time of a point in s when nothing disturbs.</summary>
    public double ServiceOf(int point) =>
        Points[point].Ms / 1000 * (point < Plan.TimeError.Count ? Plan.TimeError[point] : 1);

    /// <summary>True energy of an inference, J.</summary>
    public double JoulesOf(int point) =>
        Points[point].Mj / 1000 * (point < Plan.EnergyError.Count ? Plan.EnergyError[point] : 1);

    /// <summary>Slowdown of all points by what else runs.</summary>
    public double Slowdown(double now) => Factor(EventKind.Steal, now);

    /// <summary>Energy taken since the start, J: that of a sample is spread over the time it is worked on.</summary>
    public double Joules(double now) => _joules + (_serving is null
        ? 0
        : JoulesOf(_servingPoint) * Math.Clamp((now - _startedAt) / (DoneAt - _startedAt), 0, 1));

    /// <summary>A sample comes now.</summary>
    public void Arrive(bool isThrottled)
    {
        double now = _clock.Seconds;
        NextArrival = now + Math.Max(Interval(now) * (1 + Gaussian.Next(_random) * Plan.ArrivalJitter), 1e-4);
        if (IsSilent(now))
            return;
        double noise = Math.Exp(Gaussian.Next(_random) * Plan.Noise);
        if (_random.NextDouble() < Plan.Outliers)
            noise *= Plan.OutlierFactor;
        Governor.Arrive(_clock.GetTimestamp() - (long)(Plan.AgeMs / 1000 * _clock.TimestampFrequency));
        _waiting = new Arriving(now - Plan.AgeMs / 1000, noise);
        if (_serving is null)
            Take(isThrottled);
    }

    /// <summary>The sample that is worked on is done now.</summary>
    public void Complete(bool isThrottled)
    {
        Arriving done = _serving!.Value;
        _serving = null;
        DoneAt = double.PositiveInfinity;
        _joules += JoulesOf(_servingPoint);
        double fastest = Enumerable.Range(0, Points.Count).Min(ServiceOf) * done.Noise * Slowdown(_startedAt) + HandOver
            + Plan.AgeMs / 1000;
        double latency = _clock.Seconds - done.At;
        Results.Add(new ResultRecord(_clock.Seconds, latency, fastest));
        Latency parts = new(
            TimeSpan.FromSeconds(_startedAt - done.At), default, TimeSpan.FromSeconds(_clock.Seconds - _startedAt),
            default, default);
        Note(Governor.Observe(parts, _clock.GetUtcNow()));
        if (_waiting is not null)
            Take(isThrottled);
    }

    private void Take(bool isThrottled)
    {
        Arriving sample = _waiting!.Value;
        _waiting = null;
        if (Governor.Current.RateHertz == 0)
            Note(Governor.Reconsider(_clock.GetUtcNow()));
        OperatingPoint point = Governor.Current;
        double now = _clock.Seconds;
        if (_pacer.UntilDue(point.RateHertz) > TimeSpan.Zero || Governor.IsTooOld(TimeSpan.FromSeconds(now - sample.At)))
            return;
        _pacer.Pass(point.RateHertz);
        _serving = sample;
        _servingPoint = point.Member;
        Governor.Begin();
        _startedAt = now;
        DoneAt = now + HandOver
            + ServiceOf(point.Member) * sample.Noise * Slowdown(now) * (isThrottled ? 2 : 1);
    }

    private void Note(GovernorDecision? decision)
    {
        if (decision is not null)
            Decisions.Add((_clock.Seconds, decision));
    }

    private double Factor(EventKind kind, double now)
    {
        double factor = 1;
        foreach (EventPlan plan in _scenario.Events)
        {
            if (plan.Kind == kind)
                factor *= 1 + (plan.Value - 1) * plan.ShareAt(now);
        }

        return factor;
    }

    private readonly record struct Arriving(double At, double Noise);
}

/// <summary>A result, and what the fastest point would have made of it.</summary>
/// <param name="At">When it was there, s.</param>
/// <param name="Latency">From capture, s.</param>
/// <param name="Fastest">Latency of the fastest point for this sample at this moment, s.</param>
internal readonly record struct ResultRecord(double At, double Latency, double Fastest);
