using EdgeConv.Gating.Drift;
using EdgeConv.Gating.Events;

namespace EdgeConv.Pipeline.Watching;

/// <summary>What is made of the readings of a pipeline's gates.</summary>
public sealed record WatchOptions
{
    /// <summary>How drift is told; null for not at all.</summary>
    public DriftOptions? Drift { get; init; } = new();

    /// <summary>How odd samples become events; null for none.</summary>
    public EventOptions? Events { get; init; } = new();
}
