using System.Diagnostics;

namespace EdgeConv.Testing;

/// <summary>The most memory that the process has held, which the kernel keeps: no peak is missed.</summary>
public static class PeakMemory
{
    /// <summary>Most bytes since the last reset; since the start where that cannot be had.</summary>
    public static long Bytes
    {
        get
        {
            using Process self = Process.GetCurrentProcess();
            return self.PeakWorkingSet64;
        }
    }

    /// <summary>Begins anew, see proc(5), <c>clear_refs</c>.</summary>
    public static void Reset()
    {
        const string file = "/proc/self/clear_refs";
        if (OperatingSystem.IsLinux())
            File.WriteAllText(file, "5");
    }
}
