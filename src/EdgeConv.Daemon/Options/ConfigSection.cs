using System.Net;
using System.Globalization;
using EdgeConv.Core;

namespace EdgeConv.Daemon.Options;

/// <summary>
/// Reads a section key by key. Every key that is asked for is known from then on; <see cref="RefuseUnknown"/>
/// names one that nobody has asked for.
/// </summary>
internal sealed class ConfigSection
{
    private readonly Dictionary<string, ConfigNode> _entries = new(StringComparer.Ordinal);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <exception cref="ConfigError">The node is no section.</exception>
    public ConfigSection(ConfigNode node)
    {
        if (node.Kind != ConfigNodeKind.Section && !node.IsEmpty)
            throw new ConfigError(node.Place, $"{node.Description} where a section of keys is needed");
        Place = node.Place;
        foreach ((string key, ConfigNode value) in node.Entries)
            _entries.Add(key, value);
    }

    /// <summary>Where the section stands.</summary>
    public string Place { get; }

    /// <summary>Whether a key is there.</summary>
    public bool Has(string key)
    {
        _known.Add(key);
        return _entries.ContainsKey(key);
    }

    /// <summary>Throws when a key is there that belongs elsewhere.</summary>
    /// <exception cref="ConfigError">Says <paramref name="problem"/>.</exception>
    public void Refuse(string key, string problem)
    {
        if (_entries.ContainsKey(key))
            throw new ConfigError(PlaceOf(key), problem);
    }

    /// <summary>Place of a key, whether it is there or not.</summary>
    public string PlaceOf(string key) => _entries.TryGetValue(key, out ConfigNode? node)
        ? node.Place
        : $"{Place}{(Place.Contains(": ", StringComparison.Ordinal) ? "." : ": ")}{key}";

    /// <summary>A text, or <paramref name="missing"/>.</summary>
    public string? Text(string key, string? missing = null)
    {
        ConfigNode? node = Find(key);
        if (node is null)
            return missing;
        string text = ScalarOf(node);
        return text.Length != 0 ? text : throw EmptyAt(node);
    }

    /// <summary>A text that must be there.</summary>
    public string RequiredText(string key) =>
        Text(key) ?? throw new ConfigError(PlaceOf(key), "is missing");

    /// <summary>A number inside a range, or <paramref name="missing"/>.</summary>
    public double? Number(string key, NumberRange range, double? missing = null)
    {
        ConfigNode? node = Find(key);
        return node is null ? missing : NumberOf(node, range);
    }

    /// <summary>An address of this machine.</summary>
    /// <exception cref="ConfigError">It is none.</exception>
    public IPAddress Address(string key, IPAddress missing)
    {
        string text = Text(key, missing.ToString())!;
        // "127.1" and "1" are addresses to the library, too.
        return IPAddress.TryParse(text, out IPAddress? address) && (text.Contains(':') || address.ToString() == text)
            ? address
            : throw new ConfigError(PlaceOf(key), $"'{text}' is no IP address");
    }

    /// <summary>A whole number inside a range, or <paramref name="missing"/>.</summary>
    public int? Integer(string key, int least, int most, int? missing = null) =>
        Find(key) is { } node ? IntegerOf(node, least, most) : missing;

    /// <summary>Whole numbers inside a range: one value or a list of them; null when the key is not
    /// there.</summary>
    public IReadOnlyList<int>? Integers(string key, int least, int most) => Find(key) switch
    {
        null => null,
        { Kind: ConfigNodeKind.List, Items.Count: 0 } none => throw EmptyAt(none),
        { Kind: ConfigNodeKind.List } list => [.. list.Items.Select(item => IntegerOf(item, least, most))],
        ConfigNode single => [IntegerOf(single, least, most)],
    };

    /// <summary><c>true</c> or <c>false</c>, or <paramref name="missing"/>.</summary>
    public bool Flag(string key, bool missing) => Text(key) switch
    {
        null => missing,
        "true" or "yes" or "on" => true,
        "false" or "no" or "off" => false,
        string other => throw new ConfigError(PlaceOf(key), $"'{other}' is not true or false"),
    };

    /// <summary>One of several words, or <paramref name="missing"/>.</summary>
    public T Choice<T>(string key, IReadOnlyDictionary<string, T> words, T missing)
    {
        string? text = Text(key);
        if (text is null)
            return missing;
        return words.TryGetValue(text, out T? value)
            ? value
            : throw new ConfigError(PlaceOf(key), $"'{text}' is not one of {string.Join(", ", words.Keys)}");
    }

    /// <summary>Numbers: one value or a list of them; null when the key is not there.</summary>
    public IReadOnlyList<float>? Numbers(string key)
    {
        NumberRange any = new(-1e12, 1e12, "a number");
        return Find(key) switch
        {
            null => null,
            { Kind: ConfigNodeKind.List, Items.Count: 0 } none => throw EmptyAt(none),
            { Kind: ConfigNodeKind.List } list => [.. list.Items.Select(item => (float)NumberOf(item, any))],
            ConfigNode single => [(float)NumberOf(single, any)],
        };
    }

    /// <summary>Texts: one value or a list of them; null when the key is not there.</summary>
    public IReadOnlyList<string>? Texts(string key) => Find(key) switch
    {
        null => null,
        { Kind: ConfigNodeKind.List } list => [.. list.Items.Select(ScalarOf)],
        ConfigNode single => [ScalarOf(single)],
    };

    /// <summary>The texts of all keys, which may be any.</summary>
    public IEnumerable<KeyValuePair<string, string>> AllTexts() =>
        _entries.Keys.Select(key => KeyValuePair.Create(key, RequiredText(key)));

    /// <summary>A section below this one; null when the key is not there, or has nothing below it.</summary>
    public ConfigSection? Section(string key) =>
        FindOrEmpty(key) is { IsEmpty: false } node ? new ConfigSection(node) : null;

    /// <summary>The sections of a list; empty when the key is not there, or has nothing below it.</summary>
    public IReadOnlyList<ConfigSection> Sections(string key)
    {
        ConfigNode? node = FindOrEmpty(key);
        if (node is null or { IsEmpty: true })
            return [];
        return node.Kind == ConfigNodeKind.List
            ? [.. node.Items.Select(item => new ConfigSection(item))]
            : throw new ConfigError(
                node.Place, $"{node.Description} where a list is needed (lines that begin with '-')");
    }

    /// <summary>The entries of a list, whatever they are; empty when the key is not there.</summary>
    public IReadOnlyList<ConfigNode> Nodes(string key) => Find(key) switch
    {
        null => [],
        { Kind: ConfigNodeKind.List, Items.Count: 0 } none => throw EmptyAt(none),
        { Kind: ConfigNodeKind.List } list => list.Items,
        ConfigNode single => [single],
    };

    /// <summary>Throws when the section holds a key that nobody has asked for.</summary>
    public void RefuseUnknown()
    {
        foreach ((string key, ConfigNode node) in _entries)
        {
            if (!_known.Contains(key))
            {
                string? near = Spelling.Nearest(key, _known);
                throw new ConfigError(node.Place, near is null
                    ? $"unknown key '{key}'; known here are {string.Join(", ", _known.Order(StringComparer.Ordinal))}"
                    : $"unknown key '{key}'; did you mean '{near}'?");
            }
        }
    }

    // A section may have all its keys left out; a single value that is not there was forgotten.
    private ConfigNode? Find(string key) =>
        FindOrEmpty(key) is { } node ? node.IsEmpty ? throw EmptyAt(node) : node : null;

    private ConfigNode? FindOrEmpty(string key)
    {
        _known.Add(key);
        return _entries.GetValueOrDefault(key);
    }

    private static ConfigError EmptyAt(ConfigNode node) =>
        new(node.Place, "is empty; give it a value or leave the key out");

    private static int IntegerOf(ConfigNode node, int least, int most)
    {
        double value = NumberOf(node, new NumberRange(least, most, "a whole number"));
        return value == Math.Floor(value)
            ? (int)value
            : throw new ConfigError(node.Place, $"'{node.Text}' is not a whole number");
    }

    private static double NumberOf(ConfigNode node, NumberRange range)
    {
        bool isNumber = double.TryParse(
            node.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(
                value);
        if (node.Kind != ConfigNodeKind.Scalar || !isNumber)
            throw new ConfigError(
                node.Place, $"{node.Description} is not {range.Unit}, written without a unit");
        if (value < range.Least || value > range.Most)
        {
            throw new ConfigError(node.Place, string.Create(CultureInfo.InvariantCulture,
                $"{value} is not {range.Unit} in {range.Least}..{range.Most}"));
        }

        return value;
    }

    private static string ScalarOf(ConfigNode node) => node is { Kind: ConfigNodeKind.Scalar, IsEmpty: false }
        ? node.Text
        : throw new ConfigError(node.Place, $"{node.Description} where a single value is needed");
}

/// <summary>What a number may be.</summary>
/// <param name="Least">Smallest allowed value.</param>
/// <param name="Most">Largest allowed value.</param>
/// <param name="Unit">What it is, for messages: <c>a number of milliseconds</c>.</param>
internal readonly record struct NumberRange(double Least, double Most, string Unit);
