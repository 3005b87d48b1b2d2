namespace EdgeConv.Pipeline.Governing;

/// <summary>
/// The profiles of a family that are worth running: none of them is beaten in accuracy, time and energy at once.
/// The most accurate first, of equals the one of least energy.
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
            .Where((p, i) => !profiles.Where((q, j) => j != i && Beats(q, p, isEarlier: j < i)).Any())
            .OrderByDescending(p => p.Accuracy).ThenBy(p => p.Joules).ThenBy(p => p.Service)];
    }

    /// <summary>Points, at least one.</summary>
    public int Count => _points.Length;

    /// <summary>Point <paramref name="index"/>; 0 is the most accurate.</summary>
    public PointProfile this[int index] => _points[index];

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
