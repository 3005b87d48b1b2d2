using System.Globalization;
using EdgeConv.Pipeline.Governing;

namespace EdgeConv.Plants;

/// <summary>Runs the governors on a simulated plant in its own time.</summary>
public sealed class Simulation
{
    private const double BoardStep = 1;
    private const int Windows = 10;
    private const double SilenceWindow = 10;
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
    private double _joules;
    private double _excessCelsius;
    private int _silentWindows;
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
            double before = _joules;
            double seen = RunSecond(tick);
            _board.Step(tick, BoardStep, _joules - before);
            _governor.Tick(_board.Read(tick, seen));
            JudgeMoment(tick);
        }
    }

    // Runs up to a tick. A rail sees the load in windows of a tenth of a second, five of them in a second.
    private double RunSecond(double tick)
    {
        double seen = 0;
        for (int window = 1; window <= Windows; window++)
        {
            double end = tick - BoardStep + window * BoardStep / Windows;
            while (RunNext(end))
            {
            }

            _clock.Seconds = end;
            double joules = _pipelines.Sum(p => p.Joules(end));
            seen += window % 2 == 0 ? joules - _joules : 0;
            _joules = joules;
        }

        return seen / (BoardStep / 2);
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
        JudgeSilence(now, power && temperature);
        _givenAway += GivenAway(now) * BoardStep;
    }

    // Who says nothing is never late: ten seconds with less than half of the least results are a window that is not held.
    private void JudgeSilence(double now, bool isHoldable)
    {
        if (!isHoldable)
            return;
        if (_pipelines.Any(p => p.Governor.Current.RateHertz == 0))
            _needlessPause += BoardStep;
        if (now % SilenceWindow != 0)
            return;
        foreach (SimulatedPipeline pipeline in _pipelines)
        {
            double least = Oracle.LeastHertz(pipeline, now - SilenceWindow, now) * SilenceWindow;
            int results = pipeline.Results.Count - pipeline.CountedResults;
            _silentWindows += results + 1 < least / 2 ? 1 : 0;
            pipeline.CountedResults = pipeline.Results.Count;
        }
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
            double wanted = best[i] == Oracle.Paused ? least : pipeline.Points[best[i]].Accuracy;
            lost += pipeline.Plan.Weight * (wanted - present);
            range += pipeline.Plan.Weight * (pipeline.Points.Max(p => p.Accuracy) - least);
        }

        return range == 0 ? 0 : Math.Max(0, lost / range);
    }

    private Score Judge()
    {
        IReadOnlyList<(int Windows, int Held)> windows = [.. _pipelines.Select(p => LatencyWindows.Count(p))];
        double steadySwitches = _pipelines.Sum(p => p.Decisions.Count(d => IsSteady(d.At)));
        return new Score
        {
            Scenario = _scenario.Name,
            Seed = _seed,
            Seconds = _scenario.DurationS,
            Windows = windows.Sum(w => w.Windows) + _silentWindows,
            HeldWindows = windows.Sum(w => w.Held),
            RecoverySeconds = _pipelines.Max(p => LatencyWindows.Recovery(p, _scenario)),
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
