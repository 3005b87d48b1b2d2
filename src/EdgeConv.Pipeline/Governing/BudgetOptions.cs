namespace EdgeConv.Pipeline.Governing;

/// <summary>What a pipeline must stay within, and what it counts among others.</summary>
public sealed record BudgetOptions
{
    /// <summary>
    /// Longest time from capture to result that 99 % of the results must hold; null means no limit.
    /// </summary>
    public TimeSpan? Latency { get; init; }

    /// <summary>Greatest rate of inferences in Hz; null means as samples come.</summary>
    public double? RateHertz { get; init; }

    /// <summary>
    /// Rate in Hz below which a less accurate model is preferred; null means half of <see cref="RateHertz"/>, or
    /// of the rate at which samples come.
    /// </summary>
    public double? LeastRateHertz { get; init; }

    /// <summary>Shortest time at one operating point before a step to a more accurate one or to a higher rate.</summary>
    public TimeSpan Dwell { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Of pipelines that share a board's budget, the one with the greater number gives way last.</summary>
    public int Priority { get; init; }

    /// <summary>Worth of this pipeline's accuracy among pipelines of its priority; above 0.</summary>
    public double Weight { get; init; } = 1;
}

/// <summary>What all pipelines together must keep the board within.</summary>
public sealed record BoardBudget
{
    /// <summary>Greatest mean power of the whole board in W; null means no limit. Needs a measured rail.</summary>
    public double? PowerWatts { get; init; }

    /// <summary>The time over which the mean power counts.</summary>
    public TimeSpan PowerWindow { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Processor temperature in °C that must not be exceeded; null means the board's own throttling point where
    /// it tells one.
    /// </summary>
    public double? TemperatureCelsius { get; init; }
}
