using System.Globalization;
using EdgeConv.Core;

namespace EdgeConv.Daemon.Scaling;

/// <summary>A list of compound coefficients φ: <c>-1 0.5 2</c>, <c>-1,0,1</c> or <c>-2..3</c>.</summary>
internal static class PhiArgument
{
    /// <summary>The most scales of one list.</summary>
    public const int Most = 32;

    /// <summary>Reads a list.</summary>
    /// <returns>Ascending, each once.</returns>
    /// <exception cref="ConfigError">A word is neither number nor range, or there are too many.</exception>
    public static IReadOnlyList<double> Parse(IReadOnlyList<string> words)
    {
        SortedSet<double> scales = [];
        foreach (string word in words.SelectMany(word => word.Split(',')))
        {
            foreach (double phi in ParseWord(word))
            {
                scales.Add(phi);
                if (scales.Count > Most)
                    throw new ConfigError($"--phi {word}", $"makes more than {Most} scales; {Most} would be right");
            }
        }

        return [.. scales];
    }

    /// <summary>A coefficient as text: <c>-1</c>, <c>0.5</c>.</summary>
    public static string Format(double phi) => phi.ToString("0.####", CultureInfo.InvariantCulture);

    private static IEnumerable<double> ParseWord(string word)
    {
        int dots = word.IndexOf("..", StringComparison.Ordinal);
        if (dots < 0)
            return [ParseNumber(word, word)];
        double first = ParseNumber(word[..dots], word), last = ParseNumber(word[(dots + 2)..], word);
        return last >= first
            ? Steps(first, last)
            : throw new ConfigError(
                $"--phi {word}", $"ends before it begins; {Format(last)}..{Format(first)} would be right");
    }

    private static IEnumerable<double> Steps(double first, double last)
    {
        for (double phi = first; phi <= last; phi++)
            yield return phi;
    }

    // No larger number is a scale of anything, and beyond 2^53 a step of 1 is none.
    private static double ParseNumber(string text, string word) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double phi)
        && Math.Abs(phi) <= 1e6
            ? phi
            : throw new ConfigError($"--phi {word}", "is no number and no range; -1, 0.5 or -2..3 would be right");
}
