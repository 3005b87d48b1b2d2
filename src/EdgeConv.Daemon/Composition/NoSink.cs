using EdgeConv.Core;

namespace EdgeConv.Daemon.Composition;

/// <summary>A sink for pipelines that are opened and never run: nothing is published.</summary>
internal sealed class NoSink : ISink
{
    /// <inheritdoc/>
    public void Publish(Finding finding)
    {
    }

    /// <inheritdoc/>
    public void Publish(Health health)
    {
    }
}
