using System.Globalization;
using EdgeConv.Testing;

namespace EdgeConv.Evidence.Instructions;

/// <summary>
/// The counts that are not to be exceeded, in <c>baseline.txt</c>: model, instructions, multiply-adds.
/// </summary>
internal static class Baseline
{
    private static readonly Dictionary<string, (long Total, long Fmla)> Lines = File
        .ReadLines(Repository.PathOf("tests", "EdgeConv.Evidence", "Instructions", "baseline.txt"))
        .Where(line => !line.StartsWith('#'))
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .ToDictionary(parts => parts[0], parts => (Number(parts[1]), Number(parts[2])));

    /// <summary>The counts for a model.</summary>
    public static (long Total, long Fmla) Of(string model) => Lines[model];

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
