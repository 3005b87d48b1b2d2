using System.Globalization;
using EdgeConv.Devices.Board;

namespace EdgeConv.Devices.Inventory;

/// <summary>Rails, energy counters and batteries.</summary>
internal static class PowerList
{
    public static IEnumerable<DeviceEntry> Rails(SysRoot root)
    {
        List<Rail> rails = Rail.Find(root);
        Rail[] inputs = RailMeter.Candidates(rails).FirstOrDefault(Answers) ?? [];
        return rails.Select(rail => OfRail(root, rail, inputs.Contains(rail)));
    }

    public static IEnumerable<DeviceEntry> Packages(SysRoot root) => RaplPackage.Find(root)
        .Select(package => OfPackage(root, package));

    public static IEnumerable<DeviceEntry> Batteries(SysRoot root) => Battery.Folders(root)
        .Select(folder => OfBattery(root, folder, new Battery(root, folder).Read()));

    private static bool Answers(Rail[] rails) => rails.All(rail => rail.Watts() is not null);

    private static DeviceEntry OfRail(SysRoot root, Rail rail, bool isInput)
    {
        double? watts = rail.Watts();
        string channel = rail.Channel == 0 ? "" : $" channel {rail.Channel}";
        string name = rail.Label ?? $"{rail.Chip} {rail.Address}{channel}";
        DeviceEntry entry = new("rail", name, root.NameOf(rail.Folder))
        {
            Value = watts,
            Unit = "W",
            Detail = watts is null ? null : LinesOf(rail) + (isInput ? ": counts as the board's power" : ""),
            Problem = watts is null ? "tells a power that cannot be" : WithoutLabel(rail),
        };
        return rail.Silent() is { } file ? entry.Without(file) : entry;
    }

    private static string LinesOf(Rail rail) =>
        string.Create(CultureInfo.InvariantCulture, $"{rail.Volts():0.###} V, {rail.Amperes():0.###} A");

    private static string? WithoutLabel(Rail rail) => rail.Channel != 0 && rail.Label is null
        ? "no label: what it feeds is not known, and it does not count as the board's power"
        : null;

    private static DeviceEntry OfPackage(SysRoot root, RaplPackage package)
    {
        long? energy = package.Energy.Number() is { } counted and >= 0 ? counted : null;
        string folder = Path.GetDirectoryName(package.Energy.Path)!;
        DeviceEntry entry = new("energy", package.Name, root.NameOf(folder)) { Value = energy / 1e6, Unit = "J" };
        return energy is null ? entry.Without(package.Energy) : entry;
    }

    private static DeviceEntry OfBattery(SysRoot root, string folder, BatteryReading reading)
    {
        string flow = reading.Watts is { } watts
            ? string.Create(CultureInfo.InvariantCulture, $", {watts:0.###} W")
            : "";
        bool isKnown = reading.Share is not null || reading.Watts is not null;
        return new DeviceEntry("battery", Path.GetFileName(folder), root.NameOf(folder))
        {
            Value = reading.Share * 100,
            Unit = "%",
            Detail = root.Text(folder, "status") + flow,
            Problem = isKnown ? null : "tells neither how full it is nor what flows",
        };
    }
}
