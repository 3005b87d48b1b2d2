using EdgeConv.Core;

namespace EdgeConv.Mqtt;

/// <summary>
/// One <see cref="GateEvent"/> as published; its JSON is that of <c>deploy/config/event.schema.json</c>.
/// </summary>
public sealed record EventPayload
{
    /// <summary>When the sample was captured that told of it: RFC 3339, UTC, milliseconds.</summary>
    public required string Ts { get; init; }

    /// <summary>Pipeline.</summary>
    public required string Pipeline { get; init; }

    /// <summary>The same at start and end; no other event of the pipeline has it.</summary>
    public required string Id { get; init; }

    /// <summary><c>start</c> or <c>end</c>.</summary>
    public required string Phase { get; init; }

    /// <summary>When its first sample was captured.</summary>
    public required string Start { get; init; }

    /// <summary>When its last sample was captured; null at its start.</summary>
    public required string? End { get; init; }

    /// <summary>From the first sample to the last, s; null at its start.</summary>
    public required double? DurationS { get; init; }

    /// <summary>Its samples, so far.</summary>
    public required long Samples { get; init; }

    /// <summary>Its oddest sample, so far.</summary>
    public required PeakPayload Peak { get; init; }

    /// <summary>The payload of <paramref name="gateEvent"/>.</summary>
    public static EventPayload From(GateEvent gateEvent)
    {
        ArgumentNullException.ThrowIfNull(gateEvent);
        bool isOver = gateEvent.Phase == EventPhase.End;
        return new EventPayload
        {
            Ts = PayloadText.Of(gateEvent.Timestamp),
            Pipeline = gateEvent.Pipeline,
            Id = gateEvent.Id,
            Phase = isOver ? "end" : "start",
            Start = PayloadText.Of(gateEvent.First.Timestamp),
            End = isOver ? PayloadText.Of(gateEvent.Last.Timestamp) : null,
            DurationS = isOver ? gateEvent.Duration.TotalSeconds : null,
            Samples = gateEvent.Samples,
            Peak = PeakPayload.From(gateEvent.Peak),
        };
    }
}

/// <summary>The oddest sample of an event.</summary>
/// <param name="Ts">When it was captured.</param>
/// <param name="Seq">Sequence number of its result.</param>
/// <param name="Origin">File or device it came from.</param>
/// <param name="Model">The model that ran.</param>
/// <param name="Gate">What the gate said.</param>
public sealed record PeakPayload(string Ts, long Seq, string Origin, ModelPayload Model, GatePayload Gate)
{
    internal static PeakPayload From(in GatedSample sample) => new(
        PayloadText.Of(sample.Timestamp), sample.Sequence, sample.Origin, ModelPayload.From(sample.Model),
        GatePayload.Of(sample.Gate));
}
