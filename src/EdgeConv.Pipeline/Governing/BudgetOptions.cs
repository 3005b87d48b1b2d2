namespace EdgeConv.Pipeline.Governing;

/// <summary>What a pipeline must stay within.</summary>
public sealed record BudgetOptions
{
    /// <summary>
    /// Longest time from capture to result that 95 % of the results must hold; null means no limit.
    /// </summary>
    public TimeSpan? Latency { get; init; }

    /// <summary>Greatest rate of inferences in Hz; null means as samples come.</summary>
    public double? RateHertz { get; init; }

    /// <summary>
    /// Processor temperature in °C that must not be reached; null means the board's own throttling point
    /// where it tells one.
    /// </summary>
    public double? TemperatureCelsius { get; init; }

    /// <summary>Shortest time at one operating point before a step to a more accurate one.</summary>
    public TimeSpan Dwell { get; init; } = TimeSpan.FromSeconds(5);
}
