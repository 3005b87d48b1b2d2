namespace EdgeConv.Daemon.Reporting;

/// <summary>A sample to be looked at.</summary>
/// <param name="Origin">Where it came from.</param>
/// <param name="P">Its p-value.</param>
/// <param name="Score">Its score at the oddest tap.</param>
/// <param name="Thumbnail">A picture of it, as HTML.</param>
internal sealed record UnusualSample(string Origin, double P, double Score, string Thumbnail);

/// <summary>
/// Keeps the few samples with the least p-values, or those with the greatest; of equal ones those with the
/// greater, or lesser, score.
/// </summary>
internal sealed class UnusualSamples(string title, bool isLeast)
{
    /// <summary>Samples that are kept.</summary>
    public const int Most = 12;

    private readonly List<UnusualSample> _samples = [];

    /// <summary>What they are.</summary>
    public string Title => title;

    /// <summary>The samples, the most unusual first.</summary>
    public IReadOnlyList<UnusualSample> Samples => _samples;

    /// <summary>Keeps a sample if it is more unusual than the last of those that are kept.</summary>
    /// <param name="origin">Where it came from.</param>
    /// <param name="p">Its p-value.</param>
    /// <param name="score">Its score at the oddest tap.</param>
    /// <param name="draw">Makes its thumbnail.</param>
    public void Offer(string origin, double p, double score, Func<string> draw)
    {
        int place = _samples.FindIndex(other => IsBefore(p, score, other));
        place = place < 0 ? _samples.Count : place;
        if (place >= Most)
            return;
        _samples.Insert(place, new UnusualSample(origin, p, score, draw()));
        if (_samples.Count > Most)
            _samples.RemoveAt(Most);
    }

    private bool IsBefore(double p, double score, UnusualSample other)
    {
        bool isFirst = p < other.P || (p == other.P && score > other.Score);
        bool isLast = p > other.P || (p == other.P && score < other.Score);
        return isLeast ? isFirst : isLast;
    }
}
