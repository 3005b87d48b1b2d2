using EdgeConv.Core;
using EdgeConv.Gating.Maps;
using EdgeConv.Pipeline.Governing;
using EdgeConv.Pipeline.Preprocessing;
using EdgeConv.Pipeline.Snapshots;
using EdgeConv.Pipeline.Tests.Preprocessing.Support;
using EdgeConv.Testing;
using EdgeConv.Testing.Pipelines;
using Xunit;

namespace EdgeConv.Pipeline.Tests.Snapshots;

public sealed class SnapshotTest : IDisposable
{
    private static readonly InputLayout Input = new(1, 4, 6, true);
    private readonly RecordingSink _sink = new();
    private readonly FakeEncoder _encoder = new();
    private readonly ManualTime _time = new();
    private readonly List<string> _problems = [];
    private readonly BoardMonitor _board = new(new FakeBoard(), TimeProvider.System);
    private readonly FakeSession _session = MappedGate.Session(new Shape(1, 1, 4, 6));
    private readonly MapGate _map;

    public SnapshotTest()
    {
        _map = MappedGate.Fit(_session).Map!;
        MappedGate.Show(_session, (1, 2));
        _map.Evaluate(_session);
    }

    public void Dispose() => _board.Dispose();

    [Fact]
    public async Task An_odd_frame_is_painted_and_published_by_another_thread()
    {
        using SnapshotWriter writer = Writer(TimeSpan.Zero);
        Assert.True(Offer(writer, 120, 80));
        await _sink.WaitAsync(sink => sink.Snapshots.Count == 1);
        Snapshot snapshot = _sink.Snapshots[0];
        Assert.Equal(("test", DateTimeOffset.UnixEpoch), (snapshot.Pipeline, snapshot.Timestamp));
        Assert.Equal((10, 5), (snapshot.Picture.Length, snapshot.HeatMap.Length));
        Assert.Equal((18 * 6, 18 * 4), _encoder.HeatMap);
    }

    [Fact]
    public async Task Within_the_interval_none_is_taken()
    {
        using SnapshotWriter writer = Writer(TimeSpan.FromSeconds(2));
        Assert.True(Offer(writer, 60, 40));
        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(Offer(writer, 60, 40));
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.True(Offer(writer, 60, 40));
        await _sink.WaitAsync(sink => sink.Snapshots.Count >= 1);
    }

    [Fact]
    public void Offering_frames_of_one_size_allocates_nothing()
    {
        using SnapshotWriter writer = Writer(TimeSpan.Zero);
        byte[] pixels = new byte[1600 * 900];
        using Frame frame = Samples.Frame(1600, 900, pixels, PixelFormat.Gray8);
        ImageMapping mapping = ImageMapping.Of(Fit.Stretch, 1600, 900, Input);
        // All three copies have their memory by then.
        for (int i = 0; i < 3; i++)
            new OddFrame().Take(frame, _map, mapping, null);
        Assert.Equal(0, Allocation.Least(() => writer.Offer(frame, _map, mapping, null), 3));
    }

    [Fact]
    public async Task A_picture_that_cannot_be_made_is_told_and_the_next_one_painted()
    {
        int calls = 0;
        _encoder.BytesAtQuality = _ => ++calls switch
        {
            1 => throw new InvalidOperationException("no ink"),
            <= 9 => SnapshotPainter.MostBytes + 1,
            _ => 10,
        };
        using SnapshotWriter writer = Writer(TimeSpan.Zero);
        string[] expected =
        [
            "snapshot: InvalidOperationException: no ink",
            "snapshot: takes more than 60000 bytes even when it is small",
        ];
        for (int i = 0; i < expected.Length; i++)
        {
            Offer(writer, 28, 28);
            SpinWait.SpinUntil(() => _problems.Count > i, TimeSpan.FromSeconds(30));
            Assert.Equal(expected[..(i + 1)], _problems);
        }

        Offer(writer, 28, 28);
        await _sink.WaitAsync(sink => sink.Snapshots.Count == 1);
    }

    [Fact]
    public void Quality_steps_down_until_the_picture_fits_then_its_size()
    {
        FakeEncoder good = new() { BytesAtQuality = quality => SnapshotPainter.MostBytes + (quality > 50 ? 1 : 0) };
        Paint(good, 1600, 900, null);
        Assert.Equal([(640, 360, 80), (640, 360, 65), (640, 360, 50)], good.Jpegs);
        int calls = 0;
        FakeEncoder small = new() { BytesAtQuality = _ => ++calls <= 4 ? SnapshotPainter.MostBytes + 1 : 1 };
        Paint(small, 1600, 900, null);
        Assert.Equal((320, 180, 80), small.Jpegs[^1]);
    }

    [Fact]
    public void A_small_picture_is_enlarged_and_the_box_drawn_where_it_is_odd()
    {
        FakeEncoder encoder = new();
        Paint(encoder, 28, 28, new OddRegion(7, 14, 14, 7));
        Assert.Equal((224, 224, 80), encoder.Jpegs[0]);
        (byte, byte, byte) box = (0, 255, 255);
        Assert.Equal(box, encoder.At(56, 112));
        Assert.Equal(box, encoder.At(167, 167));
        Assert.Equal(box, encoder.At(56, 140));
        Assert.NotEqual(box, encoder.At(54, 112));
        Assert.NotEqual(box, encoder.At(100, 140));
    }

    [Fact]
    public void The_odd_position_is_hot_and_what_was_cropped_away_stays_as_it_is()
    {
        FakeEncoder encoder = new();
        OddFrame odd = new();
        byte[] gray = new byte[240 * 80];
        Array.Fill(gray, (byte)100);
        using Frame frame = Samples.Frame(240, 80, gray, PixelFormat.Gray8);
        ImageMapping mapping = ImageMapping.Of(Fit.Crop, 240, 80, Input);
        odd.Take(frame, _map, mapping, null);
        new SnapshotPainter(encoder).Paint(odd, "test");
        Assert.Equal((240, 80), (encoder.Jpegs[0].Width, encoder.Jpegs[0].Height));
        // The input sees the middle 120 columns, 20 for each position; that of row 1, column 2 is odd.
        (byte red, byte green, byte blue) = encoder.At(60 + 50, 30);
        Assert.True(red > 180 && green < 60 && blue < 60, $"{red} {green} {blue}");
        Assert.Equal((100, 100, 100), encoder.At(30, 30));
        Assert.Equal((100, 100, 100), encoder.At(210, 30));
    }

    [Fact]
    public void A_large_frame_is_thinned_to_its_nearest_pixels()
    {
        byte[] rgb = new byte[2560 * 4 * 3];
        for (int x = 0; x < 2560; x++)
        {
            for (int y = 0; y < 4; y++)
                rgb[((y * 2560) + x) * 3] = (byte)(x / 10);
        }

        OddFrame odd = new();
        using Frame frame = Samples.Frame(2560, 4, rgb);
        odd.Take(frame, _map, ImageMapping.Of(Fit.Stretch, 2560, 4, Input), null);
        Assert.Equal((1280, 2), (odd.Picture.Width, odd.Picture.Height));
        for (int x = 0; x < 1280; x++)
            Assert.Equal((byte)(x / 5), odd.Picture.Pixels.Span[(1280 + x) * 3]);
    }

    [Theory]
    [InlineData(PixelFormat.Yuyv)]
    [InlineData(PixelFormat.Uyvy)]
    [InlineData(PixelFormat.Nv12)]
    [InlineData(PixelFormat.Yuv420)]
    public void A_large_frame_of_a_camera_keeps_its_colours_where_they_are(PixelFormat format)
    {
        using Frame frame = CameraFrames.Made(
            format, (2560, 8), (x, y) => (x / 10, x / 16, 255 - (x / 16)), padding: 6, ColorCoding.Bt709);
        OddFrame odd = new();
        odd.Take(frame, _map, ImageMapping.Of(Fit.Stretch, 2560, 8, Input), null);
        Assert.Equal((1280, 4, ColorCoding.Bt709), (odd.Picture.Width, odd.Picture.Height, odd.Picture.Coding));
        ReadOnlySpan<byte> bytes = odd.Picture.Pixels.Span;
        for (int i = 0; i < 1280 * 4; i++)
        {
            (int luma, int u, int v) = CameraFrames.Places(odd.Picture, i % 1280, i / 1280);
            Assert.InRange(bytes[luma], (i % 1280 / 5) - 1, (i % 1280 / 5) + 1);
            Assert.Equal(i % 1280 / 8, bytes[u]);
            Assert.Equal(255 - (i % 1280 / 8), bytes[v]);
        }
    }

    [Fact]
    public void A_camera_s_frame_is_painted_in_its_colours()
    {
        FakeEncoder encoder = new();
        OddFrame odd = new();
        using Frame frame = CameraFrames.Made(
            PixelFormat.Nv12, (240, 80), (x, _) => x < 120 ? (81, 90, 240) : (41, 240, 110));
        odd.Take(frame, _map, ImageMapping.Of(Fit.Crop, 240, 80, Input), null);
        new SnapshotPainter(encoder).Paint(odd, "test");
        Assert.Equal((254, 0, 0), encoder.At(30, 30));
        Assert.Equal((0, 0, 255), encoder.At(210, 30));
    }

    [Fact]
    public void Heat_of_the_threshold_is_yellow_whatever_the_threshold()
    {
        foreach (float threshold in (float[])[0.5f, 30, 1e6f])
        {
            Assert.Equal(new Color(255, 230, 0), HeatColors.Of(HeatColors.HeatOf(threshold, threshold)));
            Assert.Equal(new Color(255, 0, 0), HeatColors.Of(HeatColors.HeatOf(3 * threshold, threshold)));
            Assert.Equal(new Color(0, 0, 96), HeatColors.Of(HeatColors.HeatOf(0, threshold)));
        }

        Assert.Equal(0, HeatColors.HeatOf(float.MaxValue, float.PositiveInfinity));
    }

    private void Paint(FakeEncoder encoder, int width, int height, OddRegion? region)
    {
        OddFrame odd = new();
        using Frame frame = Samples.Frame(width, height, new byte[width * height], PixelFormat.Gray8);
        odd.Take(frame, _map, ImageMapping.Of(Fit.Stretch, width, height, Input), region);
        Assert.NotNull(new SnapshotPainter(encoder).Paint(odd, "test"));
    }

    private bool Offer(SnapshotWriter writer, int width, int height)
    {
        using Frame frame = Samples.Frame(width, height, new byte[width * height], PixelFormat.Gray8);
        return writer.Offer(frame, _map, ImageMapping.Of(Fit.Stretch, width, height, Input), null);
    }

    private SnapshotWriter Writer(TimeSpan interval)
    {
        PipelineParts parts = new()
        {
            Name = "test",
            Source = new ScriptedSource(false),
            Family = [],
            Profiles = [],
            Sink = _sink,
            Board = _board,
            Budget = new BudgetOptions(),
            Time = _time,
        };
        return new SnapshotWriter(parts, new SnapshotOptions { Interval = interval }, _encoder, _problems.Add);
    }
}
