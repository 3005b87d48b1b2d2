using EdgeConv.Core;

namespace EdgeConv.Mqtt;

/// <summary>
/// A pipeline's <see cref="Health"/> as published; its JSON is that of
/// <c>deploy/config/health.schema.json</c>.
/// </summary>
public sealed record HealthPayload
{
    /// <summary>When it was taken: RFC 3339, UTC, milliseconds.</summary>
    public required string Ts { get; init; }

    /// <summary>Pipeline.</summary>
    public required string Pipeline { get; init; }

    /// <summary><c>running</c>, <c>waiting</c>, <c>stopped</c> or <c>failed</c>.</summary>
    public required string State { get; init; }

    /// <summary>The latest problem in one line, or null.</summary>
    public required string? Problem { get; init; }

    /// <summary>What it runs with; null before the first model is loaded.</summary>
    public required OperatingPointPayload? OperatingPoint { get; init; }

    /// <summary>Results published.</summary>
    public required long Results { get; init; }

    /// <summary>Results whose verdict was <c>ood</c>.</summary>
    public required long OodResults { get; init; }

    /// <summary>Whether input has drifted since the start: the gate should be calibrated anew.</summary>
    public required bool Drift { get; init; }

    /// <summary>Id of the event that has begun and is not over; null when there is none.</summary>
    public required string? Event { get; init; }

    /// <summary>Samples dropped because a newer one was there.</summary>
    public required long StaleDropped { get; init; }

    /// <summary>Samples that were unusable.</summary>
    public required long BadSamples { get; init; }

    /// <summary>Board temperature, °C; null when the board does not tell.</summary>
    public required double? TemperatureC { get; init; }

    /// <summary>Power drawn, W; null when no rail is measured.</summary>
    public required double? PowerW { get; init; }

    /// <summary>Energy taken; null before the first inference.</summary>
    public required EnergyPayload? Energy { get; init; }

    /// <summary>The payload of <paramref name="health"/>.</summary>
    public static HealthPayload From(Health health)
    {
        ArgumentNullException.ThrowIfNull(health);
        return new HealthPayload
        {
            Ts = PayloadText.Of(health.Timestamp),
            Pipeline = health.Pipeline,
            State = NameOf(health.State),
            Problem = health.Problem,
            OperatingPoint = health.OperatingPoint is { } point ? OperatingPointPayload.From(point) : null,
            Results = health.Results,
            OodResults = health.OodResults,
            Drift = health.HasDrifted,
            Event = health.OpenEvent,
            StaleDropped = health.StaleDropped,
            BadSamples = health.BadSamples,
            TemperatureC = PayloadText.Finite(health.TemperatureCelsius),
            PowerW = PayloadText.Finite(health.PowerWatts),
            Energy = health.Energy is { } energy ? EnergyPayload.From(energy) : null,
        };
    }

    private static string NameOf(PipelineState state) => state switch
    {
        PipelineState.Running => "running",
        PipelineState.Waiting => "waiting",
        PipelineState.Stopped => "stopped",
        _ => "failed",
    };
}

/// <summary>
/// How the daemon's connection to the broker is doing, as published on <see cref="Topics.Health"/>.
/// </summary>
public sealed record BrokerHealthPayload
{
    /// <summary>When it was written: RFC 3339, UTC, milliseconds.</summary>
    public required string Ts { get; init; }

    /// <summary>Our client identifier.</summary>
    public required string ClientId { get; init; }

    /// <summary>Connections established since the daemon started.</summary>
    public required long Connects { get; init; }

    /// <summary>Results, events, alarms and decisions that wait or are not acknowledged yet.</summary>
    public required int Queued { get; init; }

    /// <summary>Most that wait.</summary>
    public required int QueueLimit { get; init; }

    /// <summary>Those dropped because the queue was full.</summary>
    public required long Dropped { get; init; }

    /// <summary>Those acknowledged by the broker.</summary>
    public required long Published { get; init; }

    /// <summary>Messages the broker refused.</summary>
    public required long Refused { get; init; }

    /// <summary>
    /// In one line what is wrong with the daemon (a reload was refused, nothing measures a power budget),
    /// otherwise the connection's latest problem; or null.
    /// </summary>
    public required string? LastProblem { get; init; }
}
