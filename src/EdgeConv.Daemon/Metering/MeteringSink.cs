using EdgeConv.Core;

namespace EdgeConv.Daemon.Metering;

/// <summary>Passes everything on, and takes the metrics of it.</summary>
internal sealed class MeteringSink(ISink inner, PipelineMetrics metrics) : ISink
{
    /// <inheritdoc/>
    public void Publish(Finding finding)
    {
        if (finding is Result result)
            metrics.Note(result);
        inner.Publish(finding);
    }

    /// <inheritdoc/>
    public void Publish(Health health)
    {
        metrics.Note(health);
        inner.Publish(health);
    }

    /// <inheritdoc/>
    public void Publish(Snapshot snapshot) => inner.Publish(snapshot);

    /// <inheritdoc/>
    public Task WaitForRoomAsync() => inner.WaitForRoomAsync();
}
