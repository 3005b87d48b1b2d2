namespace EdgeConv.Pipeline.Pictures;

/// <summary>Which pictures become snapshots.</summary>
public enum SnapshotSubject
{
    /// <summary>Any.</summary>
    All,

    /// <summary>Those in which boxes were found, and odd ones.</summary>
    Found,

    /// <summary>Those that the gate calls out of distribution.</summary>
    Odd,
}

/// <summary>How pictures leave the device.</summary>
public sealed record SnapshotOptions
{
    /// <summary>Which.</summary>
    public SnapshotSubject Of { get; init; } = SnapshotSubject.All;

    /// <summary>Shortest time from one to the next; the newest picture wins.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a broker may keep one; whole seconds.</summary>
    public TimeSpan Expiry { get; init; } = TimeSpan.FromHours(1);
}
