using System.Globalization;
using System.IO.Compression;

namespace EdgeConv.Gating.Tests;

/// <summary>
/// Wine, breast cancer and digits (UCI repository, CC BY 4.0) as scikit-learn bundles them: in the folder
/// named by EDGECONV_SKLEARN_DATA, or where Debian's python3-sklearn puts them.
/// </summary>
public static class SklearnData
{
    public const string Absent =
        "scikit-learn's data sets (EDGECONV_SKLEARN_DATA or the package python3-sklearn) are not there";

    private static readonly string Folder = Environment.GetEnvironmentVariable("EDGECONV_SKLEARN_DATA")
        ?? "/usr/lib/python3/dist-packages/sklearn/datasets/data";

    private static readonly string[] Files = ["wine_data.csv", "breast_cancer.csv", "digits.csv.gz"];

    public static bool IsPresent { get; } = Files.All(file => File.Exists(Path.Combine(Folder, file)));

    public static Table Load(string set) => set switch
    {
        "wine" => Parse(File.ReadAllLines(Path.Combine(Folder, "wine_data.csv")).Skip(1)),
        "breast_cancer" => Parse(File.ReadAllLines(Path.Combine(Folder, "breast_cancer.csv")).Skip(1)),
        "digits" => Parse(Unpacked(Path.Combine(Folder, "digits.csv.gz"))),
        _ => throw new ArgumentOutOfRangeException(nameof(set), set, null),
    };

    private static IEnumerable<string> Unpacked(string path)
    {
        using StreamReader reader = new(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        while (reader.ReadLine() is string line)
            yield return line;
    }

    private static double[] ParseLine(string line) =>
        [.. line.Split(',').Select(x => double.Parse(x, CultureInfo.InvariantCulture))];

    private static Table Parse(IEnumerable<string> lines)
    {
        double[][] rows = [.. lines.Select(ParseLine)];
        return new Table([.. rows.Select(row => row[..^1])], [.. rows.Select(row => (int)row[^1])]);
    }
}

/// <summary>Samples <c>[n][d]</c> and their labels.</summary>
public sealed record Table(double[][] Samples, int[] Labels)
{
    public Moments Moments(bool labelled = false)
    {
        Moments moments = new(Samples[0].Length, labelled ? Labels.Max() + 1 : 1);
        for (int i = 0; i < Samples.Length; i++)
            moments.Add(labelled ? Labels[i] : 0, Samples[i]);
        return moments;
    }
}
