namespace EdgeConv.Devices.Board;

/// <summary>One zone below /sys/class/thermal; millidegrees Celsius.</summary>
internal sealed class ThermalZone(string folder)
{
    // A sensor that sleeps or is broken reports values like -274 or 200.
    private const double Coldest = -60;
    private const double Hottest = 150;

    /// <summary>What the zone measures: <c>cpu-thermal</c>. Zones are numbered anew at each boot.</summary>
    public string? Type { get; } = SysRoot.Text(folder, "type");

    /// <summary>
    /// Where the kernel begins to slow the processor down, °C; null when the zone does not tell.
    /// </summary>
    public double? ThrottleCelsius { get; } = LowestTrip(folder, "passive") ?? LowestTrip(folder, "hot");

    /// <summary>Where the kernel shuts the board down, °C; null when the zone does not tell.</summary>
    public double? CriticalCelsius { get; } = LowestTrip(folder, "critical");

    /// <summary>
    /// Temperature in °C; null when the sensor does not answer, or when its number has gone to another zone.
    /// </summary>
    public double? Celsius() =>
        SysRoot.Number(folder, "temp") / 1000.0 is { } celsius and >= Coldest and <= Hottest &&
        SysRoot.Text(folder, "type") == Type
            ? celsius
            : null;

    private static double? LowestTrip(string folder, string kind)
    {
        double? lowest = null;
        for (int i = 0; SysRoot.Text(folder, $"trip_point_{i}_type") is { } type; i++)
        {
            double? celsius = SysRoot.Number(folder, $"trip_point_{i}_temp") / 1000.0;
            if (type == kind && celsius is > 0 and <= Hottest && !(lowest <= celsius))
                lowest = celsius;
        }

        return lowest;
    }
}
