namespace EdgeConv.Pipeline.Governing;

/// <summary>
/// The profiles of a family that are worth running: none of them is beaten in accuracy, time and energy at
/// once. The most accurate first, of equals the one of least energy.
/// </summary>
public sealed class Frontier
{
    private readonly PointProfile[] _points;

    /// <param name="profiles">All profiles, at least one.</param>
    /// <exception cref="ArgumentException">A time or an energy is not above 0 and finite.</exception>
    public Frontier(IReadOnlyList<PointProfile> profiles)
    {
        ArgumentNullException.ThrowIfNull(profiles);
        ArgumentOutOfRangeException.ThrowIfZero(profiles.Count);
        foreach (PointProfile profile in profiles)
        {
            if (profile.Service <= TimeSpan.Zero || !(profile.Joules > 0) || !double.IsFinite(profile.Joules))
                throw new ArgumentException($"{profile.Model} has no time or no energy", nameof(profiles));
        }

        _points = [.. profiles
            .Where((_, i) => !IsBeaten(profiles, i))
            .OrderByDescending(p => p.Accuracy).ThenBy(p => p.Joules).ThenBy(p => p.Service)];
    }

    /// <summary>Points, at least one.</summary>
    public int Count => _points.Length;

    /// <summary>Point <paramref name="index"/>; 0 is the most accurate.</summary>
    public PointProfile this[int index] => _points[index];

    /// <summary>
    /// Index of the first point of the frontier that is no worse than a profile in accuracy, time and
    /// energy; null when the profile is on the frontier itself.
    /// </summary>
    public static int? BeatenBy(IReadOnlyList<PointProfile> profiles, int index)
    {
        ArgumentNullException.ThrowIfNull(profiles);
        for (int i = 0; i < profiles.Count; i++)
        {
            if (i != index && Beats(profiles[i], profiles[index], isEarlier: i < index) && !IsBeaten(profiles, i))
                return i;
        }

        return null;
    }

    private static bool IsBeaten(IReadOnlyList<PointProfile> profiles, int index) =>
        profiles.Where((other, i) => i != index && Beats(other, profiles[index], isEarlier: i < index)).Any();

    // Of two that are alike in all three, the earlier one stays.
    private static bool Beats(PointProfile better, PointProfile worse, bool isEarlier)
    {
        bool isNoWorse = better.Accuracy >= worse.Accuracy
            && better.Service <= worse.Service && better.Joules <= worse.Joules;
        bool isAlike = better.Accuracy == worse.Accuracy
            && better.Service == worse.Service && better.Joules == worse.Joules;
        return isNoWorse && (!isAlike || isEarlier);
    }
}
