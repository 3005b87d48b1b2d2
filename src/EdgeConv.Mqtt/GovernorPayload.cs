using EdgeConv.Core;

namespace EdgeConv.Mqtt;

/// <summary>
/// One <see cref="GovernorDecision"/> as published; its JSON is that of <c>deploy/config/governor.schema.json</c>.
/// </summary>
public sealed record GovernorPayload
{
    /// <summary>When the sample was captured at which it was made: RFC 3339, UTC, milliseconds.</summary>
    public required string Ts { get; init; }

    /// <summary>Pipeline.</summary>
    public required string Pipeline { get; init; }

    /// <summary>The operating point that was left.</summary>
    public required OperatingPointPayload From { get; init; }

    /// <summary>The operating point that was taken.</summary>
    public required OperatingPointPayload To { get; init; }

    /// <summary>Why.</summary>
    public required GovernorCausePayload Cause { get; init; }

    /// <summary>What is expected of the point that was taken.</summary>
    public required ExpectedPayload Expected { get; init; }

    /// <summary>The payload of <paramref name="decision"/>.</summary>
    public static GovernorPayload Of(GovernorDecision decision)
    {
        ArgumentNullException.ThrowIfNull(decision);
        return new GovernorPayload
        {
            Ts = PayloadText.Of(decision.Timestamp),
            Pipeline = decision.Pipeline,
            From = OperatingPointPayload.From(decision.From),
            To = OperatingPointPayload.From(decision.To),
            Cause = GovernorCausePayload.From(decision),
            Expected = new ExpectedPayload(
                PayloadText.Finite(decision.ExpectedLatency.TotalMilliseconds), PayloadText.Finite(decision.ExpectedWatts)),
        };
    }
}

/// <summary>Which budget made the pipeline move.</summary>
/// <param name="Budget"><c>latency</c>, <c>power</c>, <c>temperature</c>, or <c>room</c> when there is room in all.</param>
/// <param name="Measured">What was measured or foreseen, in <paramref name="Unit"/>.</param>
/// <param name="Limit">The limit; null where none is set.</param>
/// <param name="Margin">Limit less what was measured; negative when it was exceeded.</param>
/// <param name="Unit"><c>ms</c>, <c>W</c> or <c>°C</c>.</param>
public sealed record GovernorCausePayload(string Budget, double? Measured, double? Limit, double? Margin, string Unit)
{
    internal static GovernorCausePayload From(GovernorDecision decision)
    {
        (string budget, string unit) = decision.Cause switch
        {
            GovernorCause.Latency => ("latency", "ms"),
            GovernorCause.Power => ("power", "W"),
            GovernorCause.Temperature => ("temperature", "°C"),
            _ => ("room", "ms"),
        };
        return new GovernorCausePayload(
            budget, PayloadText.Finite(decision.Measured), PayloadText.Finite(decision.Limit),
            PayloadText.Finite(decision.Limit - decision.Measured), unit);
    }
}

/// <summary>What is expected of an operating point.</summary>
/// <param name="LatencyMs">Latency that 99 % of the results hold, ms.</param>
/// <param name="PowerW">Power above idle, W.</param>
public sealed record ExpectedPayload(double? LatencyMs, double? PowerW);
