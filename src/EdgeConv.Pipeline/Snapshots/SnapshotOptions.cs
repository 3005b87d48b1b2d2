namespace EdgeConv.Pipeline.Snapshots;

/// <summary>How pictures of what is odd leave the device.</summary>
public sealed record SnapshotOptions
{
    /// <summary>Shortest time from one to the next; the newest odd picture wins.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);
}
