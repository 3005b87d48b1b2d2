using System.Globalization;
using EdgeConv.Evidence.Support;

namespace EdgeConv.Evidence.Cache;

/// <summary>Misses of the simulated caches.</summary>
/// <param name="Data1">Of the first-level data cache.</param>
/// <param name="Last">Of the last level.</param>
internal readonly record struct Misses(long Data1, long Last)
{
    /// <summary>Bytes of a line.</summary>
    public const int Line = 64;

    /// <summary>What the last level's misses bring in.</summary>
    public double Megabytes => Last * Line / 1e6;

    public static Misses operator -(Misses a, Misses b) => new(a.Data1 - b.Data1, a.Last - b.Last);
}

/// <summary>
/// Runs the x64 program, whose loops are the same C# with wider vectors, under cachegrind with the caches of
/// a Raspberry Pi 4. One core has the last level for itself; there is no prefetching.
/// </summary>
internal static class CacheModel
{
    // Size, ways, line.
    private const string Instructions1 = "--I1=49152,3,64";
    private const string Data1 = "--D1=32768,2,64";
    private const string Last = "--LL=1048576,16,64";

    private static readonly Lazy<string> Program = new(Strip);

    /// <summary>Why nothing is simulated.</summary>
    public const string Absent = "valgrind, objcopy (package binutils) or artifacts/fixed-runs/linux-x64 " +
        "(./build.sh test) is not there";

    public static bool IsAvailable => Tool.Find("valgrind") is not null && Tool.Find("objcopy") is not null
        && File.Exists(Published.FixedRuns("linux-x64"));

    private static readonly Dictionary<string, Misses> Known = [];

    /// <summary>Misses of one inference: the difference between one and two.</summary>
    public static Misses PerInference(string model, params (string Name, string Value)[] environment)
    {
        string key = string.Join(' ', environment.Select(pair => pair.Name + pair.Value).Prepend(model));
        if (!Known.TryGetValue(key, out Misses misses))
            Known.Add(key, misses = Simulate(model, 2, environment) - Simulate(model, 1, environment));
        return misses;
    }

    private static Misses Simulate(string model, int runs, (string Name, string Value)[] environment)
    {
        string file = Path.Combine(Report.Folder, "cachegrind.out");
        Tool.Run(
            "valgrind",
            [
                "--tool=cachegrind", "--cache-sim=yes", Instructions1, Data1, Last,
                $"--cachegrind-out-file={file}", Program.Value, "edgeconv", model,
                runs.ToString(CultureInfo.InvariantCulture),
            ],
            environment);
        // events: Ir I1mr ILmr Dr D1mr DLmr Dw D1mw DLmw
        string[] events = Values(file, "events:");
        long[] counts = [.. Values(file, "summary:")
            .Select(text => long.Parse(text, CultureInfo.InvariantCulture))];
        long Sum(params string[] names) => names.Sum(name => counts[Array.IndexOf(events, name)]);
        return new Misses(Sum("D1mr", "D1mw"), Sum("ILmr", "DLmr", "DLmw"));
    }

    private static string[] Values(string file, string key) => File.ReadLines(file)
        .Last(line => line.StartsWith(key, StringComparison.Ordinal))[key.Length..]
        .Split(' ', StringSplitOptions.RemoveEmptyEntries);

    // valgrind's reader of debug information gives up on what a published program links to.
    private static string Strip()
    {
        string copy = Path.Combine(Report.Folder, "fixed-runs-x64");
        Tool.Run(
            "objcopy",
            ["--strip-all", "--remove-section=.gnu_debuglink", Published.FixedRuns("linux-x64"), copy]);
        return copy;
    }
}
