using System.Globalization;

namespace EdgeConv.Devices.Inventory;

/// <summary>Channels of industrial-I/O devices: (raw + offset) × scale, or a value scaled already.</summary>
internal static class IioList
{
    private const string Folder = "sys/bus/iio/devices";

    // Documentation/ABI/testing/sysfs-bus-iio: type of channel, unit, parts of the unit.
    private static readonly (string Type, string Unit, double Parts)[] Quantities =
    [
        ("temp", "°C", 1e3), ("humidityrelative", "%", 1e3), ("pressure", "kPa", 1), ("voltage", "V", 1e3),
        ("current", "A", 1e3), ("power", "W", 1e3), ("illuminance", "lx", 1), ("accel", "m/s²", 1),
        ("anglvel", "rad/s", 1), ("magn", "G", 1),
    ];

    public static IEnumerable<DeviceEntry> Read(SysRoot root) => root.Folders(Folder)
        .Where(folder => Path.GetFileName(folder).StartsWith("iio:device", StringComparison.Ordinal))
        .SelectMany(folder => Device(root, folder));

    private static IEnumerable<DeviceEntry> Device(SysRoot root, string folder)
    {
        string device = root.Text(folder, "name") ?? Path.GetFileName(folder);
        string path = root.NameOf(folder);
        foreach (string channel in root.Files(folder, "in_", "_input"))
            yield return Channel(device, path, channel, Number(root, folder, channel + "_input"));
        foreach (string channel in root.Files(folder, "in_", "_raw"))
            yield return Channel(device, path, channel, Scaled(root, folder, channel));
    }

    private static DeviceEntry Channel(string device, string path, string channel, double? value)
    {
        (string type, string unit, double parts) = Quantities.FirstOrDefault(quantity =>
            channel.StartsWith($"in_{quantity.Type}", StringComparison.Ordinal), ("", "", 1));
        return new DeviceEntry("iio", $"{device} {channel["in_".Length..]}", path)
        {
            Value = value / parts,
            Unit = type.Length == 0 ? null : unit,
            Problem = value is null ? $"{channel} tells no number" : null,
        };
    }

    private static double? Scaled(SysRoot root, string folder, string channel) =>
        (Number(root, folder, channel + "_raw") + (OfChannel(root, folder, channel, "offset") ?? 0)) *
        (OfChannel(root, folder, channel, "scale") ?? 1);

    // in_voltage0_scale is of one channel, in_voltage_scale of all of its type.
    private static double? OfChannel(SysRoot root, string folder, string channel, string what)
    {
        string type = channel.Split('_')[1].TrimEnd("0123456789".ToCharArray());
        return Number(root, folder, $"{channel}_{what}") ?? Number(root, folder, $"in_{type}_{what}");
    }

    private static double? Number(SysRoot root, string folder, string file) =>
        double.TryParse(
            root.Text(folder, file), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) &&
        double.IsFinite(value) ? value : null;
}
