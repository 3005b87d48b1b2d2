using EdgeConv.Core;
using EdgeConv.Pipeline.Decoding;
using EdgeConv.Pipeline.Governing;
using EdgeConv.Pipeline.Preprocessing;
using EdgeConv.Testing.Pipelines;
using Xunit;

namespace EdgeConv.Pipeline.Tests;

/// <summary>A pipeline that cannot go on: what it says, and that nothing is left behind.</summary>
public sealed class PipelineFailureTest : IDisposable
{
    private readonly RecordingSink _sink = new();
    private readonly BoardMonitor _monitor = new(new FakeBoard(), TimeProvider.System);

    public void Dispose() => _monitor.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_worker_that_breaks_stops_its_reader_and_gives_every_sample_back(bool isLive)
    {
        CountingSource source = new(isLive);
        FakeSession session = Session(session =>
        {
            // By then one sample lies in the mailbox, and a recording's next one waits to be put there.
            if (session.Runs > 3 && SpinWait.SpinUntil(() => source.Given >= 6, TimeSpan.FromSeconds(30)))
                throw new InsufficientMemoryException("no room");
        });
        using Pipeline pipeline = Pipeline(source, session);
        await Assert.ThrowsAsync<InsufficientMemoryException>(() => pipeline.RunAsync(Cancellation));
        Assert.False(source.IsBeingRead);
        Assert.Equal(source.Given, source.Released);
        Assert.Equal(PipelineState.Failed, _sink.Health[^1].State);
        Assert.Equal("InsufficientMemoryException: no room", _sink.Health[^1].Problem);
        Assert.Equal(TimeSpan.Zero, pipeline.BusyFor);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_source_that_breaks_fails_the_pipeline_after_what_it_has_given(bool isLive)
    {
        CountingSource source = new(isLive) { Count = 5, Failure = new InvalidOperationException("broken") };
        using Pipeline pipeline = Pipeline(source, BreakingAfter(int.MaxValue, new InvalidOperationException()));
        await Assert.ThrowsAsync<InvalidOperationException>(() => pipeline.RunAsync(Cancellation));
        Assert.Equal(5, source.Released);
        Health last = _sink.Health[^1];
        Assert.Equal(5, last.Results + last.StaleDropped);
        Assert.Equal((PipelineState.Failed, "InvalidOperationException: broken"), (last.State, last.Problem));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stopped_pipeline_gives_every_sample_back(bool isLive)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        int runs = 0;
        FakeSession session = Session(_ =>
        {
            if (++runs == 3)
                stop.Cancel();
        });
        CountingSource source = new(isLive);
        using Pipeline pipeline = Pipeline(source, session);
        await pipeline.RunAsync(stop.Token);
        Assert.Equal(source.Given, source.Released);
        Assert.Equal(PipelineState.Stopped, _sink.Health[^1].State);
    }

    [Fact]
    public async Task A_model_that_fails_on_16_samples_in_a_row_fails_the_pipeline()
    {
        CountingSource source = new(isLive: false) { Count = 100 };
        using Pipeline pipeline = Pipeline(source, BreakingAfter(10, new InvalidOperationException("broken")));
        await Assert.ThrowsAsync<InvalidOperationException>(() => pipeline.RunAsync(Cancellation));
        Health last = _sink.Health[^1];
        Assert.Equal((PipelineState.Failed, 10, 16), (last.State, last.Results, last.BadSamples));
        Assert.Equal(source.Given, source.Released);
    }

    [Fact]
    public async Task A_model_that_recovers_before_is_kept()
    {
        int runs = 0;
        FakeSession session = Session(_ =>
        {
            if (++runs % 16 != 0)
                throw new InvalidOperationException("broken");
        });
        using Pipeline pipeline = Pipeline(new CountingSource(isLive: false) { Count = 64 }, session);
        await pipeline.RunAsync(Cancellation);
        Health last = _sink.Health[^1];
        Assert.Equal((PipelineState.Stopped, 4, 60), (last.State, last.Results, last.BadSamples));
    }

    [Fact]
    public async Task A_recording_waits_for_the_sink_s_room()
    {
        TaskCompletionSource room = new();
        RecordingSink full = new() { Room = room.Task };
        using Pipeline pipeline = Pipeline(new CountingSource(isLive: false) { Count = 20 }, Session(_ => { }), full);
        Task run = pipeline.RunAsync(Cancellation);
        await full.Asked.WaitAsync(Cancellation);
        Assert.Empty(full.Results);
        room.SetResult();
        await run;
        Assert.Equal(20, full.Results.Count);
    }

    [Fact]
    public async Task A_stop_ends_the_wait_for_room_and_loses_nothing_that_was_read()
    {
        RecordingSink full = new() { Room = new TaskCompletionSource().Task };
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        CountingSource source = new(isLive: false);
        using Pipeline pipeline = Pipeline(source, Session(_ => { }), full);
        Task run = pipeline.RunAsync(stop.Token);
        await full.Asked.WaitAsync(Cancellation);
        await stop.CancelAsync();
        await run;
        Assert.Equal(source.Given, source.Released);
        Assert.Equal(source.Given, full.Results.Count);
    }

    [Fact]
    public async Task A_live_source_does_not_wait_for_room()
    {
        RecordingSink full = new() { Room = new TaskCompletionSource().Task };
        using Pipeline pipeline = Pipeline(new CountingSource(isLive: true) { Count = 20 }, Session(_ => { }), full);
        await pipeline.RunAsync(Cancellation);
        Health last = full.Health[^1];
        Assert.Equal(20, last.Results + last.StaleDropped);
        Assert.False(full.Asked.IsCompleted);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Pipeline Pipeline(ISource source, FakeSession session, RecordingSink? sink = null) => new(new PipelineParts
    {
        Name = "test",
        Source = source,
        Family = [new FamilyMember(session, null, new PreprocessOptions(), new DecodeOptions(), 1)],
        Profiles = [new PointProfile(0, "fake", 1, 1, TimeSpan.FromMilliseconds(1), 1e-3)],
        Sink = sink ?? _sink,
        Board = _monitor,
        Budget = new BudgetOptions(),
    });

    private static FakeSession BreakingAfter(int runs, Exception error) => Session(session =>
    {
        if (session.Runs > runs)
            throw error;
    });

    private static FakeSession Session(Action<FakeSession> run) =>
        new(new Shape(1, 1, 4), [new Shape(1, 2)], run);
}
