using System.Diagnostics;
using System.Globalization;
using EdgeConv.Core;
using EdgeConv.Daemon.Composition;
using EdgeConv.Daemon.Options;
using EdgeConv.Daemon.Profiling;
using EdgeConv.Devices;
using EdgeConv.Gating.Events;
using EdgeConv.Pipeline.Governing;
using EdgeConv.Pipeline.Preprocessing;
using EdgeConv.Pipeline.Watching;
using EdgeConv.Testing.Pipelines;
using Xunit;

namespace EdgeConv.Daemon.Tests.Hosting;

/// <summary>A new configuration touches only the pipelines that it changes.</summary>
public sealed class ReloadTest
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_unchanged_pipeline_on_a_pipe_loses_no_line_and_counts_on_while_another_restarts()
    {
        const int Windows = 400;
        await using FakePipelines pipelines = new();
        SourceOptions pipe = new() { Kind = SourceKind.Csv, Path = pipelines.PathOf("pipe"), RealTime = false };
        using (Process mkfifo = Process.Start("mkfifo", pipe.Path))
            await mkfifo.WaitForExitAsync(Cancellation);
        List<float> seen = [];
        pipelines.Run = session => seen.AddRange(session.GetInput(0).AsSpan<float>());
        pipelines.Source = options => options.Name == "pipe"
            ? SourceFactory.Create(options.Source, 4, TimeProvider.System)
            : new WaitingSource();
        PipelineOptions unchanged = pipelines.Options("pipe", "a.onnx", pipe);
        await pipelines.ApplyAsync(unchanged, pipelines.Options("other"));

        await using StreamWriter lines = new(pipe.Path) { AutoFlush = true };
        for (int i = 0; i < 4 * Windows; i++)
        {
            await lines.WriteLineAsync(i.ToString(CultureInfo.InvariantCulture).AsMemory(), Cancellation);
            if (i % 503 == 2)
            {
                PipelineOptions changed = pipelines.Options("other") with { Threads = [2 + i] };
                Assert.Equal(1, await pipelines.ApplyAsync(unchanged with { Place = $"test.yaml:{i}" }, changed));
            }
        }

        await lines.DisposeAsync();
        await pipelines.Sink.WaitAsync(sink => sink.Health.Any(
            health => health is { Pipeline: "pipe", State: PipelineState.Stopped }));
        long[] sequences = [.. pipelines.Sink.Results.Where(r => r.Pipeline == "pipe").Select(r => r.Sequence)];
        Assert.Equal(Enumerable.Range(0, Windows).Select(i => (long)i), sequences);
        Assert.Equal(Enumerable.Range(0, 4 * Windows).Select(i => (float)i), seen);
        Assert.Single(pipelines.Built, built => built.Options.Name == "pipe");
    }

    [Fact]
    public async Task Added_pipelines_start_and_removed_ones_stop()
    {
        await using FakePipelines pipelines = new() { Source = _ => new WaitingSource() };
        await pipelines.ApplyAsync(pipelines.Options("kept"), pipelines.Options("removed"));
        Assert.Equal(1, await pipelines.ApplyAsync(pipelines.Options("added"), pipelines.Options("kept")));
        Assert.Equal(["added", "kept"], pipelines.Set.Names);
        Assert.Equal(["kept", "removed", "added"], pipelines.Built.Select(built => built.Options.Name));
        Assert.Equal([false, true, false], pipelines.Built.Select(built => ((WaitingSource)built.Source).IsDisposed));
        Assert.Contains(pipelines.Sink.Health,
            health => health is { Pipeline: "removed", State: PipelineState.Stopped });
    }

    [Fact]
    public async Task A_model_file_with_other_content_restarts_its_pipeline_and_one_written_again_does_not()
    {
        await using FakePipelines pipelines = new() { Source = _ => new WaitingSource() };
        PipelineOptions options = pipelines.Options("p");
        await pipelines.ApplyAsync(options);
        await File.WriteAllTextAsync(pipelines.PathOf("a.onnx"), "a.onnx", Cancellation);
        Assert.Equal(0, await pipelines.ApplyAsync(options));
        await File.WriteAllTextAsync(pipelines.PathOf("a.onnx"), "other", Cancellation);
        Assert.Equal(1, await pipelines.ApplyAsync(options));
        Assert.True(((WaitingSource)pipelines.Built[0].Source).IsDisposed);
    }

    [Fact]
    public async Task A_file_that_was_not_touched_is_not_read_again()
    {
        await using FakePipelines pipelines = new() { Source = _ => new WaitingSource() };
        // A part of the runtime: what was written just now is read anew.
        string old = typeof(object).Assembly.Location;
        FileStamp stamp = FileStatus.Of(old)!.Value.Stamp;
        Assert.True(stamp.IsSettled);
        FileHashes.Keep(stamp, "as it was read first");
        PipelineOptions options = pipelines.Options("p") with { Models = [new MemberOptions(old, null)] };
        await pipelines.ApplyAsync(options);
        FileHashes.Keep(stamp, "as it would be read now");
        Assert.Equal(0, await pipelines.ApplyAsync(options));
    }

    [Fact]
    public async Task A_fingerprint_with_other_content_restarts_its_pipeline()
    {
        await using FakePipelines pipelines = new() { Source = _ => new WaitingSource() };
        string fingerprint = pipelines.PathOf("a.ecfp");
        PipelineOptions options = pipelines.Options("p") with
        {
            Models = [new MemberOptions(pipelines.PathOf("a.onnx"), fingerprint)],
        };
        await File.WriteAllTextAsync(fingerprint, "one", Cancellation);
        await pipelines.ApplyAsync(options);
        Assert.Equal(0, await pipelines.ApplyAsync(options));
        await File.WriteAllTextAsync(fingerprint, "two", Cancellation);
        Assert.Equal(1, await pipelines.ApplyAsync(options));
    }

    [Fact]
    public async Task Every_part_of_the_section_counts_and_the_place_in_the_file_does_not()
    {
        await using FakePipelines pipelines = new() { Source = _ => new WaitingSource() };
        PipelineOptions options = pipelines.Options("p");
        await pipelines.ApplyAsync(options);
        Assert.Equal(0, await pipelines.ApplyAsync(options with { Place = "elsewhere.yaml:9" }));
        PipelineOptions[] changes =
        [
            options with { Threads = [2] },
            options with { Gate = options.Gate with { Alpha = 0.1 } },
            options with { Gate = Watched(new WatchOptions { Drift = null }) },
            options with { Gate = Watched(new WatchOptions { Events = new EventOptions { Span = 3 } }) },
            options with { Source = options.Source with { Columns = ["x"] } },
            options with { Preprocess = new PreprocessOptions { Mean = [1] } },
            options with { Decode = options.Decode with { Labels = ["one"] } },
            options with { Budget = options.Budget with { Latency = TimeSpan.FromMilliseconds(5) } },
        ];
        foreach (PipelineOptions change in changes)
            Assert.Equal(1, await pipelines.ApplyAsync(change));

        GateOptions Watched(WatchOptions watch) => options.Gate with { Watch = watch };
    }

    [Fact]
    public async Task A_configuration_that_cannot_be_built_leaves_everything_as_it_is()
    {
        await using FakePipelines pipelines = new();
        pipelines.Source = options => options.Name == "bad"
            ? throw new ConfigError("test.yaml:9", "is bad")
            : new WaitingSource();
        PipelineOptions kept = pipelines.Options("kept");
        await pipelines.ApplyAsync(kept);
        await Assert.ThrowsAsync<ConfigError>(
            () => pipelines.ApplyAsync(kept, pipelines.Options("good"), pipelines.Options("bad")));
        Assert.Equal(["kept"], pipelines.Set.Names);
        Assert.Equal([false, true], pipelines.Built.Select(built => ((WaitingSource)built.Source).IsDisposed));
    }

    [Theory]
    [InlineData("pipe", "pipe", null)]
    [InlineData("pipe", "a.onnx", "pipe")]
    public async Task A_model_or_fingerprint_that_is_a_pipe_is_refused_instead_of_waited_for(
        string wrong, string model, string? fingerprint)
    {
        await using FakePipelines pipelines = new();
        using (Process mkfifo = Process.Start("mkfifo", pipelines.PathOf(wrong)))
            await mkfifo.WaitForExitAsync(Cancellation);
        await File.WriteAllTextAsync(pipelines.PathOf("a.onnx"), "a.onnx", Cancellation);
        using BoardMonitor board = new(new FakeBoard(), TimeProvider.System);
        PipelineBuilder builder = new(
            new SessionLoader(_ => { }), pipelines.Sink, board,
            new FamilyProfiles(null, TimeProvider.System), TimeProvider.System);
        PipelineOptions options = pipelines.Options("p") with
        {
            Models =
            [
                new MemberOptions(pipelines.PathOf(model), fingerprint is null ? null : pipelines.PathOf(fingerprint)),
            ],
        };
        foreach (Backend backend in Enum.GetValues<Backend>())
        {
            EdgeConvError error = Assert.ThrowsAny<EdgeConvError>(() => builder.Build(options with { Backend = backend }));
            Assert.Equal(
                $"{pipelines.PathOf(wrong)}: is a pipe, a device or a socket; a file is needed", error.Message);
        }

        PipelineIdentity identity = PipelineIdentity.Of(options);
        identity.Complete();
        Assert.False(identity.Fits(PipelineIdentity.Of(options)));
    }

    /// <summary>A live source that has nothing to give.</summary>
    private sealed class WaitingSource : ISource
    {
        public bool IsDisposed { get; private set; }

        public string Name => "waiting";

        public bool IsLive => true;

        public async ValueTask<Sample?> ReadAsync(CancellationToken cancellation)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            return null;
        }

        public ValueTask DisposeAsync()
        {
            IsDisposed = true;
            return ValueTask.CompletedTask;
        }
    }
}
