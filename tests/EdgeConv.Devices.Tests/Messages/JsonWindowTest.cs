using System.Globalization;
using System.Text;
using CsCheck;
using EdgeConv.Devices.Tests.Support;

namespace EdgeConv.Devices.Tests.Messages;

public sealed class JsonWindowTest
{
    private static readonly SourceOptions s_json = new() { Kind = SourceKind.Mqtt, Format = SampleFormat.Json };

    [Theory]
    [InlineData("[[1,2],[3,4]]", "")]
    [InlineData("{\"values\":[[1,2],[3,4]],\"id\":{\"a\":[5]}}", "")]
    [InlineData("{\"x\":[1,3],\"y\":[2,4],\"z\":[9]}", "x y")]
    [InlineData("{\"y\":[2,4],\"x\":[1,3]}", "x y")]
    [InlineData("[{\"x\":1,\"y\":2},{\"y\":4,\"n\":[1],\"x\":3}]", "x y")]
    [InlineData("{\"values\":[{\"x\":1,\"y\":2},{\"x\":3,\"y\":4}],\"ts\":0}", "x y")]
    public async Task The_same_window_in_every_form(string text, string columns)
    {
        using Window window = await ReadAsync(text, columns);
        Assert.Equal(2, window.Channels);
        Assert.Equal([1, 2, 3, 4], window.Values.ToArray());
    }

    [Theory]
    [InlineData("[5,6]")]
    [InlineData("{\"values\":[5,6]}")]
    [InlineData("{\"unit\":\"g\",\"accel\":[5,6],\"n\":3}")]
    [InlineData("[[5],[6]]")]
    public async Task The_same_single_channel_in_every_form(string text)
    {
        using Window window = await ReadAsync(text, "");
        Assert.Equal(1, window.Channels);
        Assert.Equal([5, 6], window.Values.ToArray());
    }

    [Theory]
    [InlineData("\"2026-08-01T14:00:00.250+02:00\"", "2026-08-01T12:00:00.2500000+00:00")]
    [InlineData("1785585600", "2026-08-01T12:00:00.0000000+00:00")]
    [InlineData("1785585600.5", "2026-08-01T12:00:00.5000000+00:00")]
    [InlineData("1785585600250", "2026-08-01T12:00:00.2500000+00:00")]
    public async Task A_timestamp_says_when_it_was_captured_wherever_it_stands(string time, string expected)
    {
        using Window before = await ReadAsync($"{{\"ts\":{time},\"values\":[1,2]}}", "");
        using Window after = await ReadAsync($"{{\"values\":[1,2],\"timestamp\":{time}}}", "");
        Assert.Equal(expected, before.Timestamp.ToUniversalTime().ToString("o", CultureInfo.InvariantCulture));
        Assert.Equal(before.Timestamp, after.Timestamp);
    }

    [Fact]
    public async Task A_column_may_be_named_time_or_values()
    {
        using Window window = await ReadAsync("{\"time\":[1,3],\"values\":[2,4]}", "time values");
        Assert.Equal([1, 2, 3, 4], window.Values.ToArray());
    }

    [Theory]
    [InlineData("", "", "is empty; JSON is needed")]
    [InlineData("hello", "", "is no JSON: byte 0 of line 1")]
    [InlineData("[1,2", "", "is no JSON: byte 4 of line 1")]
    [InlineData("[1,2] 3", "", "is no JSON: byte 6 of line 1")]
    [InlineData("5", "", "holds a number alone; an array or an object is needed")]
    [InlineData("[]", "", "holds no values")]
    [InlineData("[[]]", "", "has a row without values")]
    [InlineData("[1,null]", "", "a value is null; a number is needed")]
    [InlineData("[1,\"2\"]", "", "a value is a text; a number is needed")]
    [InlineData("[1,1e39]", "", "instant 1, channel 0 is Infinity; finite numbers are needed")]
    [InlineData("[[1,2],[3]]", "", "has a row of 1 channels after rows of 2; all need the same")]
    [InlineData("[[1,2],[3,4]]", "x y", "has rows without names, of which 'columns' cannot be taken; leave 'columns' out")]
    [InlineData("[{\"x\":1}]", "", "has rows with names; name those that are wanted, in their order, under 'columns'")]
    [InlineData("[{\"x\":1}]", "x y", "has an instant without 'y'")]
    [InlineData("{\"x\":[1,2],\"y\":[3,4]}", "",
        "has columns 'x' and 'y'; name those that are wanted, in their order, under 'columns'")]
    [InlineData("{\"x\":[1,2]}", "x y", "has no column 'y'")]
    [InlineData("{\"x\":[1,2],\"y\":[3]}", "x y", "'y' has 1 values, 'x' 2; all need the same")]
    [InlineData("{\"x\":5}", "x", "'x' is a number; an array is needed")]
    [InlineData("{\"unit\":\"g\"}", "", "has neither 'values' nor an array under another name")]
    [InlineData("{\"values\":5}", "", "'values' is a number; an array is needed")]
    [InlineData("{\"values\":[1,2],\"values\":[1,2]}", "", "has 'values' twice")]
    [InlineData("{\"ts\":\"noon\",\"values\":[1,2]}", "",
        "has a timestamp that is neither RFC 3339 nor seconds or milliseconds since 1970")]
    [InlineData("[1,2,3]", "", "has 3 instants; the model takes windows of 2")]
    public Task What_is_no_window_is_named_with_what_would_be_right(string text, string columns, string problem) =>
        MessageSourceTest.Refuses(OptionsOf(columns), ScriptedInlet.Of(text), problem);

    [Fact]
    public void Any_window_written_as_rows_or_columns_is_read_as_it_was() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 5]).SelectMany((length, channels) =>
            Gen.Float[-1e6f, 1e6f].Array[length * channels].Select(values => (length, channels, values)))
        .Holds(window =>
        {
            string Text(float value) => value.ToString("R", CultureInfo.InvariantCulture);
            string[] names = [.. Enumerable.Range(0, window.channels).Select(c => $"c{c}")];
            string rows = string.Join(",", window.values.Chunk(window.channels)
                .Select(row => $"[{string.Join(",", row.Select(Text))}]"));
            string columns = string.Join(",", names.Select((name, c) =>
                $"\"{name}\":[{string.Join(",", window.values.Where((_, i) => i % window.channels == c).Select(Text))}]"));
            Assert.Equal(window.values, Read($"[{rows}]", [], window.length));
            Assert.Equal(window.values, Read($"{{{columns}}}", names, window.length));
        }, 300);

    [Fact]
    public void Whatever_bytes_come_give_a_window_or_a_named_problem() =>
        Gen.OneOf(
            Gen.Byte.Array[0, 200],
            Gen.String[Gen.Char["[]{}\":,0123456789.eE-xytsvalue "], 0, 60].Select(Encoding.UTF8.GetBytes))
        .Holds(bytes =>
        {
            ISource source = MessageSourceTest.Make(OptionsOf("x y"), ScriptedInlet.Of(bytes), 2);
            try
            {
                source.ReadAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult()!.Dispose();
            }
            catch (DataError error)
            {
                Assert.StartsWith("test/seven: ", error.Message, StringComparison.Ordinal);
                Assert.DoesNotContain("cannot be decoded", error.Message, StringComparison.Ordinal);
            }
        }, 5000);

    private static float[] Read(string text, string[] columns, int length)
    {
        ISource source = MessageSourceTest.Make(s_json with { Columns = columns }, ScriptedInlet.Of(text), length);
        using Window window = (Window)source.ReadAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult()!;
        return window.Values.ToArray();
    }

    private static async Task<Window> ReadAsync(string text, string columns)
    {
        await using ISource source = MessageSourceTest.Make(OptionsOf(columns), ScriptedInlet.Of(text), 2);
        return Assert.IsType<Window>(await source.ReadAsync(TestContext.Current.CancellationToken));
    }

    private static SourceOptions OptionsOf(string columns) =>
        s_json with { Columns = columns.Split(' ', StringSplitOptions.RemoveEmptyEntries) };
}
