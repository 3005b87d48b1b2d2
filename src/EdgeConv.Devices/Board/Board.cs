using EdgeConv.Core;
using EdgeConv.Devices.Firmware;

namespace EdgeConv.Devices.Board;

/// <summary>
/// This machine's sensors, found by name. A reading allocates nothing unless devices have come, gone or been
/// numbered anew since the last one.
/// </summary>
public sealed class Board : IBoard
{
    private readonly Lock _lock = new();
    private readonly Thermometer _thermometer;
    private readonly RailMeter _rails;
    private readonly FirmwareMeter _firmware;
    private readonly RaplMeter _rapl;
    private readonly UnderVoltageAlarm _alarm;
    private readonly ClockMeter _clock;
    private readonly VoltageMeter _voltage;
    private readonly ProcessorMeter _processors;
    private readonly BatteryMeter _battery;

    /// <summary>The machine itself.</summary>
    public Board()
        : this(SysRoot.Default, TimeProvider.System)
    {
    }

    /// <summary>The board below <paramref name="root"/>.</summary>
    public Board(SysRoot root, TimeProvider time)
        : this(root, time, RaspberryPi.Below(root))
    {
    }

    /// <summary>The board below <paramref name="root"/> with this firmware.</summary>
    internal Board(SysRoot root, TimeProvider time, RaspberryPi firmware)
    {
        _thermometer = new Thermometer(root);
        _rails = new RailMeter(root);
        _firmware = new FirmwareMeter(firmware);
        _rapl = new RaplMeter(root, time);
        _alarm = new UnderVoltageAlarm(root);
        _clock = new ClockMeter(root);
        _voltage = new VoltageMeter(root);
        _processors = new ProcessorMeter(root, time);
        _battery = new BatteryMeter(root);
    }

    /// <inheritdoc/>
    public BoardReading Read()
    {
        lock (_lock)
        {
            (double? celsius, double? limit) = _thermometer.Read();
            (long? clock, long? clockLimit) = _clock.Read();
            BatteryReading battery = _battery.Read();
            Power power = ReadPower(battery);
            Throttling? throttling = _firmware.Throttling();
            return new BoardReading(celsius, limit, power.Watts)
            {
                PowerSource = power.Source,
                EnergyJoules = power.Joules,
                IsUnderVoltage = IsUnderVoltage(throttling, _alarm.Read()),
                Throttling = throttling,
                ClockHertz = clock,
                ClockLimitHertz = clockLimit,
                CoreVolts = _voltage.Read(),
                OtherCores = _processors.Read(),
                BatteryShare = battery.Share,
                BatteryWatts = battery.Watts,
                IsDischarging = battery.IsDischarging,
            };
        }
    }

    private Power ReadPower(BatteryReading battery)
    {
        if (_rails.Watts() is { } input)
            return new Power(input, PowerSource.Rails);
        if (_firmware.Watts() is { } delivered)
            return new Power(delivered, PowerSource.Pmic);
        // The counters' first reading has no power yet, and the battery's would be another's.
        (double? watts, double? joules) = _rapl.Read();
        if (joules is not null)
            return new Power(watts, watts is null ? null : PowerSource.Rapl, joules);
        return battery is { IsDischarging: true, Watts: { } drawn }
            ? new Power(drawn, PowerSource.Battery)
            : default;
    }

    private static bool? IsUnderVoltage(Throttling? throttling, bool? alarm)
    {
        bool? now = throttling is { } flags ? (flags & Core.Throttling.UnderVoltage) != 0 : null;
        return now == true || alarm == true ? true : now ?? alarm;
    }

    private readonly record struct Power(double? Watts, PowerSource? Source, double? Joules = null);
}
