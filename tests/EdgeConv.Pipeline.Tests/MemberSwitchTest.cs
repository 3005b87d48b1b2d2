using EdgeConv.Core;
using EdgeConv.Gating;
using EdgeConv.Pipeline.Decoding;
using EdgeConv.Pipeline.Governing;
using EdgeConv.Pipeline.Preprocessing;
using EdgeConv.Testing.Pipelines;
using Xunit;

namespace EdgeConv.Pipeline.Tests;

/// <summary>What a subscriber sees of a live source while its pipeline moves to another member.</summary>
public sealed class MemberSwitchTest : IDisposable
{
    private const int Frames = 200;
    private const int SlowFrom = 60;
    private readonly RecordingSink _sink = new();
    private readonly BoardMonitor _monitor = new(new FakeBoard(), TimeProvider.System);

    // What the machine that runs the test takes is not latency: a frame that is too old is passed over.
    private readonly ManualTime _time = new();

    public void Dispose() => _monitor.Dispose();

    [Fact]
    public async Task No_frame_is_missed_and_each_is_gated_by_the_member_that_saw_it()
    {
        FamilyMember[] family = [Member("large", isSlowed: true), Member("small", isSlowed: false)];
        await using HandInHandSource source = new(_time);
        using Pipeline pipeline = new(new PipelineParts
        {
            Name = "test",
            Source = source,
            Family = family,
            Profiles = [.. family.Select((member, i) => new PointProfile(
                i, member.Session.Model.Name, 1, 1 - i / 10.0, TimeSpan.FromMilliseconds(1.0 / (i + 1)), 1e-3 / (i + 1)))],
            Sink = _sink,
            Board = _monitor,
            Time = _time,
            Budget = new BudgetOptions { Latency = TimeSpan.FromMilliseconds(200) },
        });
        await pipeline.RunAsync(TestContext.Current.CancellationToken);
        IReadOnlyList<Result> results = _sink.Results;
        Assert.Equal(Enumerable.Range(0, Frames).Select(i => $"w{i}"), results.Select(result => result.Origin));
        Assert.Equal(Enumerable.Range(0, Frames).Select(i => (long)i), results.Select(result => result.Sequence));
        Assert.Equal("large", results[0].Model.Name);
        Assert.Equal("small", results[^1].Model.Name);
        // Each member's fingerprint knows its own tap, and its gate says so.
        Assert.All(results, result => Assert.Equal($"tap of {result.Model.Name}", result.Gate?.Tap));
        Assert.Equal(0, _sink.Health[^1].StaleDropped);
        GovernorDecision decision = Assert.Single(_sink.Findings.OfType<GovernorDecision>());
        Assert.Equal((GovernorCause.Latency, "large", "small"), (decision.Cause, decision.From.Model, decision.To.Model));
    }

    private FamilyMember Member(string name, bool isSlowed)
    {
        string tap = $"tap of {name}";
        ModelIdentity model = new(name, $"{name}.onnx", new string('0', 64));
        FakeSession session = new(new Shape(1, 1, 4), [new Shape(1, 2)], run =>
        {
            bool isSlow = isSlowed && run.Runs > SlowFrom;
            _time.Advance(TimeSpan.FromMilliseconds(isSlow ? 300 : 1));
        })
        {
            Model = model,
            Taps = [new TapInfo(tap, 1, 1)],
            Statistics = [0, 1],
        };
        return new FamilyMember(
            session, new MahalanobisGate(Fit(model, tap)), new PreprocessOptions(), new DecodeOptions(), 1);
    }

    private static Fingerprint Fit(ModelIdentity model, string tap)
    {
        Random random = new(20);
        FingerprintFitter fitter = new(model, new FitOptions { Taps = [new TapChoice(tap, 1)] });
        for (int i = 0; i < 3000; i++)
            fitter.Add($"sample {i}", 0, [(float)(random.NextDouble() - 0.5), 1]);
        return fitter.Finish();
    }

    /// <summary>A camera whose next frame comes when the pipeline is done with the one before.</summary>
    private sealed class HandInHandSource(TimeProvider time) : ISource
    {
        private int _given;
        private int _released;

        public string Name => "hand in hand";

        public bool IsLive => true;

        public async ValueTask<Sample?> ReadAsync(CancellationToken cancellation)
        {
            while (Volatile.Read(ref _released) < _given)
                await Task.Delay(1, cancellation);
            return _given == Frames
                ? null
                : Samples.Window(new float[4], 1, $"w{_given++}", _ => Interlocked.Increment(ref _released), time);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
