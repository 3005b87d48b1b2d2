using System.Diagnostics;
using System.Globalization;

namespace EdgeConv.Day;

/// <summary>What the process holds, from time to time.</summary>
internal sealed class Vitals(SimulatedTime time)
{
    private readonly List<(double Hours, double Minutes, double ResidentKb, double HeapKb)> _samples = [];
    private readonly long _begun = Stopwatch.GetTimestamp();

    /// <summary>
    /// Descriptors that are open now, by what they are: <c>3 socket</c>; but for libraries and their symbols, which the
    /// runtime opens when their code is first called.
    /// </summary>
    public static IReadOnlyList<string> Descriptors => [.. Directory.GetFiles("/proc/self/fd")
        .Select(link => new FileInfo(link).LinkTarget ?? "gone")
        .Where(target => target != "gone" && !IsCode(target))
        .GroupBy(target => target.Split(':')[0], (kind, all) => $"{all.Count()} {kind}")
        .Order(StringComparer.Ordinal)];

    /// <summary>Threads now that are not of the pool.</summary>
    public static int OwnThreads => Directory.GetDirectories("/proc/self/task").Length - ThreadPool.ThreadCount;

    /// <summary>Memory now, and the managed heap after a collection.</summary>
    public void Take()
    {
        double heap = GC.GetTotalMemory(forceFullCollection: true) / 1024.0;
        _samples.Add((time.Elapsed.TotalHours, Stopwatch.GetElapsedTime(_begun).TotalMinutes, Resident(), heap));
    }

    /// <summary>How fast resident memory grows, KB an hour of the house's time.</summary>
    public double ResidentSlope => Slope(sample => sample.Hours, sample => sample.ResidentKb);

    /// <summary>The same by the minute of real time.</summary>
    public double ResidentSlopeRealTime => Slope(sample => sample.Minutes, sample => sample.ResidentKb);

    /// <summary>How fast the managed heap grows, KB an hour of the house's time.</summary>
    public double HeapSlope => Slope(sample => sample.Hours, sample => sample.HeapKb);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"resident {_samples[_samples.Count / 4].ResidentKb / 1024:0.0} to {_samples[^1].ResidentKb / 1024:0.0} MB, "
            + $"slope {ResidentSlope:0.0} KB an hour, {ResidentSlopeRealTime:0.0} KB a minute of real time; "
            + $"heap {_samples[_samples.Count / 4].HeapKb:0} to {_samples[^1].HeapKb:0} KB, slope {HeapSlope:0.00} KB an hour; "
            + $"{_samples.Count} samples");

    private static bool IsCode(string target) => Path.GetExtension(target) is ".dll" or ".pdb" or ".so";

    // Theil and Sen: the median of the slopes between all pairs, of what comes after a first quarter of warming up.
    private double Slope(
        Func<(double Hours, double Minutes, double ResidentKb, double HeapKb), double> x,
        Func<(double Hours, double Minutes, double ResidentKb, double HeapKb), double> y)
    {
        var warm = _samples[(_samples.Count / 4)..];
        List<double> slopes = [];
        for (int i = 0; i < warm.Count; i++)
        {
            for (int j = i + 1; j < warm.Count; j++)
                slopes.Add((y(warm[j]) - y(warm[i])) / (x(warm[j]) - x(warm[i])));
        }

        slopes.Sort();
        return slopes[slopes.Count / 2];
    }

    private static double Resident()
    {
        string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line[6..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }
}
