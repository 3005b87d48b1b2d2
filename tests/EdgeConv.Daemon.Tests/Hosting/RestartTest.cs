using EdgeConv.Core;
using EdgeConv.Daemon.Options;
using EdgeConv.Testing.Pipelines;
using Xunit;

namespace EdgeConv.Daemon.Tests.Hosting;

/// <summary>A pipeline that fails says so and is built anew, after pauses that grow.</summary>
public sealed class RestartTest
{
    private static readonly InvalidOperationException s_broken = new("broken");

    [Fact]
    public async Task A_failed_pipeline_is_restarted_after_pauses_that_double_up_to_a_minute()
    {
        await using FakePipelines pipelines = new() { Source = _ => Failing() };
        await pipelines.ApplyAsync(pipelines.Options("p"));
        double[] pauses = [1, 2, 4, 8, 16, 32, 60, 60];
        for (int i = 0; i < pauses.Length; i++)
        {
            await pipelines.WaitForEndAsync(i);
            Assert.True(await pipelines.Set.LookAfterAsync());
            pipelines.Time.Advance(TimeSpan.FromSeconds(pauses[i] - 0.001));
            await pipelines.Set.LookAfterAsync();
            Assert.Equal(i + 1, pipelines.Built.Count);
            pipelines.Time.Advance(TimeSpan.FromSeconds(0.001));
            await pipelines.Set.LookAfterAsync();
            Assert.Equal(i + 2, pipelines.Built.Count);
        }
    }

    [Fact]
    public async Task Health_says_failed_with_the_reason_and_running_again_after_the_restart()
    {
        await using FakePipelines pipelines = new();
        Queue<ISource> sources = new([Failing(), new CountingSource(isLive: false) { Count = 2 }]);
        pipelines.Source = _ => sources.Dequeue();
        await pipelines.ApplyAsync(pipelines.Options("p"));
        await pipelines.WaitForEndAsync(0);
        Health failed = pipelines.Sink.Health[^1];
        Assert.Equal((PipelineState.Failed, "InvalidOperationException: broken"), (failed.State, failed.Problem));
        await RestartAsync(pipelines);
        await pipelines.WaitForEndAsync(1);
        IEnumerable<Health> after = pipelines.Sink.Health.SkipWhile(health => health.State != PipelineState.Failed)
            .SkipWhile(health => health.State == PipelineState.Failed);
        Assert.Equal(PipelineState.Running, after.First().State);
        Assert.Null(after.First().Problem);
        Assert.True(((CountingSource)pipelines.Built[0].Source).IsDisposed);
        Assert.False(await pipelines.Set.LookAfterAsync());
    }

    [Fact]
    public async Task A_model_that_keeps_failing_is_loaded_anew()
    {
        await using FakePipelines pipelines = new();
        bool isRepaired = false;
        pipelines.Run = _ =>
        {
            if (!isRepaired)
                throw new InvalidOperationException("model broke");
        };
        pipelines.Source = _ => new CountingSource(isLive: false) { Count = 20 };
        await pipelines.ApplyAsync(pipelines.Options("p"));
        await pipelines.WaitForEndAsync(0);
        Assert.Equal(PipelineState.Failed, pipelines.Sink.Health[^1].State);
        isRepaired = true;
        await RestartAsync(pipelines);
        await pipelines.WaitForEndAsync(1);
        Assert.Equal(20, pipelines.Sink.Results.Count);
    }

    [Fact]
    public async Task One_that_cannot_be_built_anew_says_why_and_is_tried_again()
    {
        await using FakePipelines pipelines = new() { Source = _ => Failing() };
        await pipelines.ApplyAsync(pipelines.Options("p"));
        await pipelines.WaitForEndAsync(0);
        pipelines.BuildError = new ModelError("a.onnx", "is gone");
        await RestartAsync(pipelines);
        Health failed = pipelines.Sink.Health[^1];
        Assert.Equal((PipelineState.Failed, "a.onnx: is gone"), (failed.State, failed.Problem));
        pipelines.BuildError = null;
        pipelines.Time.Advance(TimeSpan.FromSeconds(1));
        await pipelines.Set.LookAfterAsync();
        Assert.Single(pipelines.Built);
        pipelines.Time.Advance(TimeSpan.FromSeconds(1));
        await pipelines.Set.LookAfterAsync();
        Assert.Equal(2, pipelines.Built.Count);
    }

    [Fact]
    public async Task A_failing_pipeline_leaves_the_others_and_their_pauses_alone()
    {
        await using FakePipelines pipelines = new() { Source = _ => Failing() };
        await pipelines.ApplyAsync(pipelines.Options("first"));
        await pipelines.WaitForEndAsync(0);
        await RestartAsync(pipelines);
        await pipelines.ApplyAsync(pipelines.Options("first"), pipelines.Options("second"));
        await pipelines.WaitForEndAsync(2);
        await RestartAsync(pipelines);
        Assert.Equal("second", pipelines.Built[^1].Options.Name);
    }

    [Fact]
    public async Task A_reload_tries_a_failed_pipeline_at_once()
    {
        await using FakePipelines pipelines = new() { Source = _ => Failing() };
        PipelineOptions options = pipelines.Options("p");
        await pipelines.ApplyAsync(options);
        await pipelines.WaitForEndAsync(0);
        await pipelines.Set.LookAfterAsync();
        await pipelines.ApplyAsync(options);
        await pipelines.Set.LookAfterAsync();
        Assert.Equal(2, pipelines.Built.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Drift_is_remembered_by_a_restart_with_the_same_files_alone(bool isRefitted)
    {
        await using FakePipelines pipelines = new() { Source = _ => Failing() };
        await pipelines.ApplyAsync(pipelines.Options("p"));
        pipelines.Loops[0].NoteDrift();
        await pipelines.WaitForEndAsync(0);
        if (isRefitted)
            await File.WriteAllTextAsync(pipelines.PathOf("a.onnx"), "other", TestContext.Current.CancellationToken);
        await RestartAsync(pipelines);
        await pipelines.WaitForEndAsync(1);
        Assert.Equal(!isRefitted, pipelines.Loops[1].HasDrifted);
        Assert.Equal(!isRefitted, pipelines.Sink.Health[^1].HasDrifted);
    }

    private static CountingSource Failing() => new(isLive: true) { Count = 0, Failure = s_broken };

    private static async Task RestartAsync(FakePipelines pipelines)
    {
        await pipelines.Set.LookAfterAsync();
        pipelines.Time.Advance(TimeSpan.FromSeconds(1));
        await pipelines.Set.LookAfterAsync();
    }
}
