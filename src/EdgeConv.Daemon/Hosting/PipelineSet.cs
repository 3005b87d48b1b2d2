using EdgeConv.Core;
using EdgeConv.Daemon.Composition;
using EdgeConv.Daemon.Options;
using Microsoft.Extensions.Logging;

namespace EdgeConv.Daemon.Hosting;

/// <summary>
/// The running pipelines. A new configuration replaces those that it changes; the others go on undisturbed.
/// </summary>
/// <remarks>One caller at a time.</remarks>
internal sealed class PipelineSet(
    Func<PipelineOptions, RunnablePipeline> build, ILogger logger, TimeProvider time) : IAsyncDisposable
{
    private List<SupervisedPipeline> _running = [];

    /// <summary>Names of the pipelines.</summary>
    public IReadOnlyList<string> Names => [.. _running.Select(pipeline => pipeline.Name)];

    /// <summary>
    /// The set that a configuration asks for: running pipelines that it leaves as they are, and new ones, not
    /// started yet, for the rest. Nothing changes before <see cref="AdoptAsync"/>.
    /// </summary>
    /// <exception cref="EdgeConvError">One cannot be built; no new one is left open.</exception>
    public async Task<List<SupervisedPipeline>> PrepareAsync(IReadOnlyList<PipelineOptions> options)
    {
        List<SupervisedPipeline> next = [];
        try
        {
            foreach (PipelineOptions pipeline in options)
                next.Add(FindUnchanged(pipeline) ?? new SupervisedPipeline(pipeline, build, logger, time));
            return next;
        }
        catch
        {
            await DisposeAllAsync(next.Except(_running)).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Stops what <paramref name="next"/> does not hold, and starts what is new in it.</summary>
    /// <returns>How many were started.</returns>
    public async Task<int> AdoptAsync(List<SupervisedPipeline> next)
    {
        List<SupervisedPipeline> fresh = [.. next.Except(_running)];
        _running.ForEach(pipeline => pipeline.Hasten());
        await DisposeAllAsync(_running.Except(next)).ConfigureAwait(false);
        _running = next;
        fresh.ForEach(pipeline => pipeline.Start());
        return fresh.Count;
    }

    /// <summary>Builds pipelines anew that failed and whose pause is over.</summary>
    /// <returns>False when every pipeline's source has ended.</returns>
    public async Task<bool> LookAfterAsync()
    {
        foreach (SupervisedPipeline pipeline in _running)
            await pipeline.LookAfterAsync().ConfigureAwait(false);
        return !_running.TrueForAll(pipeline => pipeline.HasEnded);
    }

    /// <summary>
    /// Whether a pipeline has been at work on one sample for longer than <paramref name="limit"/>.
    /// </summary>
    public bool IsStuck(TimeSpan limit)
    {
        SupervisedPipeline? stuck = _running.Find(pipeline => pipeline.BusyFor > limit);
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

    private SupervisedPipeline? FindUnchanged(PipelineOptions options)
    {
        SupervisedPipeline? running = _running.Find(pipeline => pipeline.Name == options.Name);
        return running?.Identity.Fits(PipelineIdentity.Of(options)) == true ? running : null;
    }

    private static async Task DisposeAllAsync(IEnumerable<SupervisedPipeline> pipelines)
    {
        await Task.WhenAll(pipelines.Select(pipeline => pipeline.DisposeAsync().AsTask()))
            .ConfigureAwait(false);
    }
}
