using System.Globalization;

namespace EdgeConv.Daemon;

/// <summary>What the kernel says of this process's memory.</summary>
internal static class ProcessMemory
{
    /// <summary>
    /// Greatest resident set so far (VmHWM of /proc/self/status), in MB of 10^6 bytes; NaN where unknown.
    /// </summary>
    public static double PeakMegabytes() => Read() is { Peak: > 0 } memory ? memory.Peak / 1e6 : double.NaN;

    /// <summary>
    /// Resident set now (VmRSS) and the greatest so far (VmHWM), in bytes; 0 where unknown.
    /// </summary>
    public static (long Resident, long Peak) Read()
    {
        long resident = 0, peak = 0;
        foreach (string line in File.ReadLines("/proc/self/status"))
        {
            if (line.StartsWith("VmRSS:", StringComparison.Ordinal))
                resident = BytesOf(line);
            else if (line.StartsWith("VmHWM:", StringComparison.Ordinal))
                peak = BytesOf(line);
        }

        return (resident, peak);
    }

    // "VmRSS:	   12345 kB", where kB is 1024 bytes.
    private static long BytesOf(string line)
    {
        string digits = new([.. line.Where(char.IsAsciiDigit)]);
        return long.Parse(digits, CultureInfo.InvariantCulture) * 1024;
    }
}
