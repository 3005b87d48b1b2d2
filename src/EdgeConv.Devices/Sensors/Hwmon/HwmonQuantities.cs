namespace EdgeConv.Devices.Sensors.Hwmon;

/// <summary>Units of hwmon's attributes: Documentation/hwmon/sysfs-interface.rst.</summary>
internal static class HwmonQuantities
{
    /// <summary>Speed of a fan.</summary>
    public static readonly Quantity Speed = new("fan", "RPM", 1, 0, 1e6);

    /// <summary>All of them, in the order in which they are listed.</summary>
    public static readonly Quantity[] All =
    [
        new("temp", "°C", 1e3, -60, 150), Speed,
        new("in", "V", 1e3, -1e3, 1e3), new("curr", "A", 1e3, -1e3, 1e3),
        new("power", "W", 1e6, 0, 1e4), new("energy", "J", 1e6, 0, 1e15), new("humidity", "%", 1e3, 0, 100),
        new("freq", "Hz", 1, 0, 1e12),
    ];

    /// <summary>What an attribute measures: of <c>temp1</c> the temperature; null for what is none.</summary>
    public static Quantity? Of(string attribute) =>
        Array.Find(All, quantity => attribute.StartsWith(quantity.Prefix, StringComparison.Ordinal)
            && attribute.Length > quantity.Prefix.Length && char.IsAsciiDigit(attribute[quantity.Prefix.Length]));
}
