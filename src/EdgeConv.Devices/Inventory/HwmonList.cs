using EdgeConv.Devices.Board;
using EdgeConv.Devices.Sensors;
using EdgeConv.Devices.Sensors.Hwmon;

namespace EdgeConv.Devices.Inventory;

/// <summary>Sensors of hwmon chips, but for rails and the supply's alarm: these have rows of their own.</summary>
internal static class HwmonList
{
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
        foreach (HwmonInput input in HwmonInput.Of(root, folder))
            yield return Sensor(root, $"{chip} {input.Label ?? input.Name}", input.Value, input.Quantity);

        // NVIDIA's tachometer has one attribute of its own.
        SysFile speed = root.File(folder, "rpm");
        if (speed.Number() is not null)
            yield return Sensor(root, chip, speed, HwmonQuantities.Speed);
    }

    private static DeviceEntry Sensor(SysRoot root, string name, SysFile file, Quantity quantity)
    {
        double value = quantity.ValueOf(file.Number());
        string folder = Path.GetDirectoryName(file.Path)!;
        DeviceEntry entry = new("sensor", name, root.NameOf(folder)) { Unit = quantity.Unit };
        return double.IsNaN(value) ? entry.Without(file) : entry with { Value = value };
    }
}
