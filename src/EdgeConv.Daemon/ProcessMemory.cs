using System.Globalization;

namespace EdgeConv.Daemon;

/// <summary>What the kernel says of this process's memory.</summary>
internal static class ProcessMemory
{
    /// <summary>
    /// Greatest resident set so far (VmHWM of /proc/self/status), in MB of 10^6 bytes; NaN where unknown.
    /// </summary>
    public static double PeakMegabytes()
    {
        foreach (string line in File.ReadLines("/proc/self/status"))
        {
            if (!line.StartsWith("VmHWM:", StringComparison.Ordinal))
                continue;
            string digits = new([.. line.Where(char.IsAsciiDigit)]);
            return long.Parse(digits, CultureInfo.InvariantCulture) * 1024 / 1e6;
        }

        return double.NaN;
    }
}
