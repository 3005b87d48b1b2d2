using EdgeConv.Devices.Board;

namespace EdgeConv.Devices.Inventory;

/// <summary>Clocks of processors and what governs them.</summary>
internal static class ClockList
{
    public static IEnumerable<DeviceEntry> Read(SysRoot root) => ClockPolicy.Folders(root)
        .Select(folder => Policy(root, folder, new ClockPolicy(root, folder)));

    private static DeviceEntry Policy(SysRoot root, string folder, ClockPolicy policy)
    {
        long? hertz = policy.Hertz();
        string cpus = root.Text(folder, "related_cpus") ?? Path.GetFileName(folder);
        string?[] details =
        [
            root.Text(folder, "scaling_governor"),
            Range(root.Number(folder, "scaling_min_freq"), policy.LimitHertz()),
            root.Text(folder, "scaling_driver"),
        ];
        DeviceEntry entry = new("clock", $"cpu {cpus}", root.NameOf(folder))
        {
            Value = hertz / 1e6,
            Unit = "MHz",
            Detail = string.Join(", ", details.Where(detail => detail is not null)),
        };
        return hertz is null ? entry.Without(root.File(folder, "scaling_cur_freq")) : entry;
    }

    private static string? Range(long? leastKilohertz, long? mostHertz) =>
        leastKilohertz is null || mostHertz is null
            ? null
            : $"{leastKilohertz / 1000} to {mostHertz / 1_000_000} MHz";
}
