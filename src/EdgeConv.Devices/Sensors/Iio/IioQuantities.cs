namespace EdgeConv.Devices.Sensors.Iio;

/// <summary>Units of industrial I/O: Documentation/ABI/testing/sysfs-bus-iio.</summary>
internal static class IioQuantities
{
    private static readonly Quantity s_bare = new("", "");

    private static readonly Quantity[] s_all =
    [
        new("temp", "°C", 1e3, -273.15), new("humidityrelative", "%", 1e3), new("pressure", "kPa"),
        new("voltage", "V", 1e3), new("altvoltage", "V", 1e3), new("current", "A", 1e3),
        new("power", "W", 1e3), new("energy", "J"), new("resistance", "Ω"), new("capacitance", "nF"),
        new("illuminance", "lx"), new("accel", "m/s²"), new("gravity", "m/s²"), new("anglvel", "rad/s"),
        new("magn", "G"), new("incli", "°"), new("angl", "rad"), new("deltaangl", "rad"),
        new("deltavelocity", "m/s"), new("velocity", "m/s"), new("distance", "m"), new("proximity", "m"),
        new("concentration", "%"), new("electricalconductivity", "S/m"), new("phase", "rad"),
    ];

    /// <summary>What channels of a type measure; a bare number for types without a unit.</summary>
    public static Quantity Of(string type) => Array.Find(s_all, quantity => quantity.Prefix == type) ?? s_bare;
}
