using System.Globalization;

namespace EdgeConv.Day;

/// <summary>What must be named, in order, and how soon everything was well again.</summary>
internal sealed class Expectations(SimulatedTime time)
{
    private readonly List<Entry> _names = [];
    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, TimeSpan> _slowest = new(StringComparer.Ordinal);
    private readonly List<string> _stuck = [];

    /// <summary>Times that the connection was to be lost.</summary>
    public int Losses { get; private set; }

    /// <summary>Faults that were to be named, in order.</summary>
    public IReadOnlyList<Entry> Names => _names;

    /// <summary>What did not come back in its time.</summary>
    public IReadOnlyList<string> Stuck => _stuck;

    /// <summary>Troubles of each kind.</summary>
    public string Kinds => string.Join(", ", _counts.Select(pair => $"{pair.Key}: {pair.Value}"));

    /// <summary>The longest that each took to be well again.</summary>
    public string Slowest => string.Join(", ", _slowest.Select(pair => string.Create(
        CultureInfo.InvariantCulture, $"{pair.Key} {pair.Value.TotalSeconds:0.0} s")));

    public int Troubles => _counts.Values.Sum();

    public void Add(string subject, string name) => _names.Add(new Entry(time.Elapsed, subject, name));

    public void AddLoss() => Losses++;

    public void Count(string kind) => _counts[kind] = _counts.GetValueOrDefault(kind) + 1;

    /// <summary>Something is well again.</summary>
    /// <param name="what">What.</param>
    /// <param name="after">How long that has taken.</param>
    /// <param name="illness">What the house says where it is not well; null where it is.</param>
    public void Recovered(string what, TimeSpan after, string? illness)
    {
        if (illness is not null)
            _stuck.Add($"{time.Elapsed}: no {what} after {after.TotalSeconds} s: {illness}");
        else if (after > _slowest.GetValueOrDefault(what))
            _slowest[what] = after;
    }

    /// <summary>Where what was named is not what was expected, one to one and in order; empty where it is.</summary>
    public IReadOnlyList<string> Differences(string subject, IReadOnlyList<Entry> named)
    {
        List<string> differences = [];
        Queue<Entry> found = new(named.Where(entry => entry.Subject == subject));
        foreach (Entry wanted in _names.Where(entry => entry.Subject == subject))
        {
            while (found.TryPeek(out Entry? extra) && extra.At < wanted.At)
                differences.Add($"more than was wrong: {found.Dequeue()}");
            if (found.TryPeek(out Entry? next) && next.Text.Contains(wanted.Text, StringComparison.Ordinal))
                found.Dequeue();
            else
                differences.Add($"not named: {wanted}{(next is null ? "" : $" (but {next})")}");
        }

        return [.. differences, .. found.Select(extra => $"more than was wrong: {extra}")];
    }
}
