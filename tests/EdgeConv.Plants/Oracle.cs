namespace EdgeConv.Plants;

/// <summary>
/// Knows the plant: the most accurate points that hold all budgets for ever in the conditions of a moment, each at
/// its least rate; of several pipelines the ones of high priority first, of equals the greatest weighted sum.
/// </summary>
internal sealed class Oracle(Scenario scenario, SimulatedBoard board, IReadOnlyList<SimulatedPipeline> pipelines)
{
    /// <summary>Instead of a point: it is paused.</summary>
    public const int Paused = -1;

    private const double Normal99 = 2.326;

    // Part of the least rate to which a last point may fall.
    private const double LastShare = 0.25;
    private readonly int[] _points = new int[pipelines.Count];
    private readonly int[] _best = new int[pipelines.Count];
    private double _bestWorth;

    /// <summary>
    /// Its choice of a point for each pipeline, <see cref="Paused"/> for none; null when nothing holds.
    /// </summary>
    public IReadOnlyList<int>? Choose(double now)
    {
        _bestWorth = double.NegativeInfinity;
        Search(0, 0, 0, now);
        return double.IsNegativeInfinity(_bestWorth) ? null : _best;
    }

    /// <summary>Whether the pipelines can hold power and temperature now, and which.</summary>
    public (bool Power, bool Temperature) IsHoldable(double now)
    {
        double load = 0;
        foreach (SimulatedPipeline pipeline in pipelines)
            load += Enumerable.Range(0, pipeline.Points.Count).Min(p => LeastLoad(pipeline, p, now));
        double watts = RestOfBoard(now) + load;
        return (!(watts > scenario.PowerW), !(board.RestCelsius(now, watts) > Limit));
    }

    private double Limit => scenario.TemperatureC ?? scenario.Board.ThrottleC;

    private double RestOfBoard(double now) => scenario.Board.IdleW + board.BackgroundAt(now);

    private void Search(int depth, double load, double worth, double now)
    {
        if (depth == pipelines.Count)
        {
            double watts = RestOfBoard(now) + load;
            if (watts > scenario.PowerW || board.RestCelsius(now, watts) > Limit || worth <= _bestWorth)
                return;
            _bestWorth = worth;
            _points.CopyTo(_best, 0);
            return;
        }

        SimulatedPipeline pipeline = pipelines[depth];
        _points[depth] = Paused;
        Search(depth + 1, load, worth, now);
        for (int p = 0; p < pipeline.Points.Count; p++)
        {
            if (!HoldsLatency(pipeline, p, now))
                continue;
            _points[depth] = p;
            double value = pipeline.Plan.Weight * (1 + pipeline.Points[p].Accuracy) * Math.Pow(1000, pipeline.Plan.Priority);
            Search(depth + 1, load + LeastLoad(pipeline, p, now), worth + value, now);
        }
    }

    /// <summary>The fewest results a second that a pipeline may have from one time to another.</summary>
    public static double LeastHertz(SimulatedPipeline pipeline, double from, double to)
    {
        if (pipeline.IsSilent(from) || pipeline.IsSilent(to))
            return 0;
        int smallest = pipeline.Points.Count - 1;
        return Math.Min(LeastRate(pipeline, smallest, from), LeastRate(pipeline, smallest, to)) * LastShare;
    }

    private static double Tail(SimulatedPipeline pipeline, int point, double now) =>
        pipeline.ServiceOf(point) * pipeline.Slowdown(now) * Math.Exp(Normal99 * pipeline.Plan.Noise);

    private static bool HoldsLatency(SimulatedPipeline pipeline, int point, double now) =>
        (pipeline.Plan.LatencyMs is not { } most || Tail(pipeline, point, now) + pipeline.Plan.AgeMs / 1000 <= most / 1000)
        && (pipeline.Plan.RateMinHz is null
            || 1 / (pipeline.ServiceOf(point) * pipeline.Slowdown(now)) >= LeastRate(pipeline, point, now));

    // As the governor's: the user's least rate, or half of what comes; no more
    // than comes, nor without a user's word than can be delivered.
    private static double LeastRate(SimulatedPipeline pipeline, int point, double now)
    {
        double coming = Math.Min(1 / pipeline.Interval(now), pipeline.Plan.RateHz ?? double.PositiveInfinity);
        double most = Math.Min(coming, 1 / (pipeline.ServiceOf(point) * pipeline.Slowdown(now)));
        double step = coming * Math.Pow(2, -1);
        return pipeline.Plan.RateMinHz is { } least ? Math.Min(least, coming) : Math.Min(step, most);
    }

    private static double LeastLoad(SimulatedPipeline pipeline, int point, double now) =>
        pipeline.IsSilent(now) ? 0 : LeastRate(pipeline, point, now) * pipeline.JoulesOf(point);
}
