using EdgeConv.Core;
using EdgeConv.Daemon.Composition;
using EdgeConv.Daemon.Options;
using Microsoft.Extensions.Logging;

namespace EdgeConv.Daemon.Hosting;

/// <summary>
/// One pipeline that is kept running: when it fails it is built anew after a pause, which doubles from
/// failure to failure until it has run for a while.
/// </summary>
/// <remarks>One caller at a time.</remarks>
internal sealed class SupervisedPipeline : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private readonly PipelineOptions _options;
    private readonly Func<PipelineOptions, RunnablePipeline> _build;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private RunnablePipeline _pipeline;
    private TimeSpan _pause = FirstPause;
    private long _startedAt;
    private long? _failedAt;

    /// <summary>Builds it without starting it.</summary>
    /// <exception cref="EdgeConvError">It cannot be built; nothing is left open.</exception>
    public SupervisedPipeline(
        PipelineOptions options, Func<PipelineOptions, RunnablePipeline> build, ILogger logger, TimeProvider time)
    {
        _options = options;
        _build = build;
        _logger = logger;
        _time = time;
        // Taken before the files are opened: what changes in between is seen by the next reload.
        Identity = PipelineIdentity.Of(options);
        _pipeline = build(options);
        Identity.Complete();
    }

    /// <summary>The pipeline's name.</summary>
    public string Name => _options.Name;

    /// <summary>What it was built from.</summary>
    public PipelineIdentity Identity { get; private set; }

    /// <summary>Whether its source has ended.</summary>
    public bool HasEnded => _pipeline.Completion.IsCompletedSuccessfully;

    /// <summary>How long it has been at work on one sample; zero while it waits for one.</summary>
    public TimeSpan BusyFor => _pipeline.BusyFor;

    /// <summary>Begins to run.</summary>
    public void Start()
    {
        _startedAt = _time.GetTimestamp();
        _failedAt = null;
        _pipeline.Start();
    }

    /// <summary>The user has changed something: a failed pipeline is tried again at once.</summary>
    public void Hasten() => _pause = TimeSpan.Zero;

    /// <summary>Builds it anew when it has failed and its pause is over.</summary>
    public async Task LookAfterAsync()
    {
        if (_pipeline.Completion.Exception is not { } broken)
            return;
        if (_failedAt is null)
            NoteFailure(broken.GetBaseException());
        if (_time.GetElapsedTime(_failedAt!.Value) >= _pause)
            await RestartAsync().ConfigureAwait(false);
    }

    /// <summary>Stops after the sample in work, and frees everything.</summary>
    public ValueTask DisposeAsync() => _pipeline.DisposeAsync();

    private void NoteFailure(Exception problem)
    {
        _failedAt = _time.GetTimestamp();
        if (_time.GetElapsedTime(_startedAt) >= LongestPause)
            _pause = FirstPause;
        _logger.PipelineBroke(Name, _pause.TotalSeconds, problem.Message);
    }

    // A pipeline that cannot be built again keeps its place, says so, and is tried again later.
    private async Task RestartAsync()
    {
        _failedAt = _time.GetTimestamp();
        _pause = NextPause();
        try
        {
            PipelineIdentity identity = PipelineIdentity.Of(_options);
            RunnablePipeline next = _build(_options);
            identity.Complete();
            await _pipeline.DisposeAsync().ConfigureAwait(false);
            if (Identity.Fits(identity))
                next.Follow(_pipeline);
            _pipeline = next;
            Identity = identity;
            Start();
        }
        catch (EdgeConvError error)
        {
            _pipeline.Fail(error.Message);
        }
    }

    private TimeSpan NextPause()
    {
        TimeSpan doubled = _pause < FirstPause ? FirstPause : _pause * 2;
        return doubled < LongestPause ? doubled : LongestPause;
    }
}
