using EdgeConv.Pipeline.Accounting;

namespace EdgeConv.Daemon.PowerCalibrating;

/// <summary>The loads that a board is calibrated with.</summary>
internal static class PowerLoads
{
    /// <summary>Runs each of them, at rest first and last, and reads the power.</summary>
    /// <param name="threads">Processors that may be used.</param>
    /// <param name="reader">Reads the power.</param>
    /// <param name="done">Told of each load, with the board as it was under it.</param>
    public static List<LoadPower> Measure(int threads, IPowerReader reader, Action<string, LoadPower> done)
    {
        List<LoadPower> loads = [];
        foreach ((LoadKind kind, int count) in Plan(threads))
        {
            string name = NameOf(kind, count);
            using KnownLoad load = new(kind, count);
            PowerReading power = reader.Read(name);
            LoadRate rate = load.Rate();
            double cores = kind == LoadKind.Rest ? 0 : rate.Cores;
            loads.Add(new LoadPower(power.Watts, power.Error, cores, rate.MacsPerSecond, rate.BytesPerSecond));
            done(name, loads[^1]);
        }

        return loads;
    }

    private static IEnumerable<(LoadKind Kind, int Threads)> Plan(int threads)
    {
        yield return (LoadKind.Rest, 0);
        foreach (int count in threads > 1 ? new[] { 1, threads } : [1])
        {
            yield return (LoadKind.Busy, count);
            yield return (LoadKind.Multiply, count);
            yield return (LoadKind.Memory, count);
        }

        yield return (LoadKind.Rest, 0);
    }

    private static string NameOf(LoadKind kind, int threads) => kind switch
    {
        LoadKind.Rest => "at rest",
        LoadKind.Busy => $"{threads} busy",
        LoadKind.Multiply => $"{threads} multiplying",
        _ => $"{threads} reading memory",
    };
}
