using System.Collections.Concurrent;
using EdgeConv.Core;
using Microsoft.Extensions.Logging;

namespace EdgeConv.Daemon.Hosting;

/// <summary>Passes everything on, and logs what changes: states, problems, operating points. Results are not logged.</summary>
internal sealed class LoggingSink(ISink inner, ILogger logger) : ISink
{
    private readonly ConcurrentDictionary<string, Health> _latest = new();

    /// <inheritdoc/>
    public void Publish(Result result) => inner.Publish(result);

    /// <inheritdoc/>
    public void Publish(Health health)
    {
        Health? before = _latest.GetValueOrDefault(health.Pipeline);
        _latest[health.Pipeline] = health;
        if (health.State != before?.State)
            logger.PipelineState(health.Pipeline, health.State.ToString());
        if (health.Problem is not null && health.Problem != before?.Problem)
            logger.PipelineProblem(health.Pipeline, health.Problem);
        if (health.OperatingPoint is { } point && before is not null && point != before.OperatingPoint)
            logger.OperatingPoint(health.Pipeline, point.Model, point.Reason);
        inner.Publish(health);
    }
}
