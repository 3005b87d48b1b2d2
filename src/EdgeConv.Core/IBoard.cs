namespace EdgeConv.Core;

/// <summary>What a board tells of itself at one moment; null where it has no such sensor.</summary>
/// <param name="TemperatureCelsius">Temperature of the processor, °C.</param>
/// <param name="TemperatureLimitCelsius">Where the board begins to throttle, °C.</param>
/// <param name="PowerWatts">
/// Power drawn by as much of the board as <see cref="PowerSource"/> sees, W, never negative.
/// </param>
public readonly record struct BoardReading(
    double? TemperatureCelsius, double? TemperatureLimitCelsius, double? PowerWatts)
{
    /// <summary>Where the power comes from; null exactly where there is none.</summary>
    public PowerSource? PowerSource { get; init; }

    /// <summary>
    /// Energy in J since the board was first read, where the source of the power counts it
    /// (<see cref="Core.PowerSource.Rapl"/>): it never falls, and differences are exact across wraps.
    /// </summary>
    public double? EnergyJoules { get; init; }

    /// <summary>Whether the supply is too weak at this moment.</summary>
    public bool? IsUnderVoltage { get; init; }

    /// <summary>Why the firmware slows the processor down.</summary>
    public Throttling? Throttling { get; init; }

    /// <summary>
    /// Clock in Hz of the slowest group of processors, as the kernel asks for it; firmware may give less.
    /// </summary>
    public long? ClockHertz { get; init; }

    /// <summary>Highest clock in Hz that the same group is allowed, by its governor and for its heat.</summary>
    public long? ClockLimitHertz { get; init; }

    /// <summary>Voltage of the processor cores, V.</summary>
    public double? CoreVolts { get; init; }

    /// <summary>How many processors other programs keep busy, mean of about a second.</summary>
    public double? OtherCores { get; init; }

    /// <summary>How full the battery is, 0 (empty) to 1.</summary>
    public double? BatteryShare { get; init; }

    /// <summary>Power in W that flows into or out of the battery, never negative.</summary>
    public double? BatteryWatts { get; init; }

    /// <summary>Whether the board runs on its battery.</summary>
    public bool? IsDischarging { get; init; }
}

/// <summary>
/// Reads a board's sensors. Safe to call from any thread; never throws for a sensor that is absent.
/// </summary>
public interface IBoard
{
    /// <summary>Takes a reading; may block for some milliseconds, so never on the inference thread.</summary>
    BoardReading Read();
}
