namespace EdgeConv.Devices.Board;

/// <summary>A temperature at which the kernel acts.</summary>
/// <param name="Kind">passive (slows down), active (a fan), hot or critical (shuts down).</param>
/// <param name="Celsius">°C.</param>
internal readonly record struct TripPoint(string Kind, double Celsius);

/// <summary>One zone below /sys/class/thermal; millidegrees Celsius.</summary>
internal sealed class ThermalZone
{
    private readonly SysFile _temperature;

    public ThermalZone(SysRoot root, string folder)
    {
        _temperature = root.File(folder, "temp");
        Type = root.Text(folder, "type");
        TripPoints = ReadTripPoints(root, folder);
        ThrottleCelsius = Lowest("passive") ?? Lowest("hot");
        CriticalCelsius = Lowest("critical");
    }

    /// <summary>What the zone measures: <c>cpu-thermal</c>. Zones are numbered anew at each boot.</summary>
    public string? Type { get; }

    /// <summary>Where the kernel acts, but for trip points that are switched off.</summary>
    public IReadOnlyList<TripPoint> TripPoints { get; }

    /// <summary>
    /// Where the kernel begins to slow the processor down, °C; null when the zone does not tell.
    /// </summary>
    public double? ThrottleCelsius { get; }

    /// <summary>Where the kernel shuts the board down, °C; null when the zone does not tell.</summary>
    public double? CriticalCelsius { get; }

    /// <summary>Temperature in °C; null when the sensor does not answer or tells nonsense.</summary>
    public double? Celsius() => Temperature.Of(_temperature);

    private double? Lowest(string kind) => TripPoints
        .Where(point => point.Kind == kind)
        .Min(point => (double?)point.Celsius);

    // A trip point at or below 0 is one that nobody has set.
    private static List<TripPoint> ReadTripPoints(SysRoot root, string folder)
    {
        List<TripPoint> points = [];
        for (int i = 0; root.Text(folder, $"trip_point_{i}_type") is { } kind; i++)
        {
            if (Temperature.Of(root.File(folder, $"trip_point_{i}_temp")) is { } celsius and > 0)
                points.Add(new TripPoint(kind, celsius));
        }

        return points;
    }
}
