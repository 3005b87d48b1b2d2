namespace EdgeConv.Devices.Board;

/// <summary>
/// The processor's temperature: the hottest zone of its type; where no zone is the processor's, its chip; where
/// neither is known, the hottest zone of all.
/// </summary>
internal sealed class Thermometer(SysRoot root)
{
    // Raspberry Pi firmware slows the processor from here on; the kernel knows only where it shuts down.
    private const double RaspberryPiCelsius = 80;
    private const double RaspberryPi3PlusCelsius = 60;
    private static readonly string[] ProcessorTypes =
        ["cpu-thermal", "cpu_thermal", "CPU-therm", "x86_pkg_temp", "soc-thermal"];

    private readonly FolderWatch _thermal = root.Watch("sys/class/thermal");
    private readonly FolderWatch _hwmon = root.Watch("sys/class/hwmon");
    private readonly double? _firmwareLimit = FirmwareLimit(root);

    // By type, those of the processor first, all zones last.
    private ThermalZone[][] _zones = [];
    private ProcessorChip[] _chips = [];

    /// <summary>
    /// Temperature and where the board begins to throttle, °C; null where there is no such sensor.
    /// </summary>
    public (double? Celsius, double? Limit) Read()
    {
        if (_thermal.HasChanged())
            _zones = FindZones();
        if (_hwmon.HasChanged())
            _chips = ProcessorChip.Find(root);
        for (int i = 0; i < _zones.Length - 1; i++)
        {
            if (Hottest(_zones[i]) is { Zone: { } zone } reading)
                return (reading.Celsius, LimitOf(zone) ?? ChipLimit());
        }

        if (HottestChip() is { } celsius)
            return (celsius, ChipLimit());
        (ThermalZone? other, double? otherCelsius) = _zones.Length == 0 ? default : Hottest(_zones[^1]);
        return (otherCelsius, other is null ? null : LimitOf(other));
    }

    /// <summary>The folders of a board's zones.</summary>
    public static IEnumerable<string> ZoneFolders(SysRoot root) => root.Folders("sys/class/thermal")
        .Where(folder => Path.GetFileName(folder).StartsWith("thermal_zone", StringComparison.Ordinal));

    private static (ThermalZone? Zone, double? Celsius) Hottest(ThermalZone[] zones)
    {
        (ThermalZone? Zone, double? Celsius) hottest = default;
        foreach (ThermalZone zone in zones)
        {
            if (zone.Celsius() is { } celsius && !(hottest.Celsius >= celsius))
                hottest = (zone, celsius);
        }

        return hottest;
    }

    private double? HottestChip()
    {
        double? hottest = null;
        foreach (ProcessorChip chip in _chips)
        {
            if (chip.Celsius() is { } celsius && !(hottest >= celsius))
                hottest = celsius;
        }

        return hottest;
    }

    private double? ChipLimit() => _chips.Length == 0 ? null : _chips[0].ThrottleCelsius;

    private ThermalZone[][] FindZones()
    {
        // Zones of equal heat are taken by type, which unlike their number stays.
        ThermalZone[] zones = [.. ZoneFolders(root)
            .Select(folder => new ThermalZone(root, folder))
            .OrderBy(zone => zone.Type, StringComparer.Ordinal)];
        return
        [
            .. ProcessorTypes.Select(type => Array.FindAll(zones, zone =>
                string.Equals(zone.Type, type, StringComparison.OrdinalIgnoreCase))),
            zones,
        ];
    }

    private double? LimitOf(ThermalZone zone) => zone.ThrottleCelsius ?? _firmwareLimit ?? zone.CriticalCelsius;

    private static double? FirmwareLimit(SysRoot root)
    {
        string? model = root.Text("sys/firmware/devicetree/base", "model");
        if (model?.StartsWith("Raspberry Pi", StringComparison.Ordinal) != true)
            return null;
        return model.StartsWith("Raspberry Pi 3 Model B Plus", StringComparison.Ordinal)
            ? RaspberryPi3PlusCelsius
            : RaspberryPiCelsius;
    }
}
