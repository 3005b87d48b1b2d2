using EdgeConv.Devices.Sensors.Gpio.Interop;

namespace EdgeConv.Devices.Inventory;

/// <summary>Devices that are used through a node below /dev. They are opened, never read or set up.</summary>
internal static class NodeList
{
    public static IEnumerable<DeviceEntry> Spi(SysRoot root) => root.Folders("sys/class/spidev")
        .Select(folder => Node(root, "spi", null, folder, "spi"));

    /// <summary>GPIO chips.</summary>
    /// <param name="root">The root.</param>
    /// <param name="opener">Opens them to ask for their labels; null lists them without.</param>
    public static IEnumerable<DeviceEntry> Gpio(SysRoot root, IGpioOpener? opener) =>
        root.Folders("sys/bus/gpio/devices").Select(folder => Labelled(
            Node(root, "gpio", TreeName(root, folder), folder, "gpio"),
            opener?.Open(root.File("dev", Path.GetFileName(folder)).Path, out _)));

    // The label is what a configuration calls the chip by.
    private static DeviceEntry Labelled(DeviceEntry entry, IGpioChip? open)
    {
        using IGpioChip? chip = open;
        return chip is not null && chip.ReadInfo(out GpioChipInfo info) == 0
            ? entry with { Detail = $"label {info.Label}, {info.Lines} lines" }
            : entry;
    }

    private static DeviceEntry Node(SysRoot root, string kind, string? name, string folder, string group)
    {
        SysFile node = root.File("dev", Path.GetFileName(folder));
        DeviceEntry entry = new(kind, name ?? Path.GetFileName(folder), root.NameOf(node.Path));
        return entry.Through(node, group);
    }

    // The device tree's name tells which chip it is; the number does not.
    private static string? TreeName(SysRoot root, string folder)
    {
        const string Key = "OF_FULLNAME=";
        return root.Text(folder, "uevent")?.Split('\n')
            .FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal))?[Key.Length..];
    }
}
