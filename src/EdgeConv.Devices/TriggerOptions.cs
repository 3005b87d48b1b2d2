namespace EdgeConv.Devices;

/// <summary>Which change of a line wakes a source.</summary>
public enum TriggerEdge
{
    /// <summary>From low to high.</summary>
    Rising,

    /// <summary>From high to low.</summary>
    Falling,

    /// <summary>Either.</summary>
    Both,
}

/// <summary>A line that wakes a source: what it gives while asleep is dropped.</summary>
public sealed record TriggerOptions
{
    /// <summary>Label or name of the GPIO chip; empty for the board's header.</summary>
    public string GpioChip { get; init; } = "";

    /// <summary>Number of the line on its chip.</summary>
    public required int Line { get; init; }

    /// <summary>The change that wakes.</summary>
    public TriggerEdge Edge { get; init; }

    /// <summary>How long the source stays awake after the last such change, s.</summary>
    public double HoldSeconds { get; init; } = 10;
}
