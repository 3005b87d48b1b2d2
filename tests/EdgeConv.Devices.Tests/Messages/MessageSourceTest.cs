using EdgeConv.Devices.Tests.Support;
using SkiaSharp;

namespace EdgeConv.Devices.Tests.Messages;

public sealed class MessageSourceTest
{
    private static readonly SourceOptions s_json = new() { Kind = SourceKind.Mqtt, Format = SampleFormat.Json };

    [Fact]
    public async Task A_window_has_its_message_s_topic_time_correlation_and_receipt()
    {
        ScriptedInlet inlet = ScriptedInlet.Of("[[1,2],[3,4],[5,6]]");
        await using ISource source = Make(s_json with { RateHertz = 50 }, inlet, 3);
        Assert.False(source.IsLive);
        Assert.True(await source.OpenAsync(TestContext.Current.CancellationToken));
        using Window window = Assert.IsType<Window>(await source.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Equal((3, 2, 50.0, 0L), (window.Length, window.Channels, window.RateHertz, window.Sequence));
        Assert.Equal([1, 2, 3, 4, 5, 6], window.Values.ToArray());
        Assert.Equal(("test/seven", 77L), (window.Origin, window.CapturedAt));
        Assert.Equal(new DateTimeOffset(2026, 8, 1, 12, 0, 0, TimeSpan.Zero), window.Timestamp);
        Assert.Equal([1, 2], window.Correlation.ToArray());
        Assert.Same(inlet.Taken[0], window.Receipt);
    }

    [Fact]
    public async Task A_good_message_is_settled_by_nobody_here_and_a_bad_one_at_once_as_unusable()
    {
        ScriptedInlet inlet = ScriptedInlet.Of("[1,2]", "[1]", "[3,4]");
        await using ISource source = Make(s_json, inlet, 2);
        (await source.ReadAsync(TestContext.Current.CancellationToken))!.Dispose();
        DataError error = await Assert.ThrowsAsync<DataError>(
            () => source.ReadAsync(TestContext.Current.CancellationToken).AsTask());
        Assert.Equal("test/seven: has 1 instants; the model takes windows of 2", error.Message);
        using Sample? next = await source.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, next!.Sequence);
        Assert.Equal([[], [Settlement.Unusable], []], inlet.Taken.Select(message => message.Settlements));
    }

    [Fact]
    public async Task A_jpeg_or_png_is_a_picture()
    {
        byte[] jpeg = Pictures.Jpeg(8, 4, (_, _) => SKColors.Red);
        await using ISource source = Make(s_json with { Format = SampleFormat.Image }, ScriptedInlet.Of(jpeg, [1, 2, 3]), null);
        using Frame frame = Assert.IsType<Frame>(await source.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Equal(("test/seven", PixelFormat.Rgb24, 8, 4), (frame.Origin, frame.Format, frame.Width, frame.Height));
        Assert.NotNull(frame.Receipt);
        DataError error = await Assert.ThrowsAsync<DataError>(
            () => source.ReadAsync(TestContext.Current.CancellationToken).AsTask());
        Assert.Equal("test/seven: is no picture; JPEG or PNG is needed", error.Message);
    }

    [Fact]
    public async Task A_bare_picture_is_taken_as_it_lies_there_when_it_has_the_right_bytes()
    {
        SourceOptions gray = s_json with { Format = SampleFormat.Gray8, Width = 3, Height = 2 };
        await using ISource source = Make(gray, ScriptedInlet.Of([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5]), null);
        using Frame frame = Assert.IsType<Frame>(await source.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Equal((3, 2, 3), (frame.Width, frame.Height, frame.Stride));
        Assert.Equal([1, 2, 3, 4, 5, 6], frame.Pixels.ToArray());
        DataError error = await Assert.ThrowsAsync<DataError>(
            () => source.ReadAsync(TestContext.Current.CancellationToken).AsTask());
        Assert.Equal("test/seven: has 5 bytes; a picture of 3 x 2 has 6", error.Message);
    }

    [Theory]
    [InlineData(SampleFormat.UInt8, "0180FF", "1,128,255")]
    [InlineData(SampleFormat.Int16, "01000080FF7F", "1,-32768,32767")]
    [InlineData(SampleFormat.Float32, "0000803F000000C00000A041", "1,-2,20")]
    public async Task Bare_values_are_little_endian(SampleFormat format, string hex, string expected)
    {
        await using ISource source = Make(s_json with { Format = format }, ScriptedInlet.Of(Convert.FromHexString(hex)), 3);
        using Window window = Assert.IsType<Window>(await source.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Equal(expected.Split(',').Select(float.Parse), window.Values.ToArray());
    }

    [Fact]
    public Task A_value_cut_short_is_named() => Refuses(
        s_json with { Format = SampleFormat.Float32 }, ScriptedInlet.Of([1, 2, 3, 4, 5]), "has 5 bytes; a value has 4");

    [Fact]
    public Task Values_that_fill_no_instant_are_named() => Refuses(
        s_json with { Format = SampleFormat.UInt8, Channels = 2 }, ScriptedInlet.Of([1, 2, 3]),
        "has 3 values, no multiple of the 2 channels");

    [Fact]
    public Task A_value_that_is_not_finite_is_named() => Refuses(
        s_json with { Format = SampleFormat.Float32 }, ScriptedInlet.Of([0, 0, 0, 0, 0, 0, 0xC0, 0x7F]),
        "instant 1, channel 0 is NaN; finite numbers are needed");

    [Fact]
    public async Task Csv_is_read_as_files_are()
    {
        SourceOptions csv = s_json with { Format = SampleFormat.Csv, Columns = ["y"], Offset = 1, Scale = 10 };
        await using ISource source = Make(csv, ScriptedInlet.Of("x,y\n1,2\n3,4\n", "x,z\n1,2\n3,4\n"), 2);
        using Window window = Assert.IsType<Window>(await source.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Equal([30, 50], window.Values.ToArray());
        DataError error = await Assert.ThrowsAsync<DataError>(
            () => source.ReadAsync(TestContext.Current.CancellationToken).AsTask());
        Assert.Equal("test/seven: has no column 'y'; it has x, z", error.Message);
    }

    [Fact]
    public void Pictures_are_refused_by_a_model_of_windows()
    {
        ConfigError error = Assert.Throws<ConfigError>(
            () => Make(s_json with { Format = SampleFormat.Image }, ScriptedInlet.Of("x"), 5));
        Assert.Contains("mqtt gives pictures; the model takes windows of 5", error.Message, StringComparison.Ordinal);
    }

    internal static ISource Make(SourceOptions options, ScriptedInlet inlet, int? length) =>
        SourceFactory.Create(options, new SampleWish { WindowLength = length }, inlet);

    internal static async Task Refuses(SourceOptions options, ScriptedInlet inlet, string problem)
    {
        await using ISource source = Make(options, inlet, 2);
        DataError error = await Assert.ThrowsAsync<DataError>(
            () => source.ReadAsync(TestContext.Current.CancellationToken).AsTask());
        Assert.Equal($"test/seven: {problem}", error.Message);
        Assert.Equal([Settlement.Unusable], inlet.Taken[0].Settlements);
    }
}
