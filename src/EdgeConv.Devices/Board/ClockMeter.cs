namespace EdgeConv.Devices.Board;

/// <summary>A group of processors that share a clock, below /sys/devices/system/cpu/cpufreq; kHz.</summary>
internal sealed class ClockPolicy(SysRoot root, string folder)
{
    private readonly SysFile _current = root.File(folder, "scaling_cur_freq");
    private readonly SysFile _limit = root.File(folder, "scaling_max_freq");

    /// <summary>Clock in Hz; null when the kernel does not tell.</summary>
    public long? Hertz() => HertzOf(_current);

    /// <summary>Highest clock in Hz that is allowed at this moment.</summary>
    public long? LimitHertz() => HertzOf(_limit);

    /// <summary>The folders of a board's policies.</summary>
    public static IReadOnlyList<string> Folders(SysRoot root) =>
        [.. root.Folders(ClockMeter.Folder).Where(folder =>
            Path.GetFileName(folder).StartsWith("policy", StringComparison.Ordinal))];

    private static long? HertzOf(SysFile kilohertz) => kilohertz.Number() is { } number and > 0 ? number * 1000 : null;
}

/// <summary>The clock of the slowest group of processors.</summary>
internal sealed class ClockMeter(SysRoot root)
{
    /// <summary>Where the policies are.</summary>
    public const string Folder = "sys/devices/system/cpu/cpufreq";

    private readonly FolderWatch _cpufreq = root.Watch(Folder);
    private ClockPolicy[] _policies = [];

    /// <summary>Its clock and the highest it is allowed, Hz; null when the kernel does not tell.</summary>
    public (long? Hertz, long? Limit) Read()
    {
        if (_cpufreq.HasChanged())
            _policies = [.. ClockPolicy.Folders(root).Select(folder => new ClockPolicy(root, folder))];
        (long? Hertz, long? Limit) slowest = default;
        foreach (ClockPolicy policy in _policies)
        {
            if (policy.Hertz() is { } hertz && !(slowest.Hertz <= hertz))
                slowest = (hertz, policy.LimitHertz());
        }

        return slowest;
    }
}
