using System.Text.Json;
using EdgeConv.Core;

namespace EdgeConv.Devices.Messages;

/// <summary>
/// A window in JSON, in one of these forms; other members of an object are passed over.
/// <code>
/// [[x, y], [x, y], ...]                 an instant each; also as "values" of an object
/// [x, y, x, y, ...]                     interleaved, of the configured channels; also as "values"
/// [{"x": 1, "y": 2}, ...]               an instant each, of the configured columns; also as "values"
/// {"x": [1, ...], "y": [2, ...]}        a column each, of the configured columns, or the only one
/// {"ts": ..., ...}                      beside any of them: RFC 3339, or seconds since 1970,
///                                       or milliseconds from 1e11 on
/// </code>
/// </summary>
internal sealed class JsonWindowReader(SourceOptions options) : IWindowReader
{
    private const double FirstMilliseconds = 1e11;
    private static readonly byte[][] s_timeNames =
        [.. new[] { "ts", "timestamp", "time" }.Select(System.Text.Encoding.UTF8.GetBytes)];

    private readonly JsonColumns _columns = new(options.Columns);

    /// <inheritdoc/>
    public void Read(Delivery delivery, WindowValues window)
    {
        Utf8JsonReader json = new(delivery.Payload.Span);
        try
        {
            json.Read();
            if (json.TokenType == JsonTokenType.StartArray)
                ReadInstants(ref json, delivery.Topic, window);
            else if (json.TokenType == JsonTokenType.StartObject)
                ReadObject(ref json, delivery.Topic, window);
            else
                throw Problem(
                    delivery.Topic, $"holds {NameOf(json.TokenType)} alone; an array or an object is needed");
            // Reads on to the end, where there should be nothing.
            json.Read();
        }
        catch (JsonException error)
        {
            throw Problem(delivery.Topic, delivery.Payload.IsEmpty
                ? "is empty; JSON is needed"
                : $"is no JSON: byte {error.BytePositionInLine} of line {error.LineNumber + 1}");
        }
    }

    private void ReadObject(ref Utf8JsonReader json, string topic, WindowValues window)
    {
        _columns.Clear();
        bool hasValues = false;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("values"u8) && options.Columns.All(column => column != "values"))
            {
                json.Read();
                if (json.TokenType != JsonTokenType.StartArray)
                    throw Problem(topic, $"'values' is {NameOf(json.TokenType)}; an array is needed");
                if (hasValues)
                    throw Problem(topic, "has 'values' twice");
                ReadInstants(ref json, topic, window);
                hasValues = true;
            }
            else if (IsTime(json))
            {
                json.Read();
                window.Timestamp = TimeOf(ref json, topic);
            }
            else
            {
                _columns.TakeIn(ref json, topic);
            }
        }

        if (!hasValues)
            _columns.Join(topic, window);
    }

    private void ReadInstants(ref Utf8JsonReader json, string topic, WindowValues window)
    {
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            switch (json.TokenType)
            {
                case JsonTokenType.StartArray:
                    ReadRow(ref json, topic, window);
                    break;
                case JsonTokenType.StartObject:
                    _columns.ReadRow(ref json, topic, window);
                    break;
                default:
                    RequireChannels(topic, window, options.Channels, "values without rows");
                    window.Add(JsonColumns.NumberOf(ref json, topic, "a value"));
                    break;
            }
        }

        if (window.Channels == 0)
            throw Problem(topic, "holds no values");
    }

    private void ReadRow(ref Utf8JsonReader json, string topic, WindowValues window)
    {
        if (options.Columns.Count != 0)
            throw Problem(topic, "has rows without names, of which 'columns' cannot be taken; leave 'columns' out");
        int before = window.Count;
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            window.Add(JsonColumns.NumberOf(ref json, topic, "a value"));
        RequireChannels(topic, window, window.Count - before, "a row");
    }

    private static void RequireChannels(string topic, WindowValues window, int channels, string what)
    {
        if (channels == 0)
            throw Problem(topic, "has a row without values");
        if (window.Channels == 0)
            window.Channels = channels;
        if (channels != window.Channels)
        {
            throw Problem(
                topic, $"has {what} of {channels} channels after rows of {window.Channels}; all need the same");
        }
    }

    private bool IsTime(in Utf8JsonReader json)
    {
        foreach (byte[] name in s_timeNames)
        {
            if (json.ValueTextEquals(name))
                return !_columns.Contains(json);
        }

        return false;
    }

    private static DateTimeOffset TimeOf(ref Utf8JsonReader json, string topic)
    {
        if (json.TokenType == JsonTokenType.String && json.TryGetDateTimeOffset(out DateTimeOffset told))
            return told;
        // The year 9999 in milliseconds.
        if (json.TokenType == JsonTokenType.Number && json.TryGetDouble(out double number)
            && number is >= 0 and < 2.5e14)
            return DateTimeOffset.UnixEpoch.AddMilliseconds(number < FirstMilliseconds ? number * 1000 : number);
        throw Problem(topic, "has a timestamp that is neither RFC 3339 nor seconds or milliseconds since 1970");
    }

    internal static DataError Problem(string topic, string problem) => new(topic, problem);

    internal static string NameOf(JsonTokenType token) => token switch
    {
        JsonTokenType.Null => "null",
        JsonTokenType.String => "a text",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "true or false",
        JsonTokenType.StartArray => "an array",
        _ => "an object",
    };
}
