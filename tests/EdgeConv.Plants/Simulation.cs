using System.Globalization;
using EdgeConv.Pipeline.Governing;

namespace EdgeConv.Plants;

/// <summary>Runs the governors on a simulated plant in its own time.</summary>
public sealed class Simulation
{
    private const double BoardStep = 1;
    private const int PowerWindow = 10;
    private readonly Scenario _scenario;
    private readonly int _seed;
    private readonly SimulatedClock _clock = new();
    private readonly SimulatedBoard _board;
    private readonly SimulatedPipeline[] _pipelines;
    private readonly BoardGovernor _governor;
    private readonly Oracle _oracle;
    private readonly double[] _edges;
    private readonly Queue<double> _watts = new();
    private double _excessCelsius;
    private double _excessPower;
    private double _givenAway;
    private double _steadySeconds;
    private double _needlessPause;
    private int _powerHoldableFor;

    private Simulation(Scenario scenario, int seed)
    {
        _scenario = scenario;
        _seed = seed;
        Random random = new(seed);
        _board = new SimulatedBoard(scenario, random);
        _pipelines =
            [.. Enumerable.Range(0, scenario.Pipelines.Count).Select(i => new SimulatedPipeline(scenario, i, _clock, random))];
        _governor = new BoardGovernor(
            new BoardBudget { PowerWatts = scenario.PowerW, TemperatureCelsius = scenario.TemperatureC }, _clock);
        foreach (SimulatedPipeline pipeline in _pipelines)
            _governor.Join(pipeline.Governor);
        _oracle = new Oracle(scenario, _board, _pipelines);
        _edges = [.. scenario.Events
            .SelectMany(e => (double[])[e.At, e.At + e.RampS, e.Until, e.Until + e.RampS]).Prepend(0).Order()];
    }

    /// <summary>Runs a scenario to its end.</summary>
    public static Score Run(Scenario scenario, int seed)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        Simulation simulation = new(scenario, seed);
        simulation.RunToEnd();
        return simulation.Judge();
    }

    private void RunToEnd()
    {
        for (double tick = BoardStep; tick <= _scenario.DurationS; tick += BoardStep)
        {
            while (RunNext(tick))
            {
            }

            _clock.Seconds = tick;
            _board.Step(tick, BoardStep, _pipelines.Sum(p => p.TakeJoules()));
            _governor.Tick(_board.Read(tick));
            JudgeMoment(tick);
        }
    }

    // The next arrival or completion before `end`.
    private bool RunNext(double end)
    {
        SimulatedPipeline next = _pipelines.MinBy(p => Math.Min(p.NextArrival, p.DoneAt))!;
        double at = Math.Min(next.NextArrival, next.DoneAt);
        if (at >= end)
            return false;
        _clock.Seconds = at;
        if (at == next.DoneAt)
            next.Complete(_board.IsThrottled);
        else
            next.Arrive(_board.IsThrottled);
        return true;
    }

    private void JudgeMoment(double now)
    {
        (bool power, bool temperature) = _oracle.IsHoldable(now);
        _powerHoldableFor = power ? _powerHoldableFor + 1 : 0;
        _watts.Enqueue(_board.Watts);
        if (_watts.Count > PowerWindow)
            _watts.Dequeue();
        if (now > 60 && temperature)
            _excessCelsius = Math.Max(_excessCelsius, _board.Celsius - (_scenario.TemperatureC ?? _scenario.Board.ThrottleC));
        if (now > 60 && _powerHoldableFor >= PowerWindow && _scenario.PowerW is { } limit)
            _excessPower = Math.Max(_excessPower, _watts.Average() / limit - 1);
        if (IsSteady(now))
            _steadySeconds += BoardStep;
        if (power && temperature && _pipelines.Any(p => p.Governor.Current.RateHertz == 0))
            _needlessPause += BoardStep;
        _givenAway += GivenAway(now) * BoardStep;
    }

    private bool IsSteady(double now) => now - _edges.Last(e => e <= now) > _scenario.SteadyAfterS
        && !_scenario.Events.Any(e => e.ShareAt(now) is > 0 and < 1);

    private double GivenAway(double now)
    {
        if (_oracle.Choose(now) is not { } best)
            return 0;
        double lost = 0;
        double range = 0;
        for (int i = 0; i < _pipelines.Length; i++)
        {
            SimulatedPipeline pipeline = _pipelines[i];
            double least = pipeline.Points.Min(p => p.Accuracy);
            double present = pipeline.Governor.Current.RateHertz == 0
                ? least
                : pipeline.Points[pipeline.Governor.Current.Member].Accuracy;
            lost += pipeline.Plan.Weight * (pipeline.Points[best[i]].Accuracy - present);
            range += pipeline.Plan.Weight * (pipeline.Points.Max(p => p.Accuracy) - least);
        }

        return range == 0 ? 0 : Math.Max(0, lost / range);
    }

    private Score Judge()
    {
        IReadOnlyList<(int Windows, int Held)> windows = [.. _pipelines.Select(p => Windows.Count(p))];
        double steadySwitches = _pipelines.Sum(p => p.Decisions.Count(d => IsSteady(d.At)));
        return new Score
        {
            Scenario = _scenario.Name,
            Seed = _seed,
            Windows = windows.Sum(w => w.Windows),
            HeldWindows = windows.Sum(w => w.Held),
            RecoverySeconds = _pipelines.Max(p => Windows.Recovery(p, _scenario)),
            ExcessCelsius = _excessCelsius,
            ExcessPower = _excessPower,
            AccuracyGivenAway = _givenAway / _scenario.DurationS,
            SteadySwitchesPerHour = _steadySeconds == 0 ? 0 : steadySwitches / _steadySeconds * 3600,
            SteadySeconds = _steadySeconds,
            NeedlessPauseSeconds = _needlessPause,
            Decisions = [.. _pipelines.SelectMany(p => p.Decisions).OrderBy(d => d.At).Select(Describe)],
        };
    }

    private static string Describe((double At, Core.GovernorDecision Decision) entry) => string.Create(
        CultureInfo.InvariantCulture,
        $"{entry.At,7:0.0} s {entry.Decision.Pipeline}: {entry.Decision.From.Model} x{entry.Decision.From.Threads} {entry.Decision.From.RateHertz:0.#} Hz -> {entry.Decision.To.Model} x{entry.Decision.To.Threads} {entry.Decision.To.RateHertz:0.#} Hz, {entry.Decision.To.Reason}");
}
