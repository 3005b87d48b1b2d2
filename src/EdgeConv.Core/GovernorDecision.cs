namespace EdgeConv.Core;

/// <summary>Why a governor moved.</summary>
public enum GovernorCause
{
    /// <summary>There is room in all budgets.</summary>
    Room,

    /// <summary>Results were, or were about to be, later than allowed; measured in ms.</summary>
    Latency,

    /// <summary>The board drew, or was about to draw, more than allowed; measured in W.</summary>
    Power,

    /// <summary>The processor was, or was about to be, hotter than allowed; measured in °C.</summary>
    Temperature,
}

/// <summary>A pipeline goes on at another operating point.</summary>
public sealed record GovernorDecision : Finding
{
    /// <summary>The point it leaves.</summary>
    public required OperatingPoint From { get; init; }

    /// <summary>The point it takes.</summary>
    public required OperatingPoint To { get; init; }

    /// <summary>Which budget made it move.</summary>
    public required GovernorCause Cause { get; init; }

    /// <summary>What was measured or expected at <see cref="From"/>, in the cause's unit.</summary>
    public required double Measured { get; init; }

    /// <summary>The budget's limit, in the same unit; null where none is set.</summary>
    public double? Limit { get; init; }

    /// <summary>Latency that 99 % of the results are expected to hold at <see cref="To"/>.</summary>
    public required TimeSpan ExpectedLatency { get; init; }

    /// <summary>Power above idle that <see cref="To"/> is expected to take, W.</summary>
    public required double ExpectedWatts { get; init; }
}
