namespace EdgeConv.Devices.Board;

/// <summary>
/// The processor's temperature: the hottest zone of its type; where no type is known, the hottest of all.
/// </summary>
internal sealed class Thermometer(SysRoot root)
{
    // Raspberry Pi firmware slows the processor from here on; the kernel knows only where it shuts down.
    private const double RaspberryPiCelsius = 80;
    private const double RaspberryPi3PlusCelsius = 60;
    private static readonly string[] ProcessorTypes =
        ["cpu-thermal", "cpu_thermal", "CPU-therm", "x86_pkg_temp", "soc-thermal"];

    private List<ThermalZone> _zones = [];

    /// <summary>
    /// Temperature and where the board begins to throttle, °C; null where there is no such sensor.
    /// </summary>
    public (double? Celsius, double? Limit) Read()
    {
        (ThermalZone? zone, double? celsius) = Hottest();
        if (zone is null)
        {
            // A driver that is loaded late or anew has other numbers.
            _zones = Find();
            (zone, celsius) = Hottest();
        }

        return (celsius, zone is null ? null : LimitOf(zone));
    }

    private (ThermalZone? Zone, double? Celsius) Hottest() => _zones
        .Select(zone => (Zone: (ThermalZone?)zone, Celsius: zone.Celsius()))
        .Where(reading => reading.Celsius is not null)
        .OrderByDescending(reading => reading.Celsius)
        .ThenBy(reading => reading.Zone!.Type, StringComparer.Ordinal)
        .FirstOrDefault();

    private List<ThermalZone> Find()
    {
        List<ThermalZone> zones = [.. root.Folders("sys/class/thermal")
            .Where(folder => Path.GetFileName(folder).StartsWith("thermal_zone", StringComparison.Ordinal))
            .Select(folder => new ThermalZone(folder))
            .Where(zone => zone.Celsius() is not null)];
        return ProcessorTypes
            .Select(type => zones.FindAll(zone =>
                string.Equals(zone.Type, type, StringComparison.OrdinalIgnoreCase)))
            .FirstOrDefault(named => named.Count != 0) ?? zones;
    }

    private double? LimitOf(ThermalZone zone) =>
        zone.ThrottleCelsius ?? FirmwareLimit() ?? zone.CriticalCelsius;

    private double? FirmwareLimit()
    {
        string? model = SysRoot.Text(root.Folder("sys/firmware/devicetree/base"), "model");
        if (model?.StartsWith("Raspberry Pi", StringComparison.Ordinal) != true)
            return null;
        return model.StartsWith("Raspberry Pi 3 Model B Plus", StringComparison.Ordinal)
            ? RaspberryPi3PlusCelsius
            : RaspberryPiCelsius;
    }
}
