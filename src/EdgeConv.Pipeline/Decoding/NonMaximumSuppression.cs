namespace EdgeConv.Pipeline.Decoding;

/// <summary>A box in relative coordinates, 0..1 over the model's input.</summary>
internal readonly record struct Candidate(
    int Class, float Score, float Left, float Top, float Right, float Bottom)
{
    public float Area => Math.Max(0, Right - Left) * Math.Max(0, Bottom - Top);

    /// <summary>Intersection over union, 0..1.</summary>
    public float Overlap(in Candidate other)
    {
        float width = Math.Min(Right, other.Right) - Math.Max(Left, other.Left);
        float height = Math.Min(Bottom, other.Bottom) - Math.Max(Top, other.Top);
        if (width <= 0 || height <= 0)
            return 0;
        float shared = width * height;
        return shared / (Area + other.Area - shared);
    }
}

/// <summary>Greedy non-maximum suppression within each class.</summary>
internal static class NonMaximumSuppression
{
    /// <summary>
    /// Sorts <paramref name="candidates"/> best first and removes each that overlaps a better one of its
    /// class by more than <paramref name="overlap"/>.
    /// </summary>
    public static void Apply(List<Candidate> candidates, float overlap)
    {
        candidates.Sort(static (a, b) => b.Score.CompareTo(a.Score));
        int kept = 0;
        for (int i = 0; i < candidates.Count; i++)
        {
            if (!IsCovered(candidates, kept, candidates[i], overlap))
                candidates[kept++] = candidates[i];
        }

        candidates.RemoveRange(kept, candidates.Count - kept);
    }

    private static bool IsCovered(List<Candidate> candidates, int kept, in Candidate candidate, float overlap)
    {
        for (int i = 0; i < kept; i++)
        {
            if (candidates[i].Class == candidate.Class && candidates[i].Overlap(candidate) > overlap)
                return true;
        }

        return false;
    }
}
