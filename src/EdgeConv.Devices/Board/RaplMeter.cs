namespace EdgeConv.Devices.Board;

/// <summary>
/// Power of x86 processor packages from their running average power limit counters: energy in µJ that wraps
/// at <c>max_energy_range_uj</c>. Many kernels let only root read them.
/// </summary>
internal sealed class RaplMeter(SysRoot root, TimeProvider time)
{
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(100);
    private Dictionary<string, long> _last = [];
    private long _lastAt;
    private double? _watts;

    /// <summary>
    /// Mean power in W since the last call; null before the second one, or without counters.
    /// </summary>
    public double? Watts()
    {
        TimeSpan elapsed = time.GetElapsedTime(_lastAt);
        if (_last.Count != 0 && elapsed < ShortestInterval)
            return _watts;
        Dictionary<string, long> now = ReadCounters();
        _watts = Microjoules(_last, now) / 1e6 / elapsed.TotalSeconds;
        _last = now;
        _lastAt = time.GetTimestamp();
        return _watts;
    }

    // Null unless the same packages, at least one, were read both times.
    private static double? Microjoules(Dictionary<string, long> before, Dictionary<string, long> now)
    {
        if (before.Count == 0 || before.Count != now.Count)
            return null;
        double? sum = 0;
        foreach ((string package, long energy) in now)
        {
            sum += before.TryGetValue(package, out long earlier)
                ? energy >= earlier ? energy - earlier : energy - earlier + Range(package)
                : null;
        }

        return sum >= 0 ? sum : null;
    }

    private Dictionary<string, long> ReadCounters()
    {
        Dictionary<string, long> counters = [];
        foreach (string package in root.Folders("sys/class/powercap").Where(IsPackage))
        {
            if (SysRoot.Number(package, "energy_uj") is { } energy)
                counters[package] = energy;
        }

        return counters;
    }

    // intel-rapl:0:0 is a part of the package intel-rapl:0, and the platform domain psys contains them all.
    private static bool IsPackage(string folder) =>
        Path.GetFileName(folder) is var name && name.StartsWith("intel-rapl:", StringComparison.Ordinal) &&
        name.Count(c => c == ':') == 1 &&
        SysRoot.Text(folder, "name")?.StartsWith("package", StringComparison.Ordinal) == true;

    private static long? Range(string package) => SysRoot.Number(package, "max_energy_range_uj");
}
