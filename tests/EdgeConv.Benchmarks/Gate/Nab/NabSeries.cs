using System.Globalization;
using System.Text.Json;

namespace EdgeConv.Benchmarks.Gate.Nab;

/// <summary>Rows from the first to the last, both within.</summary>
internal readonly record struct RowRange(int First, int Last)
{
    public int Count => Last - First + 1;
}

/// <summary>One series of the Numenta Anomaly Benchmark with the windows that its labels make.</summary>
/// <param name="Name">File name without extension.</param>
/// <param name="Values">One value a row.</param>
/// <param name="Windows">Where anomalies are, in order; maybe none.</param>
internal sealed record NabSeries(string Name, double[] Values, RowRange[] Windows)
{
    private const double ProbationShare = 0.15;
    private const int LongestRows = 5000;

    /// <summary>Rows at the beginning that are not scored: 15 %, of 5000 rows at most.</summary>
    public int Probation => (int)Math.Min(
        Math.Floor(ProbationShare * Values.Length), ProbationShare * LongestRows);

    /// <summary>Reads every series that <c>windows.json</c> in <paramref name="folder"/> names.</summary>
    public static NabSeries[] ReadAll(string folder)
    {
        string text = File.ReadAllText(Path.Combine(folder, "windows.json"));
        using JsonDocument windows = JsonDocument.Parse(text);
        return [.. windows.RootElement.EnumerateObject()
            .OrderBy(series => series.Name, StringComparer.Ordinal)
            .Select(series => Read(Path.Combine(folder, series.Name), series.Value))];
    }

    // A window's limits are timestamps of the file; of equal ones the first counts, as in NAB.
    private static NabSeries Read(string path, JsonElement windows)
    {
        string[][] rows =
            [.. File.ReadLines(path).Skip(1).Where(line => line.Length != 0).Select(line => line.Split(','))];
        string[] times = [.. rows.Select(row => row[0])];
        RowRange[] ranges = [.. windows.EnumerateArray().Select(limits => new RowRange(
            RowOf(path, times, limits[0].GetString()!), RowOf(path, times, limits[1].GetString()!)))];
        double[] values = [.. rows.Select(row => double.Parse(row[1], CultureInfo.InvariantCulture))];
        return new NabSeries(Path.GetFileNameWithoutExtension(path), values, ranges);
    }

    private static int RowOf(string path, string[] times, string time)
    {
        int row = Array.IndexOf(times, time);
        return row >= 0 ? row : throw new InvalidDataException($"{path}: has no row of {time}");
    }
}
