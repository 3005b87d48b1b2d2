namespace EdgeConv.Gating.Drift;

/// <summary>How a stream is watched for drift.</summary>
public sealed record DriftOptions
{
    /// <summary>
    /// Probability α in (0,1) that a stream which does not drift raises an alarm, ever.
    /// </summary>
    public double Alpha { get; init; } = 0.01;

    /// <summary>
    /// Shortest time between two samples that are looked at. It must be so long that they are independent:
    /// one minute, where the frames of one scene follow each other; zero, where each sample is a thing of
    /// its own.
    /// </summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Breaks ties of p-values.</summary>
    public int Seed { get; init; }
}
