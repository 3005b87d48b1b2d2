namespace EdgeConv.Devices.Board;

/// <summary>The processor's thermal zone below /sys/class/thermal; millidegrees Celsius.</summary>
internal sealed class ThermalZone
{
    // A sensor that sleeps or is broken reports values like -273 or 200.
    private const double Coldest = -60;
    private const double Hottest = 150;
    private static readonly string[] ProcessorTypes = ["cpu-thermal", "cpu_thermal", "CPU-therm", "x86_pkg_temp", "soc-thermal"];
    private readonly string _folder;

    private ThermalZone(string folder)
    {
        _folder = folder;
        LimitCelsius = FindLimit(folder);
    }

    /// <summary>Where the kernel begins to slow the processor down, °C; null when the zone does not tell.</summary>
    public double? LimitCelsius { get; }

    /// <summary>The processor's zone; when none is named like one, the hottest; null without zones.</summary>
    public static ThermalZone? Find(SysRoot root)
    {
        List<ThermalZone> zones = [.. root.Folders("sys/class/thermal")
            .Where(folder => Path.GetFileName(folder).StartsWith("thermal_zone", StringComparison.Ordinal))
            .Select(folder => new ThermalZone(folder))
            .Where(zone => zone.Celsius() is not null)];
        foreach (string type in ProcessorTypes)
        {
            ThermalZone? named = zones.Find(zone => string.Equals(zone.Type, type, StringComparison.OrdinalIgnoreCase));
            if (named is not null)
                return named;
        }

        return zones.MaxBy(zone => zone.Celsius());
    }

    /// <summary>Temperature in °C; null when the sensor does not answer.</summary>
    public double? Celsius() =>
        SysRoot.Number(_folder, "temp") / 1000.0 is { } celsius && celsius is >= Coldest and <= Hottest
            ? celsius
            : null;

    private string? Type => SysRoot.Text(_folder, "type");

    // The lowest trip point that throttles; else the lowest that is called hot; else the one that shuts down.
    private static double? FindLimit(string folder)
    {
        foreach (string kind in (string[])["passive", "hot", "critical"])
        {
            double? lowest = null;
            for (int i = 0; SysRoot.Text(folder, $"trip_point_{i}_type") is { } type; i++)
            {
                double? celsius = SysRoot.Number(folder, $"trip_point_{i}_temp") / 1000.0;
                if (type == kind && celsius is > 0 and <= Hottest && !(lowest <= celsius))
                    lowest = celsius;
            }

            if (lowest is not null)
                return lowest;
        }

        return null;
    }
}
