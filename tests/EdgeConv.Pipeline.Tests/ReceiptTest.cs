using EdgeConv.Core;
using EdgeConv.Pipeline.Decoding;
using EdgeConv.Pipeline.Governing;
using EdgeConv.Pipeline.Preprocessing;
using EdgeConv.Testing.Pipelines;
using Xunit;

namespace EdgeConv.Pipeline.Tests;

/// <summary>What a pipeline tells the sender of a sample, and when.</summary>
public sealed class ReceiptTest : IDisposable
{
    private readonly RecordingSink _sink = new();
    private readonly BoardMonitor _monitor = new(new FakeBoard(), TimeProvider.System);

    public void Dispose() => _monitor.Dispose();

    [Fact]
    public async Task A_result_carries_its_sample_s_receipt_and_correlation_and_settles_nothing()
    {
        Receipt receipt = new();
        await RunAsync([Window(receipt)], _ => { });
        Result result = Assert.Single(_sink.Results);
        Assert.Same(receipt, result.Receipt);
        Assert.Equal([5, 6], result.Correlation.ToArray());
        Assert.Empty(receipt.Settlements);
    }

    [Fact]
    public async Task A_sample_that_fits_no_model_is_settled_as_unusable()
    {
        Receipt wrong = new(), right = new();
        await RunAsync([Window(wrong, 3), Window(right)], _ => { });
        Assert.Equal([Settlement.Unusable], wrong.Settlements);
        Assert.Empty(right.Settlements);
        Assert.Single(_sink.Results);
    }

    [Fact]
    public async Task A_model_that_stumbles_over_samples_settles_them_until_it_has_broken_for_good()
    {
        Receipt[] receipts = [.. Enumerable.Range(0, 20).Select(_ => new Receipt())];
        await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(
            [.. receipts.Select(receipt => Window(receipt))], _ => throw new InvalidOperationException("broken")));
        Assert.All(receipts[..15], receipt => Assert.Equal([Settlement.Unusable], receipt.Settlements));
        Assert.All(receipts[15..], receipt => Assert.Empty(receipt.Settlements));
    }

    [Fact]
    public async Task A_source_that_is_open_again_makes_the_pipeline_run_before_a_sample_comes()
    {
        OpeningSource source = new();
        using Pipeline pipeline = Make(source, _ => { });
        using CancellationTokenSource stop = new();
        Task run = pipeline.RunAsync(stop.Token);
        await _sink.WaitAsync(sink => sink.Health.Any(health => health.State == PipelineState.Waiting));
        await _sink.WaitAsync(sink => sink.Health[^1] is { State: PipelineState.Running, Problem: null });
        await stop.CancelAsync();
        await run;
        Assert.Empty(_sink.Results);
    }

    private async Task RunAsync(Window[] windows, Action<FakeSession> work)
    {
        using Pipeline pipeline = Make(new ScriptedSource(isLive: false, [.. windows]), work);
        await pipeline.RunAsync(TestContext.Current.CancellationToken);
    }

    private Pipeline Make(ISource source, Action<FakeSession> work) => new(new PipelineParts
    {
        Name = "test",
        Source = source,
        Family =
        [
            new FamilyMember(
                new FakeSession(new Shape(1, 1, 4), [new Shape(1, 2)], work), null, new PreprocessOptions(),
                new DecodeOptions(), 1),
        ],
        Profiles = [new PointProfile(0, "fake", 1, 1, TimeSpan.FromMilliseconds(1), 1e-3)],
        Sink = _sink,
        Board = _monitor,
        Budget = new BudgetOptions(),
    });

    private static Window Window(IReceipt receipt, int length = 4) => new()
    {
        Timestamp = DateTimeOffset.UnixEpoch,
        CapturedAt = TimeProvider.System.GetTimestamp(),
        Sequence = 0,
        Origin = "test",
        Receipt = receipt,
        Correlation = new byte[] { 5, 6 },
        Length = length,
        Channels = 1,
        RateHertz = 1,
        Values = new float[length],
    };

    private sealed class Receipt : IReceipt
    {
        public List<Settlement> Settlements { get; } = [];

        public void Settle(Settlement settlement) => Settlements.Add(settlement);
    }

    /// <summary>Cannot be opened once, then is open and gives nothing.</summary>
    private sealed class OpeningSource : ISource
    {
        private int _attempts;

        public string Name => "opening";

        public bool IsLive => false;

        public ValueTask<bool> OpenAsync(CancellationToken cancellation) =>
            _attempts++ == 0 ? throw new DeviceError("broker", "is away") : ValueTask.FromResult(true);

        public async ValueTask<Sample?> ReadAsync(CancellationToken cancellation)
        {
            await Task.Delay(Timeout.Infinite, cancellation);
            return null;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
