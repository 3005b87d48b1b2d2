using EdgeConv.Core;

namespace EdgeConv.Mqtt;

/// <summary>
/// One <see cref="DriftAlarm"/> as published; its JSON is that of <c>deploy/config/drift.schema.json</c>.
/// </summary>
public sealed record DriftPayload
{
    /// <summary>When the sample was captured that raised it: RFC 3339, UTC, milliseconds.</summary>
    public required string Ts { get; init; }

    /// <summary>Pipeline.</summary>
    public required string Pipeline { get; init; }

    /// <summary>What is to be done: <c>recalibration needed</c>.</summary>
    public required string Advice { get; init; }

    /// <summary>What the samples were compared with: <c>calibration</c> or <c>stream</c>.</summary>
    public required string Reference { get; init; }

    /// <summary>Sequence number of that sample's result.</summary>
    public required long Seq { get; init; }

    /// <summary>File or device it came from.</summary>
    public required string Origin { get; init; }

    /// <summary>The model that ran.</summary>
    public required ModelPayload Model { get; init; }

    /// <summary>Value of the martingale, at least 1/α.</summary>
    public required double? Martingale { get; init; }

    /// <summary>Bound α on the probability of such an alarm without drift.</summary>
    public required double Alpha { get; init; }

    /// <summary>Samples looked at since the start, or since the alarm before.</summary>
    public required long Samples { get; init; }

    /// <summary>Page–Hinkley statistic of the logarithms of the distances.</summary>
    public required double? PageHinkley { get; init; }

    /// <summary>Above it that statistic speaks for a change by itself.</summary>
    public required double PageHinkleyThreshold { get; init; }

    /// <summary>The payload of <paramref name="alarm"/>.</summary>
    public static DriftPayload From(DriftAlarm alarm)
    {
        ArgumentNullException.ThrowIfNull(alarm);
        DriftEvidence evidence = alarm.Evidence;
        return new DriftPayload
        {
            Ts = PayloadText.Of(alarm.Timestamp),
            Pipeline = alarm.Pipeline,
            Advice = "recalibration needed",
            Reference = evidence.Reference == DriftReference.Calibration ? "calibration" : "stream",
            Seq = alarm.Sample.Sequence,
            Origin = alarm.Sample.Origin,
            Model = ModelPayload.From(alarm.Sample.Model),
            Martingale = PayloadText.Finite(evidence.Martingale),
            Alpha = evidence.Alpha,
            Samples = evidence.Samples,
            PageHinkley = PayloadText.Finite(evidence.PageHinkley),
            PageHinkleyThreshold = evidence.PageHinkleyThreshold,
        };
    }
}
