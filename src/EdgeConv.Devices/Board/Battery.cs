namespace EdgeConv.Devices.Board;

/// <summary>What a battery tells; null where it does not.</summary>
/// <param name="Share">How full it is, 0 to 1.</param>
/// <param name="Watts">Power that flows into or out of it, W, never negative.</param>
/// <param name="IsDischarging">Whether the board runs on it.</param>
internal readonly record struct BatteryReading(double? Share, double? Watts, bool? IsDischarging);

/// <summary>
/// A battery or uninterruptible supply below /sys/class/power_supply; µW, or µV and µA, and µWh or µAh.
/// </summary>
internal sealed class Battery(SysRoot root, string folder)
{
    // More than a board's supply delivers; a gauge that is asleep tells all ones.
    private const double MostWatts = 500;

    private readonly SysFile _status = root.File(folder, "status");
    private readonly SysFile _present = root.File(folder, "present");
    private readonly SysFile _capacity = root.File(folder, "capacity");
    private readonly SysFile _energy = root.File(folder, "energy_now");
    private readonly SysFile _fullEnergy = root.File(folder, "energy_full");
    private readonly SysFile _charge = root.File(folder, "charge_now");
    private readonly SysFile _fullCharge = root.File(folder, "charge_full");
    private readonly SysFile _power = root.File(folder, "power_now");
    private readonly SysFile _voltage = root.File(folder, "voltage_now");
    private readonly SysFile _current = root.File(folder, "current_now");

    /// <summary>What it tells now.</summary>
    public BatteryReading Read() =>
        _present.Number() == 0 ? default : new BatteryReading(Share(), Watts(), IsDischarging());

    /// <summary>
    /// The folders of a board's batteries. Those of mice and keyboards (scope <c>Device</c>) do not feed it.
    /// </summary>
    public static IEnumerable<string> Folders(SysRoot root) => root.Folders("sys/class/power_supply")
        .Where(folder => root.Text(folder, "type") is "Battery" or "UPS")
        .Where(folder => root.Text(folder, "scope") != "Device")
        .OrderBy(folder => folder, StringComparer.Ordinal);

    private double? Share() =>
        (_capacity.Number() / 100.0 ?? _energy.Number() / (double?)_fullEnergy.Number() ??
            _charge.Number() / (double?)_fullCharge.Number()) is { } share and >= 0 and <= 1
            ? share
            : null;

    // Drivers disagree on the sign of what flows out.
    private double? Watts() =>
        Math.Abs(_power.Number() / 1e6 ?? _voltage.Number() / 1e6 * (_current.Number() / 1e6) ?? double.NaN)
            is var watts and <= MostWatts
            ? watts
            : null;

    private bool? IsDischarging()
    {
        if (_status.Holds("Discharging"u8))
            return true;
        return _status.Holds("Charging"u8) || _status.Holds("Full"u8) || _status.Holds("Not charging"u8)
            ? false
            : null;
    }
}

/// <summary>The battery that feeds the board: of several the one that discharges, or the first by name.</summary>
internal sealed class BatteryMeter(SysRoot root)
{
    private readonly FolderWatch _supplies = root.Watch("sys/class/power_supply");
    private Battery[] _batteries = [];

    /// <summary>What it tells; nothing when there is none.</summary>
    public BatteryReading Read()
    {
        if (_supplies.HasChanged())
            _batteries = [.. Battery.Folders(root).Select(folder => new Battery(root, folder))];
        BatteryReading first = default;
        foreach (Battery battery in _batteries)
        {
            BatteryReading reading = battery.Read();
            if (reading.IsDischarging == true)
                return reading;
            if (first == default)
                first = reading;
        }

        return first;
    }
}
