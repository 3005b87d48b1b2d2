using System.Globalization;
using EdgeConv.Testing;

namespace EdgeConv.Evidence.Instructions;

/// <summary>
/// The counts that are not to be exceeded, in <c>baseline.txt</c>: model, instructions, multiply-adds.
/// </summary>
internal static class Baseline
{
    private static readonly Dictionary<string, Counts> Lines = File
        .ReadLines(Repository.PathOf("tests", "EdgeConv.Evidence", "Instructions", "baseline.txt"))
        .Where(line => !line.StartsWith('#'))
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .ToDictionary(parts => parts[0], parts => new Counts(Number(parts[1]), Number(parts[2]), 0));

    /// <summary>The counts for a model, or null.</summary>
    public static Counts? Of(string model) => Lines.TryGetValue(model, out Counts counts) ? counts : null;

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
