using EdgeConv.Devices.Board;

namespace EdgeConv.Devices.Inventory;

/// <summary>Sensors of hwmon chips, but for rails and the supply's alarm: these have rows of their own.</summary>
internal static class HwmonList
{
    private static readonly Quantity Speed = new("fan", "RPM", 1, 0, 1e6);

    // Documentation/hwmon/sysfs-interface.rst.
    private static readonly Quantity[] Quantities =
    [
        new("temp", "°C", 1e3, -60, 150), Speed,
        new("in", "V", 1e3, -1e3, 1e3), new("curr", "A", 1e3, -1e3, 1e3),
        new("power", "W", 1e6, 0, 1e4), new("energy", "J", 1e6, 0, 1e15), new("humidity", "%", 1e3, 0, 100),
        new("freq", "Hz", 1, 0, 1e12),
    ];

    public static IEnumerable<DeviceEntry> Read(SysRoot root)
    {
        HashSet<string> others = [.. Rail.Find(root).Select(rail => rail.Folder)];
        return root.Folders("sys/class/hwmon")
            .Where(folder => !others.Contains(folder) && root.Text(folder, "name") != UnderVoltageAlarm.Chip)
            .SelectMany(folder => Chip(root, folder));
    }

    private static IEnumerable<DeviceEntry> Chip(SysRoot root, string folder)
    {
        string chip = root.Text(folder, "name") ?? Path.GetFileName(folder);
        foreach (Quantity quantity in Quantities)
        {
            foreach (string sensor in root.Files(folder, quantity.Prefix, "_input"))
                yield return Sensor(root, $"{chip} {root.Text(folder, sensor + "_label") ?? sensor}",
                    root.File(folder, sensor + "_input"), quantity);
        }

        // NVIDIA's tachometer has one attribute of its own.
        SysFile speed = root.File(folder, "rpm");
        if (speed.Number() is not null)
            yield return Sensor(root, chip, speed, Speed);
    }

    private static DeviceEntry Sensor(SysRoot root, string name, SysFile file, Quantity quantity)
    {
        double? value = file.Number() / quantity.Parts;
        string folder = Path.GetDirectoryName(file.Path)!;
        DeviceEntry entry = new("sensor", name, root.NameOf(folder)) { Unit = quantity.Unit };
        bool canBe = value >= quantity.Least && value <= quantity.Most;
        return canBe ? entry with { Value = value } : entry.Without(file);
    }

    /// <summary>What attributes of one prefix measure: in parts of a unit, and between what and what.</summary>
    private sealed record Quantity(string Prefix, string Unit, double Parts, double Least, double Most);
}
