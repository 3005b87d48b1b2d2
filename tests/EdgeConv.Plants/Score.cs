namespace EdgeConv.Plants;

/// <summary>How one run of a scenario went.</summary>
public sealed record Score
{
    /// <summary>The scenario.</summary>
    public required string Scenario { get; init; }

    /// <summary>Seed of its noise.</summary>
    public required int Seed { get; init; }

    /// <summary>Plant time, s.</summary>
    public required double Seconds { get; init; }

    /// <summary>
    /// Windows of 100 results in which the fastest point would have held the latency, and those of ten seconds with
    /// too few results.
    /// </summary>
    public required int Windows { get; init; }

    /// <summary>Those of them whose p99 was within the budget.</summary>
    public required int HeldWindows { get; init; }

    /// <summary>
    /// Longest time from a step in the conditions until of the next 20 results at most one is late, s; 0 without one.
    /// </summary>
    public required double RecoverySeconds { get; init; }

    /// <summary>Greatest excess of the true temperature after the first minute while it could be held, °C.</summary>
    public required double ExcessCelsius { get; init; }

    /// <summary>Greatest excess of the true mean power over ten seconds likewise, share of the budget.</summary>
    public required double ExcessPower { get; init; }

    /// <summary>Mean of the accuracy given away against the oracle, share of the frontier's range.</summary>
    public required double AccuracyGivenAway { get; init; }

    /// <summary>Decisions in an hour while conditions had been the same for <see cref="Plants.Scenario.SteadyAfterS"/>.</summary>
    public required double SteadySwitchesPerHour { get; init; }

    /// <summary>Time for which that was so, s.</summary>
    public required double SteadySeconds { get; init; }

    /// <summary>Time for which something was paused although all could have run, s.</summary>
    public required double NeedlessPauseSeconds { get; init; }

    /// <summary>Decisions, with their times.</summary>
    public required IReadOnlyList<string> Decisions { get; init; }
}
