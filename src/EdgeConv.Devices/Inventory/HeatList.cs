using System.Globalization;
using EdgeConv.Devices.Board;

namespace EdgeConv.Devices.Inventory;

/// <summary>Thermal zones with their trip points, and what cools them.</summary>
internal static class HeatList
{
    public static IEnumerable<DeviceEntry> Zones(SysRoot root) => Thermometer.ZoneFolders(root)
        .Select(folder => Zone(root, folder, new ThermalZone(root, folder)));

    public static IEnumerable<DeviceEntry> CoolingDevices(SysRoot root) => root.Folders("sys/class/thermal")
        .Where(folder => Path.GetFileName(folder).StartsWith("cooling_device", StringComparison.Ordinal))
        .Select(folder => CoolingDevice(root, folder));

    private static DeviceEntry Zone(SysRoot root, string folder, ThermalZone zone)
    {
        double? celsius = zone.Celsius();
        DeviceEntry entry = new("zone", zone.Type ?? Path.GetFileName(folder), root.NameOf(folder))
        {
            Value = celsius,
            Unit = "°C",
            Detail = zone.TripPoints.Count == 0 ? null : string.Join(", ", zone.TripPoints
                .OrderBy(point => point.Celsius)
                .Select(point => string.Create(
                    CultureInfo.InvariantCulture, $"{point.Kind} {point.Celsius:0.###}"))),
        };
        return celsius is null ? entry.Without(root.File(folder, "temp")) : entry;
    }

    private static DeviceEntry CoolingDevice(SysRoot root, string folder)
    {
        long? state = root.Number(folder, "cur_state");
        long? most = root.Number(folder, "max_state");
        string name = root.Text(folder, "type") ?? Path.GetFileName(folder);
        DeviceEntry entry = new("cooling", name, root.NameOf(folder));
        // intel_powerclamp tells -1 while it does nothing.
        return state is null || most is null
            ? entry.Without(root.File(folder, state is null ? "cur_state" : "max_state"))
            : entry with { Detail = $"state {state} of 0 to {most}" };
    }
}
