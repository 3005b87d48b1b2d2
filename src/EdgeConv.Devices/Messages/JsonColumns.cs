using System.Text.Json;
using EdgeConv.Core;

namespace EdgeConv.Devices.Messages;

/// <summary>Columns of a JSON object by their names, in the configured order.</summary>
internal sealed class JsonColumns(IReadOnlyList<string> names)
{
    private readonly WindowValues[] _columns =
        [.. Enumerable.Range(0, Math.Max(1, names.Count)).Select(_ => new WindowValues())];
    private readonly bool[] _isThere = new bool[Math.Max(1, names.Count)];
    private string? _only;

    /// <summary>Whether the name that the reader stands at is a column's.</summary>
    public bool Contains(in Utf8JsonReader json) => IndexOf(json) >= 0;

    /// <summary>Starts anew.</summary>
    public void Clear()
    {
        foreach (WindowValues column in _columns)
            column.Clear();
        Array.Clear(_isThere);
        _only = null;
    }

    /// <summary>Takes in a member of an object, when it is an array that is wanted; passes over another.</summary>
    public void TakeIn(ref Utf8JsonReader json, string topic)
    {
        int index = IndexOf(json);
        string name = index >= 0 ? names[index] : names.Count == 0 ? json.GetString()! : "";
        json.Read();
        if (json.TokenType != JsonTokenType.StartArray || name.Length == 0)
        {
            if (index >= 0)
            {
                throw JsonWindowReader.Problem(
                    topic, $"'{name}' is {JsonWindowReader.NameOf(json.TokenType)}; an array is needed");
            }

            json.Skip();
            return;
        }

        if (index < 0 && _only is not null)
        {
            throw JsonWindowReader.Problem(topic,
                $"has columns '{_only}' and '{name}'; name those that are wanted, in their order, under 'columns'");
        }

        index = Math.Max(index, 0);
        _only = name;
        _isThere[index] = true;
        _columns[index].Clear();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            _columns[index].Add(NumberOf(ref json, topic, $"'{name}'"));
    }

    /// <summary>Joins the columns of an object to instants.</summary>
    public void Join(string topic, WindowValues window)
    {
        int missing = Array.IndexOf(_isThere, false);
        if (missing >= 0)
        {
            throw JsonWindowReader.Problem(topic, names.Count == 0
                ? "has neither 'values' nor an array under another name"
                : $"has no column '{names[missing]}'");
        }

        int length = _columns[0].Count;
        int odd = Array.FindIndex(_columns, column => column.Count != length);
        if (odd >= 0)
        {
            throw JsonWindowReader.Problem(topic,
                $"'{names[odd]}' has {_columns[odd].Count} values, '{names[0]}' {length}; all need the same");
        }

        window.Channels = _columns.Length;
        for (int i = 0; i < length; i++)
        {
            foreach (WindowValues column in _columns)
                window.Add(column.Values[i]);
        }
    }

    /// <summary>Reads an instant whose values have names.</summary>
    public void ReadRow(ref Utf8JsonReader json, string topic, WindowValues window)
    {
        if (names.Count == 0)
        {
            throw JsonWindowReader.Problem(
                topic, "has rows with names; name those that are wanted, in their order, under 'columns'");
        }

        if (window.Count != 0 && window.Channels != names.Count)
            throw JsonWindowReader.Problem(topic, "has instants with and without names");
        window.Channels = names.Count;
        Array.Clear(_isThere);
        Span<float> row = window.Extend(names.Count);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            int index = IndexOf(json);
            json.Read();
            if (index < 0)
            {
                json.Skip();
                continue;
            }

            row[index] = NumberOf(ref json, topic, $"'{names[index]}'");
            _isThere[index] = true;
        }

        int missing = Array.IndexOf(_isThere, false);
        if (missing >= 0)
            throw JsonWindowReader.Problem(topic, $"has an instant without '{names[missing]}'");
    }

    /// <summary>The number that the reader stands at.</summary>
    /// <exception cref="DataError">It stands at something else.</exception>
    public static float NumberOf(ref Utf8JsonReader json, string topic, string what) =>
        json.TokenType == JsonTokenType.Number && json.TryGetSingle(out float value)
            ? value
            : throw JsonWindowReader.Problem(
                topic, $"{what} is {JsonWindowReader.NameOf(json.TokenType)}; a number is needed");

    private int IndexOf(in Utf8JsonReader json)
    {
        for (int i = 0; i < names.Count; i++)
        {
            if (json.ValueTextEquals(names[i]))
                return i;
        }

        return -1;
    }
}
