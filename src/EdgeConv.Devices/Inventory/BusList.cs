namespace EdgeConv.Devices.Inventory;

/// <summary>I2C buses with what is known to be on them, and thermometers on a 1-wire bus.</summary>
internal static class BusList
{
    private const string I2cDevices = "sys/bus/i2c/devices";

    // What a DS18B20 holds after power-on, before it has measured.
    private const long ResetMillidegrees = 85000;

    public static IEnumerable<DeviceEntry> I2c(SysRoot root)
    {
        IReadOnlyList<string> all = root.Folders(I2cDevices);
        foreach (string folder in all)
        {
            string bus = Path.GetFileName(folder);
            if (!bus.StartsWith("i2c-", StringComparison.Ordinal))
                continue;
            SysFile node = root.File("dev", bus);
            IEnumerable<string> clients = all
                .Where(client => Path.GetFileName(client).StartsWith($"{bus[4..]}-", StringComparison.Ordinal))
                .Select(client => Client(root, client));
            DeviceEntry entry = new("i2c", root.Text(folder, "name") ?? bus, root.NameOf(node.Path))
            {
                Detail = string.Join(", ", clients),
            };
            yield return entry.Through(node, "i2c", "i2c-dev");
        }
    }

    public static IEnumerable<DeviceEntry> OneWire(SysRoot root) => root.Folders("sys/bus/w1/devices")
        .Where(folder => !Path.GetFileName(folder).StartsWith("w1_bus_master", StringComparison.Ordinal))
        .Select(folder => OneWireDevice(root, folder));

    // 1-0040 is address 0x40 on bus 1.
    private static string Client(SysRoot root, string folder)
    {
        string address = Path.GetFileName(folder).Split('-')[1].TrimStart('0');
        string driver = SysRoot.LinkTarget(folder, "driver") is { } name ? $"driver {name}" : "no driver";
        return $"0x{address} {root.Text(folder, "name")} ({driver})";
    }

    private static DeviceEntry OneWireDevice(SysRoot root, string folder)
    {
        SysFile file = root.File(folder, "temperature");
        long? millidegrees = file.Number();
        DeviceEntry entry = new("1-wire", Path.GetFileName(folder), root.NameOf(folder)) { Unit = "°C" };
        return millidegrees switch
        {
            null => entry.Without(file),
            ResetMillidegrees => entry with { Problem = "85 °C is what it holds before it has measured" },
            _ => entry with { Value = millidegrees / 1e3 },
        };
    }
}
