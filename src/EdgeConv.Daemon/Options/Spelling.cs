using EdgeConv.Core;

namespace EdgeConv.Daemon.Options;

/// <summary>Finds the word that was probably meant.</summary>
internal static class Spelling
{
    /// <summary>
    /// The known word that <paramref name="word"/> begins, or that differs from it by at most a third of its
    /// letters; null when none does.
    /// </summary>
    public static string? Nearest(string word, IEnumerable<string> known)
    {
        string? best = null;
        int bestDistance = Math.Max(2, word.Length / 3) + 1;
        foreach (string candidate in known.Order(StringComparer.Ordinal))
        {
            bool begins = word.Length >= 3
                && candidate.StartsWith(word + "_", StringComparison.OrdinalIgnoreCase);
            int distance = begins ? 0 : EditDistance.Between(word, candidate);
            if (distance < bestDistance)
                (best, bestDistance) = (candidate, distance);
        }

        return best;
    }
}
