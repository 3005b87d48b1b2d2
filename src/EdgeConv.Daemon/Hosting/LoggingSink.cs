using System.Collections.Concurrent;
using EdgeConv.Core;
using Microsoft.Extensions.Logging;

namespace EdgeConv.Daemon.Hosting;

/// <summary>
/// Passes everything on, and logs what changes: states, problems, decisions of the governor, drift.
/// Results and events are not logged.
/// </summary>
internal sealed class LoggingSink(ILogger logger) : ISink
{
    private static readonly TimeSpan ProblemInterval = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<string, (string? Problem, DateTimeOffset At)> _said = new();
    private readonly ConcurrentDictionary<string, Health> _latest = new();
    private ISink? _inner;

    /// <summary>Says where to pass things on to; pipelines are built before, and started after.</summary>
    public void Connect(ISink inner) => _inner = inner;

    /// <inheritdoc/>
    public void Publish(Finding finding)
    {
        if (finding is DriftAlarm { Evidence: var evidence })
            logger.Drift(finding.Pipeline, evidence.Samples, evidence.Martingale);
        if (finding is GovernorDecision { From: var from, To: var to })
        {
            logger.Decision(
                finding.Pipeline, OperatingPointText.Of(from), OperatingPointText.Of(to), to.Reason);
        }

        _inner?.Publish(finding);
    }

    /// <inheritdoc/>
    public void Publish(Health health)
    {
        Health? before = _latest.GetValueOrDefault(health.Pipeline);
        _latest[health.Pipeline] = health;
        if (health.State != before?.State)
            logger.PipelineState(health.Pipeline, health.State.ToString());
        if (IsNewProblem(health))
            logger.PipelineProblem(health.Pipeline, health.Problem!);
        _inner?.Publish(health);
    }

    /// <inheritdoc/>
    public void Publish(Snapshot snapshot) => _inner?.Publish(snapshot);

    /// <inheritdoc/>
    public Task WaitForRoomAsync() => _inner?.WaitForRoomAsync() ?? Task.CompletedTask;

    // A source that spoils every sample in another way must not fill the journal; health counts them all. What still stands
    // when it is due is said then.
    private bool IsNewProblem(Health health)
    {
        (string? problem, DateTimeOffset at) = _said.GetValueOrDefault(health.Pipeline);
        bool isDue = (health.Timestamp - at).Duration() >= ProblemInterval;
        if (health.Problem == problem || (health.Problem is not null && !isDue))
            return false;
        _said[health.Pipeline] = (health.Problem, health.Problem is null ? at : health.Timestamp);
        return health.Problem is not null;
    }
}
