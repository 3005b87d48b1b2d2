using EdgeConv.Core;

namespace EdgeConv.Pipeline.Governing;

/// <summary>
/// Keeps a board's mean power and its temperature within their limits: learns how both follow the pipelines' load and
/// tells each pipeline what it may put on the board. It touches no setting of the board. Allocates nothing in a tick.
/// Safe to call from several threads.
/// </summary>
public sealed class BoardGovernor
{
    /// <summary>°C below the limit that are aimed at: what sensors and models err by.</summary>
    public const double TemperatureMargin = 0.5;

    /// <summary>°C below the limit that a higher load must keep for ever to be taken up.</summary>
    public const double TemperatureRoom = 1.0;

    /// <summary>
    /// °C below the board's own throttling point that count as the limit where the user names none: at the point
    /// itself it is too late.
    /// </summary>
    public const double ThrottleMargin = 2;

    /// <summary>Share of the power budget that is aimed at.</summary>
    public const double PowerShare = 0.985;

    /// <summary>Share of it that a higher load must keep to be taken up.</summary>
    public const double PowerGrowShare = 0.965;

    // What no single board draws: the all-ones word of a bus that does not answer is 65 535.
    private const double MostWatts = 1000;

    // Long enough that the chip and most of the board follow, short enough to use a cold board's heat capacity.
    private const double Horizon = 45;
    private readonly Lock _lock = new();
    private BoardBudget _budget;
    private readonly TimeProvider _time;
    private readonly LoadSharing _sharing = new();
    private readonly PowerModel _power = new();
    private readonly ThermalModel _thermal = new();
    private readonly double[] _stay = new double[2];
    private readonly double[] _grow = new double[10];
    private long _ticks;
    private long _tickedAt;
    private double _meanWatts = double.NaN;

    /// <param name="budget">What to hold.</param>
    /// <param name="time">Clock.</param>
    public BoardGovernor(BoardBudget budget, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(budget);
        ArgumentNullException.ThrowIfNull(time);
        _budget = budget;
        _time = time;
        _tickedAt = time.GetTimestamp();
        Array.Fill(_stay, double.NegativeInfinity);
        Array.Fill(_grow, double.PositiveInfinity);
    }

    /// <summary>What to hold; may be changed at any time.</summary>
    public BoardBudget Budget
    {
        get
        {
            lock (_lock)
                return _budget;
        }

        set
        {
            ArgumentNullException.ThrowIfNull(value);
            lock (_lock)
                _budget = value;
        }
    }

    /// <summary>Lets a pipeline share the board from now on.</summary>
    public void Join(PipelineGovernor pipeline)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        lock (_lock)
            _sharing.Add(pipeline);
    }

    /// <summary>Leaves a pipeline out from now on.</summary>
    public void Leave(PipelineGovernor pipeline)
    {
        lock (_lock)
            _sharing.Remove(pipeline);
    }

    /// <summary>Takes in a reading, about once a second, and tells all pipelines what they may use.</summary>
    public void Tick(in BoardReading reading)
    {
        lock (_lock)
        {
            double seconds = _time.GetElapsedTime(_tickedAt).TotalSeconds;
            if (!(seconds > 0))
                return;
            _tickedAt = _time.GetTimestamp();
            Learn(reading, seconds);
            Allow(reading);
        }
    }

    private void Learn(in BoardReading reading, double seconds)
    {
        double load = 0;
        foreach (PipelineGovernor pipeline in _sharing.Pipelines)
            load += pipeline.TakeJoules() / seconds;
        if (reading.PowerWatts is >= 0 and < MostWatts and { } measured)
        {
            _power.Observe(measured, load, seconds);
            double share = 1 - Math.Exp(-seconds / _budget.PowerWindow.TotalSeconds);
            _meanWatts = double.IsNaN(_meanWatts) ? measured : _meanWatts + (measured - _meanWatts) * share;
        }

        _thermal.Observe(Plausible(reading.TemperatureCelsius), _power.WattsAt(load), seconds);
    }

    // What silicon can have: chips that do not answer read as 85 000 or -127.
    private static double? Plausible(double? celsius) => celsius is > -40 and < 150 ? celsius : null;

    private void Allow(in BoardReading reading)
    {
        Allowance total = Allowance.Unlimited;
        // Without a rail nothing tells what is drawn, nor whether a pause would help.
        if (_budget.PowerWatts is { } watts && !double.IsNaN(_meanWatts))
        {
            total = new Allowance(_power.LoadAt(watts * PowerShare), _power.LoadAt(watts * PowerGrowShare),
                GovernorCause.Power, _meanWatts, watts);
        }

        double? own = reading.TemperatureLimitCelsius - ThrottleMargin;
        if ((_budget.TemperatureCelsius ?? own) is { } limit && _thermal.IsReady)
        {
            double stay = _power.LoadAt(_thermal.WattsWithin(limit - TemperatureMargin, Horizon));
            double grow = _power.LoadAt(_thermal.SustainableWatts(limit - TemperatureRoom));
            if (stay < total.Stay || grow < total.Grow)
            {
                total = new Allowance(Math.Min(stay, total.Stay), Math.Min(grow, total.Grow),
                    GovernorCause.Temperature, Plausible(reading.TemperatureCelsius) ?? _thermal.Celsius, limit);
            }
        }

        Share(WithoutNoise(total));
    }

    // The greatest of a few ticks and the least of many: noise makes nobody move.
    private Allowance WithoutNoise(in Allowance total)
    {
        _stay[_ticks % _stay.Length] = total.Stay;
        _grow[_ticks++ % _grow.Length] = total.Grow;
        double stay = total.Stay;
        foreach (double earlier in _stay)
            stay = Math.Max(stay, earlier);
        double grow = total.Grow;
        foreach (double earlier in _grow)
            grow = Math.Min(grow, earlier);
        return total with { Stay = stay, Grow = grow, Noise = _power.Noise };
    }

    private void Share(in Allowance total)
    {
        if (total.Stay <= 0)
        {
            foreach (PipelineGovernor pipeline in _sharing.Pipelines)
                pipeline.Allow(total with { Stay = 0, Grow = 0, IsOutOfReach = true });
            return;
        }

        _sharing.Divide(total.Stay, total.Grow);
        for (int i = 0; i < _sharing.Pipelines.Count; i++)
            _sharing.Pipelines[i].Allow(total with { Stay = _sharing.StayOf(i), Grow = _sharing.GrowOf(i) });
    }
}
