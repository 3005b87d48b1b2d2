namespace EdgeConv.Devices.Board;

/// <summary>
/// One x86 processor package's running average power limit counter: energy in µJ that wraps at
/// <c>max_energy_range_uj</c>. Many kernels let only root read it.
/// </summary>
internal sealed class RaplPackage(SysRoot root, string folder)
{
    private readonly long? _range = root.Number(folder, "max_energy_range_uj");

    /// <summary><c>package-0</c>.</summary>
    public string Name { get; } = root.Text(folder, "name") ?? "";

    /// <summary>The counter.</summary>
    public SysFile Energy { get; } = root.File(folder, "energy_uj");

    /// <summary>Energy in µJ from one count to a later one; null when a wrap cannot be undone.</summary>
    public long? Between(long earlier, long later) =>
        later >= earlier ? later - earlier : later - earlier + _range;

    /// <summary>The packages of a board.</summary>
    public static RaplPackage[] Find(SysRoot root) => [.. root.Folders("sys/class/powercap")
        .Where(folder => IsPackage(root, folder))
        .Select(folder => new RaplPackage(root, folder))];

    // intel-rapl:0:0 is a part of the package intel-rapl:0, and the platform domain psys contains them all.
    private static bool IsPackage(SysRoot root, string folder) =>
        Path.GetFileName(folder) is var name && name.StartsWith("intel-rapl:", StringComparison.Ordinal) &&
        name.Count(c => c == ':') == 1 &&
        root.Text(folder, "name")?.StartsWith("package", StringComparison.Ordinal) == true;
}
