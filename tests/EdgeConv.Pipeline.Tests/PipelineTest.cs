using EdgeConv.Core;
using EdgeConv.Pipeline.Decoding;
using EdgeConv.Pipeline.Governing;
using EdgeConv.Pipeline.Preprocessing;
using EdgeConv.Testing.Pipelines;
using Xunit;

namespace EdgeConv.Pipeline.Tests;

public sealed class PipelineTest : IDisposable
{
    private readonly RecordingSink _sink = new();
    private readonly FakeBoard _board = new();
    private readonly BoardMonitor _monitor;

    public PipelineTest() => _monitor = new BoardMonitor(_board, TimeProvider.System);

    public void Dispose() => _monitor.Dispose();

    [Fact]
    public async Task Every_sample_of_a_recording_becomes_a_result_in_order()
    {
        await Run(new ScriptedSource(false, [.. Enumerable.Range(0, 50).Select(i => Window(i))]));
        Assert.Equal(Enumerable.Range(0, 50).Select(i => (long)i), _sink.Results.Select(r => r.Sequence));
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"w{i}"), _sink.Results.Select(r => r.Origin));
        Assert.Equal(PipelineState.Stopped, _sink.Health[^1].State);
        Assert.Equal(50, _sink.Health[^1].Results);
    }

    [Fact]
    public async Task A_bad_sample_is_counted_and_reported_and_the_next_one_is_served()
    {
        await Run(new ScriptedSource(false,
            Window(0), new DataError("x.csv:7", "'abc' is no number"), Window(1, length: 3), Window(2)));
        Assert.Equal(["w0", "w2"], _sink.Results.Select(r => r.Origin));
        Health last = _sink.Health[^1];
        Assert.Equal(2, last.BadSamples);
        Assert.Contains(_sink.Health, h => h.Problem == "x.csv:7: 'abc' is no number");
        Assert.Equal("w1: a window of 3 x 1 channels; the model needs 4 x 1", last.Problem);
    }

    [Fact]
    public async Task An_unexpected_failure_of_one_sample_does_not_end_the_pipeline()
    {
        int runs = 0;
        FakeSession session = Session(_ =>
        {
            if (runs++ == 1)
                throw new InvalidOperationException("broken");
        });
        await Run(new ScriptedSource(false, Window(0), Window(1), Window(2)), session);
        Assert.Equal(["w0", "w2"], _sink.Results.Select(r => r.Origin));
        Assert.Equal(1, _sink.Health[^1].BadSamples);
    }

    [Fact]
    public async Task A_lost_device_is_waited_for_and_the_pipeline_says_so()
    {
        await Run(new ScriptedSource(true, Window(0), new DeviceError("/dev/video0", "is gone"), Window(1)));
        Assert.Equal(["w0", "w1"], _sink.Results.Select(r => r.Origin));
        Assert.Contains(_sink.Health,
            h => h.State == PipelineState.Waiting && h.Problem == "/dev/video0: is gone");
        Assert.Contains(_sink.Health.SkipWhile(h => h.State != PipelineState.Waiting),
            h => h.State == PipelineState.Running);
    }

    [Fact]
    public async Task A_live_source_s_stale_samples_make_room_for_the_newest()
    {
        using ManualResetEventSlim go = new();
        using ManualResetEventSlim started = new();
        FakeSession session = Session(_ =>
        {
            started.Set();
            go.Wait();
        });
        LateSource source = new(started, go, 20);
        await Run(source, session);
        Assert.Equal("w0", _sink.Results[0].Origin);
        Assert.Equal("w20", _sink.Results[^1].Origin);
        Assert.Equal(2, _sink.Results.Count);
        Assert.Equal(19, _sink.Health[^1].StaleDropped);
        Assert.Equal(0, source.Unreleased);
    }

    [Fact]
    public async Task Every_sample_is_given_back_once()
    {
        int released = 0;
        object[] script = [.. Enumerable.Range(0, 10).Select(
            i => Window(i, release: _ => Interlocked.Increment(ref released)))];
        await Run(new ScriptedSource(false, script));
        Assert.Equal(10, released);
    }

    [Fact]
    public async Task The_operating_point_in_a_result_is_the_one_that_ran()
    {
        FakeSession slow = Session(_ => Thread.Sleep(5));
        FakeSession fast = new(new Shape(1, 1, 4), [new Shape(1, 2)])
        {
            Model = new ModelIdentity("fast", "fast.onnx", new string('1', 64)),
        };
        BudgetOptions budget = new() { Latency = TimeSpan.FromMilliseconds(2) };
        object[] script = [.. Enumerable.Range(0, 40).Select(i => Window(i))];
        await Run(new ScriptedSource(false, script), budget, slow, fast);
        Assert.All(_sink.Results, r => Assert.Equal(r.Model.Name, r.OperatingPoint.Model));
        Assert.Contains(_sink.Results, r => r.Model.Name == "fast");
        Assert.Contains(_sink.Health, h => h.OperatingPoint?.Reason.StartsWith("p99", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task A_budget_that_cannot_be_held_stands_in_health_beside_a_bad_sample()
    {
        BudgetOptions budget = new() { Latency = TimeSpan.FromMilliseconds(0.1) };
        object[] script = [.. Enumerable.Range(0, 40).Select(i => Window(i)), Window(40, length: 3), Window(41)];
        await Run(new ScriptedSource(false, script), budget, Session(_ => Thread.Sleep(1)));
        Assert.Contains(_sink.Health, h => h is { State: PipelineState.Running, Problem: { } problem } &&
            problem.StartsWith("the budget of 0.1 ms cannot be held: p99 is ", StringComparison.Ordinal));
        Assert.Contains(_sink.Health, h => h.Problem is { } problem &&
            problem.StartsWith("the budget of 0.1 ms", StringComparison.Ordinal) &&
            problem.EndsWith("; w40: a window of 3 x 1 channels; the model needs 4 x 1", StringComparison.Ordinal));
    }

    private Task Run(ISource source, params FakeSession[] sessions) => Run(source, new BudgetOptions(), sessions);

    private async Task Run(ISource source, BudgetOptions budget, params FakeSession[] sessions)
    {
        FakeSession[] family = sessions.Length != 0 ? sessions : [Session(_ => { })];
        using Pipeline pipeline = new(new PipelineParts
        {
            Name = "test",
            Source = source,
            Family = [.. family.Select(s => new FamilyMember(s, null, new PreprocessOptions(), new DecodeOptions(), 1))],
            Profiles = [.. family.Select((s, i) => new PointProfile(
                i, s.Model.Name, 1, 1 - i / 10.0, TimeSpan.FromMilliseconds(1.0 / (i + 1)), 1e-3 / (i + 1)))],
            Sink = _sink,
            Board = _monitor,
            Budget = budget,
        });
        await pipeline.RunAsync(TestContext.Current.CancellationToken);
        await source.DisposeAsync();
    }

    private static FakeSession Session(Action<FakeSession> run) =>
        new(new Shape(1, 1, 4), [new Shape(1, 2)], run);

    private static Window Window(int index, int length = 4, Action<Sample>? release = null) =>
        Samples.Window(new float[length], 1, $"w{index}", release);

    /// <summary>Gives one window, waits until it is being worked on, then gives many at once.</summary>
    private sealed class LateSource(ManualResetEventSlim started, ManualResetEventSlim go, int late) : ISource
    {
        private int _given;
        private int _unreleased;

        public int Unreleased => _unreleased;

        public string Name => "late";

        public bool IsLive => true;

        public ValueTask<Sample?> ReadAsync(CancellationToken cancellation)
        {
            if (_given == 1)
                started.Wait(cancellation);
            if (_given > late)
            {
                go.Set();
                return ValueTask.FromResult<Sample?>(null);
            }

            Interlocked.Increment(ref _unreleased);
            return ValueTask.FromResult<Sample?>(
                Window(_given++, release: _ => Interlocked.Decrement(ref _unreleased)));
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
