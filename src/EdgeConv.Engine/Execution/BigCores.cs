using System.Globalization;
using System.Runtime.InteropServices;

namespace EdgeConv.Engine.Execution;

/// <summary>
/// Keeps a thread on the processor's faster cores, where it has slower ones too (big.LITTLE): a share on a slow
/// core would keep all others waiting. Only cores of the process's cpuset are taken; where all are alike nothing
/// is done.
/// </summary>
internal static unsafe partial class BigCores
{
    private const int MostCores = 1024;
    private const int BitsPerWord = 64;
    private const string Folder = "/sys/devices/system/cpu";

    /// <summary>Lets the calling thread run on the fastest cores only, enough for a number of threads.</summary>
    public static void Stay(int threads)
    {
        ulong* mask = stackalloc ulong[MostCores / BitsPerWord];
        if (!OperatingSystem.IsLinux() || GetAffinity(0, MostCores / 8, mask) < 0)
            return;
        List<int> allowed = [.. Enumerable.Range(0, MostCores).Where(core => IsSet(mask, core))];
        IReadOnlyList<int> chosen = Choose(Capacities(Folder, allowed), threads);
        if (chosen.Count == allowed.Count)
            return;
        new Span<ulong>(mask, MostCores / BitsPerWord).Clear();
        foreach (int core in chosen)
            mask[core / BitsPerWord] |= 1ul << (core % BitsPerWord);
        // A kernel that refuses leaves the thread where it was.
        _ = SetAffinity(0, MostCores / 8, mask);
    }

    /// <summary>
    /// The fastest cores, at least <paramref name="threads"/> of them where there are as many: all that are as
    /// fast as the slowest taken.
    /// </summary>
    /// <param name="capacities">Of each core what it does in a time, in the kernel's measure; 1024 is the
    /// most.</param>
    /// <param name="threads">How many threads want one.</param>
    public static IReadOnlyList<int> Choose(IReadOnlyDictionary<int, int> capacities, int threads)
    {
        int[] falling = [.. capacities.Values.OrderDescending()];
        if (falling.Length == 0)
            return [];
        int least = falling[Math.Clamp(threads, 1, falling.Length) - 1];
        return [.. capacities.Where(core => core.Value >= least).Select(core => core.Key).Order()];
    }

    /// <summary>
    /// What each core does in a time, from <c>cpuN/cpu_capacity</c> (arm64, since Linux 4.13) below a folder;
    /// the same for all where the kernel does not say.
    /// </summary>
    public static IReadOnlyDictionary<int, int> Capacities(string folder, IEnumerable<int> cores) =>
        cores.ToDictionary(core => core, core => Capacity(Path.Combine(folder, $"cpu{core}", "cpu_capacity")));

    private static int Capacity(string file)
    {
        const int Unknown = 1024;
        try
        {
            string text = File.Exists(file) ? File.ReadAllText(file) : "";
            return int.TryParse(text, NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out int one)
                ? one
                : Unknown;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return Unknown;
        }
    }

    private static bool IsSet(ulong* mask, int core) => (mask[core / BitsPerWord] >> (core % BitsPerWord) & 1) != 0;

    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    private static partial int GetAffinity(int thread, nuint bytes, ulong* mask);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nuint bytes, ulong* mask);
}
