using EdgeConv.Core;
using EdgeConv.Daemon.Composition;
using EdgeConv.Daemon.Options;
using Microsoft.Extensions.Logging;

namespace EdgeConv.Daemon.Hosting;

/// <summary>The running pipelines: replaced as a whole when the configuration is, looked after one by one.</summary>
/// <remarks>One caller at a time.</remarks>
internal sealed class PipelineSet(PipelineBuilder builder, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private List<RunnablePipeline> _running = [];
    private IReadOnlyList<PipelineOptions> _options = [];
    private TimeSpan _pause = FirstPause;
    private long _restartedAt;

    /// <summary>Names of the pipelines.</summary>
    public IReadOnlyList<string> Names => [.. _running.Select(pipeline => pipeline.Name)];

    /// <summary>Builds pipelines without starting them.</summary>
    /// <exception cref="EdgeConvError">One cannot be built; none is left open.</exception>
    public async Task<List<RunnablePipeline>> BuildAsync(IReadOnlyList<PipelineOptions> options)
    {
        List<RunnablePipeline> built = [];
        try
        {
            foreach (PipelineOptions pipeline in options)
                built.Add(builder.Build(pipeline));
        }
        catch
        {
            await DisposeAllAsync(built).ConfigureAwait(false);
            throw;
        }

        return built;
    }

    /// <summary>Stops the running pipelines and starts those built in their place.</summary>
    public async Task ReplaceAsync(IReadOnlyList<PipelineOptions> options, List<RunnablePipeline> built)
    {
        await DisposeAllAsync(_running).ConfigureAwait(false);
        _options = options;
        _running = built;
        _pause = FirstPause;
        built.ForEach(pipeline => pipeline.Start());
    }

    /// <summary>Starts pipelines again that broke by an error of ours.</summary>
    /// <returns>False when every pipeline's source has ended.</returns>
    public async Task<bool> LookAfterAsync()
    {
        for (int i = 0; i < _running.Count; i++)
        {
            if (_running[i].Completion.Exception is { } broken &&
                TimeProvider.System.GetElapsedTime(_restartedAt) >= _pause)
            {
                await RestartAsync(i, broken.GetBaseException()).ConfigureAwait(false);
            }
        }

        return _running.Exists(pipeline => !pipeline.Completion.IsCompletedSuccessfully);
    }

    /// <summary>Whether a pipeline has been at work on one sample for longer than <paramref name="limit"/>.</summary>
    public bool IsStuck(TimeSpan limit)
    {
        RunnablePipeline? stuck = _running.Find(pipeline => pipeline.BusyFor > limit);
        if (stuck is not null)
            logger.PipelineStuck(stuck.Name, (int)stuck.BusyFor.TotalSeconds);
        return stuck is not null;
    }

    /// <summary>Stops all; each finishes the sample in work.</summary>
    public async ValueTask DisposeAsync()
    {
        await DisposeAllAsync(_running).ConfigureAwait(false);
        _running = [];
    }

    // A pipeline that cannot be built again keeps its place, and is tried again after a growing pause.
    private async Task RestartAsync(int index, Exception problem)
    {
        _restartedAt = TimeProvider.System.GetTimestamp();
        _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
        logger.PipelineBroke(_running[index].Name, problem.Message);
        try
        {
            RunnablePipeline next = builder.Build(_options[index]);
            await _running[index].DisposeAsync().ConfigureAwait(false);
            _running[index] = next;
            next.Start();
        }
        catch (EdgeConvError error)
        {
            logger.PipelineProblem(_running[index].Name, error.Message);
        }
    }

    private static async Task DisposeAllAsync(IEnumerable<RunnablePipeline> pipelines)
    {
        await Task.WhenAll(pipelines.Select(pipeline => pipeline.DisposeAsync().AsTask())).ConfigureAwait(false);
    }
}
