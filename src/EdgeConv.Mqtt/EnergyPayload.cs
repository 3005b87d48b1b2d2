using EdgeConv.Core;

namespace EdgeConv.Mqtt;

/// <summary>Energy that a pipeline has taken, above what the board takes without it.</summary>
public sealed record EnergyPayload
{
    /// <summary>An inference, mean of about the last minute, mJ.</summary>
    public required double? InferenceMj { get; init; }

    /// <summary>Standard uncertainty of that, mJ.</summary>
    public required double? InferenceUncertaintyMj { get; init; }

    /// <summary>This day, UTC, J.</summary>
    public required double? DayJ { get; init; }

    /// <summary>The day before, J; null when it was not counted.</summary>
    public required double? DayBeforeJ { get; init; }

    /// <summary>Since <see cref="Since"/>, J.</summary>
    public required double? TotalJ { get; init; }

    /// <summary>Standard uncertainty of that, J.</summary>
    public required double? TotalUncertaintyJ { get; init; }

    /// <summary>Since when it is counted: RFC 3339, UTC, milliseconds.</summary>
    public required string Since { get; init; }

    /// <summary>Whether any of it comes from a model instead of a power rail.</summary>
    public required bool Estimated { get; init; }

    internal static EnergyPayload From(EnergyUse energy) => new()
    {
        InferenceMj = PayloadText.Finite(energy.Inference.Millijoules),
        InferenceUncertaintyMj = PayloadText.Finite(energy.Inference.UncertaintyMillijoules),
        DayJ = PayloadText.Finite(energy.DayJoules),
        DayBeforeJ = PayloadText.Finite(energy.DayBeforeJoules),
        TotalJ = PayloadText.Finite(energy.TotalJoules),
        TotalUncertaintyJ = PayloadText.Finite(energy.TotalUncertaintyJoules),
        Since = PayloadText.Of(energy.Since),
        Estimated = energy.IsEstimated,
    };
}
