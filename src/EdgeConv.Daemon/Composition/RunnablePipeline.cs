using EdgeConv.Core;

namespace EdgeConv.Daemon.Composition;

/// <summary>A pipeline with its source, run as one thing and disposed as one thing.</summary>
internal sealed class RunnablePipeline(Pipeline.Pipeline pipeline, ISource source) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _run = Task.CompletedTask;

    /// <summary>The pipeline's name.</summary>
    public string Name => pipeline.Name;

    /// <summary>Ends when the source has ended or the pipeline was stopped; faulted when it broke.</summary>
    public Task Completion => _run;

    /// <summary>How long it has been at work on one sample; zero while it waits for one.</summary>
    public TimeSpan BusyFor => pipeline.BusyFor;

    /// <summary>Whether its input has drifted.</summary>
    public bool HasDrifted => pipeline.HasDrifted;

    /// <summary>Begins to run.</summary>
    public void Start() => _run = Task.Run(() => pipeline.RunAsync(_stop.Token));

    /// <summary>Takes the place of <paramref name="previous"/>, which was built from the same files.</summary>
    public void Follow(RunnablePipeline previous)
    {
        if (previous.HasDrifted)
            pipeline.NoteDrift();
    }

    /// <summary>Says that it does not run, and why.</summary>
    public void Fail(string problem) => pipeline.Fail(problem);

    /// <summary>Stops after the sample in work, and frees everything.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await source.DisposeAsync().ConfigureAwait(false);
        pipeline.Dispose();
        _stop.Dispose();
    }
}
