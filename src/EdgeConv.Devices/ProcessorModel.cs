using System.Globalization;

namespace EdgeConv.Devices;

/// <summary>What the processor calls itself, and how fast it may run.</summary>
public static class ProcessorModel
{
    /// <summary><c>Raspberry Pi 5 Model B Rev 1.0, part 0xd0b, at most 2400 MHz</c>, as far as it is
    /// told.</summary>
    public static string Describe(SysRoot root)
    {
        ArgumentNullException.ThrowIfNull(root);
        IEnumerable<string?> parts = [BoardName(root), FromCpuInfo(root, "model name"), Part(root), Clock(root)];
        string text = string.Join(", ", parts.OfType<string>());
        return text.Length != 0 ? text : "unknown processor";
    }

    private static string? Part(SysRoot root) =>
        FromCpuInfo(root, "CPU part") is { } part ? $"part {part}" : null;

    // A text of the device tree ends with a zero.
    private static string? BoardName(SysRoot root) =>
        root.Text("sys/firmware/devicetree/base", "model")?.TrimEnd('\0');

    private static string? FromCpuInfo(SysRoot root, string key) =>
        root.Text("proc", "cpuinfo")?.Split('\n')
            .Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries))
            .FirstOrDefault(pair => pair.Length == 2 && pair[0] == key)?[1];

    // Of the hardware: what a user or a cooling device allows changes while it runs.
    private static string? Clock(SysRoot root)
    {
        long? most = root.Folders("sys/devices/system/cpu/cpufreq")
            .Max(policy => root.Number(policy, "cpuinfo_max_freq"));
        return most is { } kilohertz
            ? string.Create(CultureInfo.InvariantCulture, $"at most {kilohertz / 1000} MHz")
            : null;
    }
}
