using EdgeConv.Core;
using EdgeConv.Pipeline.Governing;
using EdgeConv.Pipeline.Pictures;
using EdgeConv.Pipeline.Preprocessing;
using EdgeConv.Testing;
using EdgeConv.Testing.Pipelines;
using Xunit;

namespace EdgeConv.Pipeline.Tests.Pictures;

public sealed class PictureWriterTest : IDisposable
{
    private readonly RecordingSink _sink = new();
    private readonly FakeEncoder _encoder = new();
    private readonly FakePreview _preview = new();
    private readonly ManualTime _time = new();
    private readonly List<string> _problems = [];
    private readonly BoardMonitor _board = new(new FakeBoard(), TimeProvider.System);
    private readonly Scene _odd = Scene.Gated(Scene.Gray(120, 80), Fit.Stretch, (1, 2));
    private readonly Scene _ordinary = Scene.Gated(Scene.Gray(120, 80), Fit.Stretch);

    public void Dispose()
    {
        _odd.Dispose();
        _ordinary.Dispose();
        _board.Dispose();
    }

    [Fact]
    public async Task A_frame_is_painted_and_published_by_another_thread()
    {
        using PictureWriter writer = Writer(new SnapshotOptions { Interval = TimeSpan.Zero, Expiry = TimeSpan.FromSeconds(9) });
        Assert.True(Offer(writer, _odd));
        await _sink.WaitAsync(sink => sink.Snapshots.Count == 1);
        Snapshot snapshot = _sink.Snapshots[0];
        Assert.Equal(("test", DateTimeOffset.UnixEpoch, 7), (snapshot.Pipeline, snapshot.Timestamp, snapshot.Sequence));
        Assert.Equal((10, 5), (snapshot.Picture.Length, snapshot.HeatMap.Length));
        Assert.Equal(TimeSpan.FromSeconds(9), snapshot.Expiry);
        Assert.Equal((18 * 6, 18 * 4), _encoder.HeatMap);
    }

    [Fact]
    public async Task An_ordinary_picture_has_no_heat_map()
    {
        using PictureWriter writer = Writer(new SnapshotOptions());
        Assert.True(Offer(writer, _ordinary));
        await _sink.WaitAsync(sink => sink.Snapshots.Count == 1);
        Assert.True(_sink.Snapshots[0].HeatMap.IsEmpty);
    }

    [Theory]
    [InlineData(SnapshotSubject.All, true, true, true)]
    [InlineData(SnapshotSubject.Found, false, true, true)]
    [InlineData(SnapshotSubject.Odd, false, false, true)]
    public void Only_its_subject_becomes_a_snapshot(SnapshotSubject subject, bool ordinary, bool boxes, bool odd)
    {
        Assert.Equal(ordinary, IsTaken(_ordinary.Outcome));
        Prediction found = new() { Kind = PredictionKind.Detection, Boxes = [new Box("a", 1, 0, 0, 5, 5)] };
        Assert.Equal(boxes, IsTaken(_ordinary.Outcome with { Prediction = found }));
        Assert.Equal(odd, IsTaken(_odd.Outcome));

        bool IsTaken(in Outcome outcome)
        {
            using PictureWriter writer = Writer(new SnapshotOptions { Of = subject });
            return writer.Offer(_ordinary.Frame, _ordinary.Member, outcome, 0);
        }
    }

    [Fact]
    public async Task Within_the_interval_none_is_taken()
    {
        using PictureWriter writer = Writer(new SnapshotOptions { Interval = TimeSpan.FromSeconds(2) });
        Assert.True(Offer(writer, _odd));
        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(Offer(writer, _odd));
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.True(Offer(writer, _odd));
        await _sink.WaitAsync(sink => sink.Snapshots.Count >= 1);
    }

    [Fact]
    public void A_preview_that_nobody_looks_at_costs_nothing_and_one_that_is_keeps_its_rate()
    {
        using PictureWriter writer = Writer(null, _preview);
        Assert.False(Offer(writer, _ordinary));
        _preview.IsWatched = true;
        int taken = 0;
        // 30 frames a second for ten seconds, of which ten a second are shown.
        for (int i = 0; i < 300; i++)
        {
            taken += Offer(writer, _ordinary) ? 1 : 0;
            _time.Advance(TimeSpan.FromSeconds(1 / 30.0));
        }

        Assert.InRange(taken, 99, 101);
        SpinWait.SpinUntil(() => _preview.Shown > 0, TimeSpan.FromSeconds(30));
        Assert.InRange(_preview.Shown, 1, taken);
        Assert.Empty(_sink.Snapshots);
    }

    [Fact]
    public async Task A_snapshot_that_waits_is_not_given_up_for_a_preview()
    {
        using ManualResetEventSlim painting = new();
        using ManualResetEventSlim goOn = new();
        _preview.IsWatched = true;
        _preview.RateHertz = double.PositiveInfinity;
        _encoder.BytesAtQuality = _ =>
        {
            painting.Set();
            goOn.Wait(TimeSpan.FromSeconds(30));
            return 10;
        };
        using PictureWriter writer = Writer(new SnapshotOptions { Of = SnapshotSubject.Odd }, _preview);
        Assert.True(Offer(writer, _ordinary));
        Assert.True(painting.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.True(Offer(writer, _odd));
        Assert.False(Offer(writer, _ordinary));
        goOn.Set();
        await _sink.WaitAsync(sink => sink.Snapshots.Count == 1);
    }

    [Fact]
    public void Offering_frames_of_one_size_allocates_nothing()
    {
        using Scene large = Scene.Gated(Scene.Gray(1600, 900), Fit.Stretch, (1, 2));
        _preview.IsWatched = true;
        using PictureWriter writer = Writer(new SnapshotOptions { Interval = TimeSpan.Zero }, _preview);
        ShownFrame shown = large.Shown();
        Assert.Equal(0, Allocation.Least(
            () => shown.Take(large.Frame, large.Member, large.Outcome, 1, PictureUse.Snapshot), 3));
        Assert.Equal(0, Allocation.Least(() => Offer(writer, large), 8));
    }

    [Fact]
    public async Task A_picture_that_cannot_be_made_is_told_and_the_next_one_painted()
    {
        int calls = 0;
        _encoder.BytesAtQuality = _ => ++calls switch
        {
            1 => throw new InvalidOperationException("no ink"),
            <= 9 => SnapshotMaker.MostBytes + 1,
            _ => 10,
        };
        using PictureWriter writer = Writer(new SnapshotOptions { Interval = TimeSpan.Zero });
        string[] expected =
        [
            "picture: InvalidOperationException: no ink",
            "snapshot: takes more than 60000 bytes even when it is small",
        ];
        for (int i = 0; i < expected.Length; i++)
        {
            Offer(writer, _odd);
            SpinWait.SpinUntil(() => _problems.Count > i, TimeSpan.FromSeconds(30));
            Assert.Equal(expected[..(i + 1)], _problems);
        }

        Offer(writer, _odd);
        await _sink.WaitAsync(sink => sink.Snapshots.Count == 1);
    }

    [Fact]
    public void Quality_steps_down_until_the_picture_fits_then_its_size()
    {
        using Scene scene = Scene.Gated(Scene.Gray(1600, 900), Fit.Stretch);
        FakeEncoder good = new() { BytesAtQuality = quality => SnapshotMaker.MostBytes + (quality > 50 ? 1 : 0) };
        Make(good, scene);
        Assert.Equal([(640, 360, 80), (640, 360, 65), (640, 360, 50)], good.Jpegs);
        int calls = 0;
        FakeEncoder small = new() { BytesAtQuality = _ => ++calls <= 4 ? SnapshotMaker.MostBytes + 1 : 1 };
        Make(small, scene);
        Assert.Equal((320, 180, 80), small.Jpegs[^1]);
    }

    private static void Make(FakeEncoder encoder, Scene scene)
    {
        PicturePainter painter = new();
        ShownFrame shown = scene.Shown();
        Assert.NotNull(new SnapshotMaker(encoder, painter).Make(
            shown, painter.Paint(shown, PicturePainter.SideOf(shown)), "test"));
    }

    private static bool Offer(PictureWriter writer, Scene scene) =>
        writer.Offer(scene.Frame, scene.Member, scene.Outcome, 7);

    private PictureWriter Writer(SnapshotOptions? snapshots, IPreview? preview = null)
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
            Snapshots = snapshots,
            Preview = preview,
            Time = _time,
        };
        return new PictureWriter(parts, _encoder, _problems.Add);
    }

    private sealed class FakePreview : IPreview
    {
        private int _shown;

        public bool IsWatched { get; set; }

        public double RateHertz { get; set; } = 10;

        public int Shown => Volatile.Read(ref _shown);

        public void Show(ReadOnlyMemory<byte> jpeg) => Interlocked.Increment(ref _shown);
    }
}
