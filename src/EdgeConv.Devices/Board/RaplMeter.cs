namespace EdgeConv.Devices.Board;

/// <summary>
/// Power of x86 processor packages from their running average power limit counters: energy in µJ that wraps at
/// <c>max_energy_range_uj</c>. Many kernels let only root read them.
/// </summary>
internal sealed class RaplMeter(SysRoot root, TimeProvider time)
{
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(100);
    private readonly Dictionary<string, long> _last = [];
    private long _lastAt;
    private double? _watts;

    /// <summary>Mean power in W since the last call; null before the second one, or without counters.</summary>
    public double? Watts()
    {
        TimeSpan elapsed = time.GetElapsedTime(_lastAt);
        if (_last.Count != 0 && elapsed < ShortestInterval)
            return _watts;
        double microjoules = 0;
        bool isComplete = _last.Count != 0;
        foreach (string package in Packages())
        {
            if (SysRoot.Number(package, "energy_uj") is not { } energy)
                continue;
            if (_last.TryGetValue(package, out long before))
                microjoules += energy >= before ? energy - before : energy - before + Range(package);
            else
                isComplete = false;
            _last[package] = energy;
        }

        _lastAt = time.GetTimestamp();
        _watts = isComplete ? microjoules / 1e6 / elapsed.TotalSeconds : null;
        return _watts;
    }

    // intel-rapl:0 is a package; intel-rapl:0:0 is a part of it that would count twice.
    private IEnumerable<string> Packages() => root.Folders("sys/class/powercap")
        .Where(folder => Path.GetFileName(folder) is var name &&
            name.StartsWith("intel-rapl:", StringComparison.Ordinal) && name.Count(c => c == ':') == 1);

    private static long Range(string package) => SysRoot.Number(package, "max_energy_range_uj") ?? 0;
}
