namespace EdgeConv.Gating.Events;

/// <summary>How a stream's odd samples become events.</summary>
public sealed record EventOptions
{
    /// <summary>
    /// Samples N ≥ 1 of the smoothing; the weight of the newest is 2 / (N + 1). 1 smooths nothing.
    /// </summary>
    public int Span { get; init; } = 10;

    /// <summary>How long the samples must have been ordinary again before an event is over.</summary>
    public TimeSpan Gap { get; init; } = TimeSpan.FromSeconds(5);
}
