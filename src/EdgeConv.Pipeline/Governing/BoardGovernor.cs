using EdgeConv.Core;
using EdgeConv.Pipeline.Accounting;

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
    // Without a thermometer, from so many ticks on, what was learned may be off by so much.
    private const int BlindTicks = 10;
    private const double BlindMargin = 1.5;

    // What a working sensor would have shown.
    private const double StuckCelsius = 2;
    private const double StuckWatts = 0.2;

    // Seconds between two ticks beyond which nothing is learned.
    private const double LongestGap = 5;

    // Ticks of about a second.
    private const int FewToStay = 2;
    private const int ManyToStay = 8;
    private const int FewToGrow = 10;
    private const int ManyToGrow = 30;

    // One second without the others is no rest of theirs.
    private const int RestTicks = 4;

    // So many readings of another source in a row are a change.
    private const int SourceTicks = 10;

    // Share of the board's power that is more than noise.
    private const double ChangeShare = 0.03;
    private readonly Lock _lock = new();
    private BoardBudget _budget;
    private readonly TimeProvider _time;
    private readonly LoadSharing _sharing = new();
    private readonly PowerModel _power;
    private readonly ThermalModel _thermal = new();
    private readonly RecentValues _stay = new(ManyToStay);
    private readonly RecentValues _grow = new(ManyToGrow);
    private readonly RecentValues _others = new(RestTicks);
    private readonly StuckSensor _stuckThermometer = new(StuckCelsius);
    private readonly StuckSensor _stuckRail = new(StuckWatts);
    private Allowance _total = Allowance.Unlimited;
    private readonly EnergyModel _energy;
    private readonly Dictionary<string, EnergyLedger> _ledgers = [];
    private WorkDone[] _work = [];
    private double _load;
    private PowerSource? _source;
    private bool _isSourceKnown;
    private int _otherSource;
    private int _blindTicks;
    private long _tickedAt;
    private double _meanWatts = double.NaN;

    /// <param name="budget">What to hold.</param>
    /// <param name="time">Clock.</param>
    /// <param name="energy">What the profiles' energies go by where no rail measures; null for an uncalibrated one.</param>
    public BoardGovernor(BoardBudget budget, TimeProvider time, EnergyModel? energy = null)
    {
        ArgumentNullException.ThrowIfNull(budget);
        ArgumentNullException.ThrowIfNull(time);
        _budget = budget;
        _time = time;
        _energy = energy ?? EnergyModel.Uncalibrated;
        _power = new PowerModel(_energy.RestWatts ?? 0);
        _tickedAt = time.GetTimestamp();
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
        {
            pipeline.Ledger = LedgerOf(pipeline.Name);
            _sharing.Add(pipeline);
            _work = new WorkDone[_sharing.Pipelines.Count];
            Share(_total);
        }
    }

    /// <summary>Leaves a pipeline out from now on.</summary>
    public void Leave(PipelineGovernor pipeline)
    {
        lock (_lock)
        {
            WorkDone last = pipeline.TakeWork();
            if (last.Joules > 0)
                pipeline.Ledger?.Book(BookedOf(last, _power.Scale, 0));
            _sharing.Remove(pipeline);
            _work = new WorkDone[_sharing.Pipelines.Count];
        }
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
            DrainLoad(seconds);
            // Over a gap (a stopped process, a bus that hung) one reading says nothing of the mean load.
            bool isMeasured = seconds <= LongestGap && Learn(reading, seconds);
            Account(isMeasured ? reading.PowerWatts : null);
            Allow(reading);
        }
    }

    private void DrainLoad(double seconds)
    {
        _load = 0;
        for (int i = 0; i < _sharing.Pipelines.Count; i++)
        {
            _work[i] = _sharing.Pipelines[i].TakeWork();
            _load += _work[i].Joules / seconds;
        }
    }

    // One that a reload builds anew goes on with its books.
    private EnergyLedger LedgerOf(string name)
    {
        if (!_ledgers.TryGetValue(name, out EnergyLedger? ledger))
            _ledgers.Add(name, ledger = new EnergyLedger(_time));
        return ledger;
    }

    // What the pipelines took together is theirs by the work of each.
    private void Account(double? watts)
    {
        double factor = _power.Scale;
        double booked = watts is { } measured && _load > 0 ? _power.WattsOf(measured, _load) / _load : factor;
        for (int i = 0; i < _sharing.Pipelines.Count; i++)
        {
            WorkDone work = _work[i];
            PipelineGovernor pipeline = _sharing.Pipelines[i];
            pipeline.CorrectEnergy(new EnergyCorrection(factor, _power.IsMeasured ? _power.ScaleUncertainty : null));
            if (work.Joules > 0)
                pipeline.Ledger!.Book(BookedOf(work, booked, watts is null ? 0 : _power.Noise * work.Joules / _load));
        }
    }

    // What the rail has taught holds on while it is silent.
    private BookedEnergy BookedOf(in WorkDone work, double factor, double noise) => new(
        work.Joules * factor,
        _power.IsMeasured ? work.Joules * _power.Scale * _power.ScaleUncertainty : work.Uncertainty * factor,
        noise, work.Inferences, !_power.IsMeasured);

    // Whether the power was measured.
    private bool Learn(in BoardReading reading, double seconds)
    {
        bool isMeasured = false;
        _power.Factor = _energy.FactorAt(reading.CoreVolts);
        if (reading.PowerWatts is > 0 and < MostWatts and { } measured && IsSameSource(reading.PowerSource)
            && !_stuckRail.IsStuck(measured, _power.Scale * _load))
        {
            isMeasured = true;
            _power.Observe(measured, _load, seconds);
            Average(measured, seconds);
        }
        else if (!_isSourceKnown && _energy.RestWatts is not null)
        {
            // A board without a rail that was calibrated: its model stands for one.
            Average(_power.WattsAt(_load), seconds);
        }

        double? celsius = Plausible(reading.TemperatureCelsius);
        if (celsius is { } value && _thermal.IsReady && _stuckThermometer.IsStuck(value, _thermal.UsualRise))
            celsius = null;
        _blindTicks = celsius is null ? _blindTicks + 1 : 0;
        _thermal.Observe(celsius, _power.WattsAt(_load), _power.OtherWatts, seconds);
        return isMeasured;
    }

    private void Average(double watts, double seconds)
    {
        double share = 1 - Math.Exp(-seconds / _budget.PowerWindow.TotalSeconds);
        _meanWatts = double.IsNaN(_meanWatts) ? watts : _meanWatts + (watts - _meanWatts) * share;
    }

    // Another monitor sees another part of the board: what was learned of the one before does not hold for it. One that
    // steps in for a moment is not believed.
    private bool IsSameSource(PowerSource? source)
    {
        _otherSource = source == _source ? 0 : _otherSource + 1;
        if (_otherSource == 0)
            return true;
        if (_otherSource < SourceTicks && _isSourceKnown)
            return false;
        (_source, _isSourceKnown, _otherSource) = (source, true, 0);
        _power.Reset();
        return true;
    }

    // What silicon can have: chips that do not answer read as 85 000 or -127.
    private static double? Plausible(double? celsius) => celsius is > -40 and < 150 ? celsius : null;

    private void Allow(in BoardReading reading)
    {
        Allowance total = Allowance.Unlimited;
        // Where nothing tells what is drawn, nothing tells whether a pause would help.
        if (_budget.PowerWatts is { } watts && !double.IsNaN(_meanWatts))
        {
            total = new Allowance(_power.LoadAt(watts * PowerShare), _power.LoadAt(watts * PowerGrowShare),
                GovernorCause.Power, _meanWatts, watts);
        }

        double? own = reading.TemperatureLimitCelsius - ThrottleMargin;
        if ((_budget.TemperatureCelsius ?? own) is { } limit && _thermal.IsReady)
        {
            double aim = limit - (_blindTicks > BlindTicks ? BlindMargin : 0);
            double stay = _power.LoadAt(_thermal.WattsWithin(aim - TemperatureMargin, Horizon));
            double grow = _power.LoadAt(_thermal.SustainableWatts(aim - TemperatureRoom));
            if (stay < total.Stay || grow < total.Grow)
            {
                total = new Allowance(Math.Min(stay, total.Stay), Math.Min(grow, total.Grow),
                    GovernorCause.Temperature, Plausible(reading.TemperatureCelsius) ?? _thermal.Celsius, limit);
            }
        }

        if (reading.OtherCores is { } cores)
            _others.Add(cores);
        _total = WithoutNoise(total) with
        {
            OtherCores = reading.OtherCores is null ? null : _others.Greatest(RestTicks),
        };
        Share(_total);
    }

    // Noise makes nobody move: what may be kept is the greatest of many ticks, what may be gone up to the least of many;
    // of few where those differ from the many by more than noise does.
    private Allowance WithoutNoise(in Allowance total)
    {
        double change = ChangeShare * _power.WattsAt(_load) / _power.Scale;
        if (_power.HasRisen)
            _stay.Clear();
        _stay.Add(total.Stay);
        _grow.Add(total.Grow);
        double stay = _stay.Greatest(ManyToStay);
        double grow = _grow.Least(ManyToGrow);
        return total with
        {
            Stay = stay - _stay.Greatest(FewToStay) > change ? _stay.Greatest(FewToStay) : stay,
            Grow = _grow.Least(FewToGrow) - grow > change ? _grow.Least(FewToGrow) : grow,
            Noise = _power.Noise,
        };
    }

    private void Share(in Allowance total)
    {
        // Everything else exceeds the limit by itself: no pause would hold it.
        if (total.Stay <= 0)
        {
            for (int i = 0; i < _sharing.Pipelines.Count; i++)
                _sharing.Pipelines[i].Allow(total with { Stay = 0, Grow = 0, IsOutOfReach = true });
            return;
        }

        _sharing.Divide(total.Stay, total.Grow);
        for (int i = 0; i < _sharing.Pipelines.Count; i++)
            _sharing.Pipelines[i].Allow(total with { Stay = _sharing.StayOf(i), Grow = _sharing.GrowOf(i) });
    }
}
