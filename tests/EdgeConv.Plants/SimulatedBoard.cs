using EdgeConv.Core;

namespace EdgeConv.Plants;

/// <summary>
/// A board with two heat capacities: the board in its surroundings, and the chip on it. Its sensors err.
/// </summary>
internal sealed class SimulatedBoard(Scenario scenario, Random random)
{
    private const double ThrottleHysteresis = 5;
    private readonly BoardPlan _plan = scenario.Board;
    private double _boardRise = RestOf(scenario.Board, scenario.Board.BoardCPerW);
    private double _chipRise = scenario.Board.IdleW * scenario.Board.ChipCPerW;
    private double _ambient = scenario.Board.AmbientC;
    private double? _lastCelsius;
    private double? _lastWatts;

    /// <summary>True temperature of the chip, °C.</summary>
    public double Celsius => _ambient + _boardRise + _chipRise;

    /// <summary>Whether the chip runs at half its clock.</summary>
    public bool IsThrottled { get; private set; }

    /// <summary>True power in the step before, W.</summary>
    public double Watts { get; private set; } = scenario.Board.IdleW;

    /// <summary>Goes on by a step in which the pipelines took <paramref name="joules"/>.</summary>
    public void Step(double now, double step, double joules)
    {
        Watts = _plan.IdleW + BackgroundAt(now) + joules / step;
        _ambient += (AmbientOutside(now) - _ambient) * Share(step, _plan.BoardS / 4);
        _boardRise += (Watts * _plan.BoardCPerW - _boardRise) * Share(step, _plan.BoardS);
        _chipRise += (Watts * _plan.ChipCPerW - _chipRise) * Share(step, _plan.ChipS);
        IsThrottled = Celsius > _plan.ThrottleC - (IsThrottled ? ThrottleHysteresis : 0);
    }

    /// <summary>Power that is not the pipelines', W.</summary>
    public double BackgroundAt(double now) => Sum(EventKind.Background, now);

    /// <summary>Temperature that a power comes to in the surroundings of now, °C.</summary>
    public double RestCelsius(double now, double watts) =>
        AmbientOutside(now) + watts * (_plan.BoardCPerW + _plan.ChipCPerW);

    /// <summary>What the sensors say; the rail of the load in W that it has seen.</summary>
    public BoardReading Read(double now, double load) => new(Thermometer(now), _plan.ThrottleC, Rail(now, load));

    private double AmbientOutside(double now)
    {
        double celsius = _plan.AmbientC;
        foreach (EventPlan plan in scenario.Events)
        {
            if (plan.Kind == EventKind.Ambient)
                celsius += (plan.Value - _plan.AmbientC) * plan.ShareAt(now);
        }

        return celsius;
    }

    private double? Thermometer(double now)
    {
        if (Has(EventKind.ThermometerGone, now))
            return null;
        if (Has(EventKind.ThermometerStuck, now))
            return _lastCelsius;
        double step = _plan.TemperatureStep;
        _lastCelsius = Math.Round((Celsius + Gauss() * _plan.TemperatureNoise) / step) * step;
        return Has(EventKind.ThermometerGarbage, now) && random.Next(10) == 0
            ? random.Next(3) switch { 0 => -127, 1 => double.NaN, _ => 85_000 }
            : _lastCelsius;
    }

    private double? Rail(double now, double load)
    {
        if (!_plan.HasRail || Has(EventKind.RailGone, now))
            return null;
        if (Has(EventKind.RailGarbage, now) && random.Next(10) == 0)
            return random.Next(3) switch { 0 => -1, 1 => double.NaN, _ => 65_535 };
        if (Has(EventKind.RailStuck, now))
            return _lastWatts;
        _lastWatts = (_plan.IdleW + BackgroundAt(now) + load) * (1 + Gauss() * _plan.PowerNoise);
        return _lastWatts;
    }

    private bool Has(EventKind kind, double now) =>
        scenario.Events.Any(plan => plan.Kind == kind && plan.ShareAt(now) > 0);

    private double Sum(EventKind kind, double now)
    {
        double sum = 0;
        foreach (EventPlan plan in scenario.Events)
        {
            if (plan.Kind == kind)
                sum += plan.Value * plan.ShareAt(now);
        }

        return sum;
    }

    private double Gauss() => Gaussian.Next(random);

    private static double RestOf(BoardPlan plan, double resistance) => plan.StartC is { } celsius
        ? celsius - plan.AmbientC - plan.IdleW * plan.ChipCPerW
        : plan.IdleW * resistance;

    private static double Share(double step, double lag) => 1 - Math.Exp(-step / lag);
}

/// <summary>Normally distributed numbers.</summary>
internal static class Gaussian
{
    /// <summary>The next one, of mean 0 and variance 1 (Box and Muller, 1958).</summary>
    public static double Next(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
