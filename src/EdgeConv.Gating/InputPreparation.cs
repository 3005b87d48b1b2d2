namespace EdgeConv.Gating;

/// <summary>
/// What besides data and model decides what the network sees: named values such as <c>mean</c> and
/// <c>fit</c>. Immutable.
/// </summary>
/// <param name="Values">Names and values, without ';' and '='; empty where it is not known.</param>
public sealed record InputPreparation(IReadOnlyList<KeyValuePair<string, string>> Values)
{
    private const string Separator = "; ";

    /// <summary>Nothing is known, so that nothing differs from it.</summary>
    public static InputPreparation Unknown { get; } = new([]);

    /// <summary>Reads what <see cref="ToString"/> wrote; what is no pair is left out.</summary>
    public static InputPreparation Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new([.. text.Split(Separator, StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2))
            .Where(pair => pair.Length == 2)
            .Select(pair => KeyValuePair.Create(pair[0], pair[1]))]);
    }

    /// <summary>The first value that both have and that is not the same; null when there is none.</summary>
    public (string Name, string First, string Second)? DifferenceFrom(InputPreparation other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach ((string name, string value) in Values)
        {
            string? second = other.Find(name);
            if (second is not null && second != value)
                return (name, value, second);
        }

        return null;
    }

    /// <summary>The values of both; those of this where both have them.</summary>
    public InputPreparation With(InputPreparation other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new([.. Values, .. other.Values.Where(pair => Find(pair.Key) is null)]);
    }

    /// <summary><c>mean=0; std=1</c>.</summary>
    public override string ToString() =>
        string.Join(Separator, Values.Select(pair => $"{pair.Key}={pair.Value}"));

    private string? Find(string name) =>
        Values.Where(pair => pair.Key == name).Select(pair => pair.Value).FirstOrDefault();
}
