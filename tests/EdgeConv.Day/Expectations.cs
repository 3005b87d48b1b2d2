using System.Globalization;

namespace EdgeConv.Day;

/// <summary>What must be named, in order, and how soon everything was well again.</summary>
internal sealed class Expectations(SimulatedTime time)
{
    private readonly List<Entry> _names = [];
    private readonly List<Entry> _troubles = [];
    private readonly SortedDictionary<string, TimeSpan> _slowest = new(StringComparer.Ordinal);
    private readonly List<string> _stuck = [];

    // As long a pipeline's health keeps what was wrong with samples, and a little more for the fault itself.
    private static readonly TimeSpan s_remembrance = TimeSpan.FromMinutes(6);
    private static readonly TimeSpan s_seenWithin = TimeSpan.FromSeconds(15);

    /// <summary>Times that the connection was to be lost.</summary>
    public int Losses { get; private set; }

    /// <summary>Faults that were to be named, in order.</summary>
    public IReadOnlyList<Entry> Names => _names;

    /// <summary>What did not come back in its time.</summary>
    public IReadOnlyList<string> Stuck => _stuck;

    /// <summary>What was made to go wrong, each by its kind.</summary>
    public IReadOnlyList<Entry> Troubles => _troubles;

    /// <summary>Troubles of each kind.</summary>
    public string Kinds => string.Join(", ", _troubles.CountBy(trouble => trouble.Text)
        .OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}: {pair.Value}"));

    /// <summary>The longest that each took to be well again.</summary>
    public string Slowest => string.Join(", ", _slowest.Select(pair => string.Create(
        CultureInfo.InvariantCulture, $"{pair.Key} {pair.Value.TotalSeconds:0.0} s")));

    public void Add(string subject, string name) => _names.Add(new Entry(time.Elapsed, subject, name));

    public void AddLoss() => Losses++;

    public void Count(string kind) => _troubles.Add(new Entry(time.Elapsed, "trouble", kind));

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

    /// <summary>Faults that hid behind another: only a subscriber was told, or it was the same one again.</summary>
    public int Hidden { get; private set; }

    /// <summary>Where what was named is not what was expected, one to one and in order; empty where it is.</summary>
    /// <param name="subject">Of this subject.</param>
    /// <param name="named">What was logged.</param>
    /// <param name="seen">What a subscriber saw: the log says what is over within ten seconds of another not at all.</param>
    /// <param name="wasAway">Whether the broker was away then, so that no subscriber could see anything.</param>
    public IReadOnlyList<string> Differences(
        string subject, IReadOnlyList<Entry> named, IReadOnlyList<Entry> seen, Func<TimeSpan, bool> wasAway)
    {
        // What was logged; and what stands since, for the same fault again and again is one.
        List<Entry> told = [], standing = [];
        List<string> differences = [];
        Queue<Entry> found = new(named.Where(entry => entry.Subject == subject));
        foreach (Entry wanted in _names.Where(entry => entry.Subject == subject))
        {
            while (found.TryPeek(out Entry? extra) && extra.At < wanted.At)
                differences.Add($"more than was wrong: {found.Dequeue()}");
            if (found.TryPeek(out Entry? next) && next.Text.Contains(wanted.Text, StringComparison.Ordinal))
            {
                told.Add(found.Dequeue());
                standing.Add(next);
            }
            else if (standing.Exists(entry => Is(wanted, entry, s_remembrance, TimeSpan.Zero))
                || IsBrief(wanted, told, seen, wasAway))
            {
                Hidden++;
                standing.Add(wanted);
            }
            else
            {
                differences.Add($"not named: {wanted}{(next is null ? "" : $" (but {next})")}");
            }
        }

        return [.. differences, .. found.Select(extra => $"more than was wrong: {extra}")];
    }

    // Over within ten seconds of another, it is told to subscribers alone.
    private static bool IsBrief(
        Entry wanted, List<Entry> told, IReadOnlyList<Entry> seen, Func<TimeSpan, bool> wasAway) =>
        told.Exists(entry => wanted.At - entry.At < s_seenWithin)
            && (wasAway(wanted.At) || seen.Any(entry => Is(wanted, entry, TimeSpan.Zero, s_seenWithin)));

    private static bool Is(Entry wanted, Entry entry, TimeSpan before, TimeSpan after) => entry.Subject == wanted.Subject
        && entry.Text.Contains(wanted.Text, StringComparison.Ordinal)
        && entry.At >= wanted.At - before && entry.At <= wanted.At + after;
}
