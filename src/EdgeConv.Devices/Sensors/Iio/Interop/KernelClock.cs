using System.Runtime.InteropServices;

namespace EdgeConv.Devices.Sensors.Iio.Interop;

/// <summary>Tells the time on the clocks that the kernel stamps scans by.</summary>
internal interface IKernelClock
{
    /// <summary>Now, ns.</summary>
    /// <param name="clock">A number of <see cref="KernelClock"/>.</param>
    long Nanoseconds(int clock);
}

/// <summary>The kernel's clocks: clock_gettime(2).</summary>
internal sealed unsafe partial class KernelClock : IKernelClock
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    // As `current_timestamp_clock` writes them: Documentation/ABI/testing/sysfs-bus-iio.
    private static readonly Dictionary<string, int> s_clocks = new(StringComparer.Ordinal)
    {
        ["realtime"] = 0, ["monotonic"] = 1, ["monotonic_raw"] = 4, ["realtime_coarse"] = 5,
        ["monotonic_coarse"] = 6, ["boottime"] = 7, ["tai"] = 11,
    };

    /// <summary>What is written to a device so that it stamps by the clock that we count by.</summary>
    public const string Monotonic = "monotonic";

    /// <summary>The number of a clock by its name; that of the kernel's default where the name is unknown.</summary>
    public static int NumberOf(string? name) => s_clocks.GetValueOrDefault(name ?? "", 0);

    /// <inheritdoc/>
    public long Nanoseconds(int clock)
    {
        TimeSpec time;
        return GetTime(clock, &time) == 0 ? (time.Seconds * NanosecondsPerSecond) + time.Nanoseconds : 0;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, TimeSpec* time);

    /// <summary>struct timespec of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
