using EdgeConv.Core;
using EdgeConv.Daemon.Composition;
using EdgeConv.Daemon.Options;
using Microsoft.Extensions.Logging;

namespace EdgeConv.Daemon.Hosting;

/// <summary>The running pipelines: replaced as a whole when the configuration is, looked after one by one.</summary>
/// <remarks>One caller at a time, but for <see cref="IsStuck"/>.</remarks>
internal sealed class PipelineSet(PipelineBuilder builder, ILogger logger) : IAsyncDisposable
{
    private volatile List<RunnablePipeline> _running = [];
    private IReadOnlyList<PipelineOptions> _options = [];

    /// <summary>Names of the pipelines.</summary>
    public IReadOnlyList<string> Names => [.. _running.Select(pipeline => pipeline.Name)];

    /// <summary>Builds all pipelines, and only when all could be built replaces the running ones by them.</summary>
    /// <exception cref="EdgeConvError">One cannot be built; the running ones go on.</exception>
    public async Task ReplaceAsync(IReadOnlyList<PipelineOptions> options)
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

        await DisposeAllAsync(_running).ConfigureAwait(false);
        _options = options;
        _running = built;
        built.ForEach(pipeline => pipeline.Start());
    }

    /// <summary>Starts pipelines again that broke by an error of ours.</summary>
    /// <returns>False when every pipeline's source has ended.</returns>
    public async Task<bool> LookAfterAsync()
    {
        for (int i = 0; i < _running.Count; i++)
        {
            if (_running[i].Completion.Exception is { } broken)
                await RestartAsync(i, broken.GetBaseException()).ConfigureAwait(false);
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

    private async Task RestartAsync(int index, Exception problem)
    {
        logger.PipelineBroke(_running[index].Name, problem.Message);
        await _running[index].DisposeAsync().ConfigureAwait(false);
        List<RunnablePipeline> next = [.. _running];
        next[index] = builder.Build(_options[index]);
        next[index].Start();
        _running = next;
    }

    private static async Task DisposeAllAsync(IEnumerable<RunnablePipeline> pipelines)
    {
        await Task.WhenAll(pipelines.Select(pipeline => pipeline.DisposeAsync().AsTask())).ConfigureAwait(false);
    }
}
