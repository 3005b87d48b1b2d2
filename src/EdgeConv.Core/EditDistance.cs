namespace EdgeConv.Core;

/// <summary>How far apart two names are.</summary>
public static class EditDistance
{
    private const int Compared = 64;

    /// <summary>
    /// Insertions, deletions and replacements of letters that turn one into the other (Levenshtein), over the
    /// first 64 letters; upper and lower case are one.
    /// </summary>
    public static int Between(string first, string second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ReadOnlySpan<char> a = first.AsSpan(0, Math.Min(first.Length, Compared));
        ReadOnlySpan<char> b = second.AsSpan(0, Math.Min(second.Length, Compared));
        Span<int> row = stackalloc int[Compared + 1];
        for (int j = 0; j <= b.Length; j++)
            row[j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                bool isSame = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]);
                int replaced = diagonal + (isSame ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
