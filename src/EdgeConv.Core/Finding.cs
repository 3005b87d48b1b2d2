namespace EdgeConv.Core;

/// <summary>
/// What a pipeline finds and says once, in order: a <see cref="Result"/>, a <see cref="DriftAlarm"/>, a
/// <see cref="GateEvent"/> or a <see cref="GovernorDecision"/>. Immutable.
/// </summary>
public abstract record Finding
{
    /// <summary>Capture time of the sample it was found at, UTC.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>The pipeline's name.</summary>
    public required string Pipeline { get; init; }
}

/// <summary>One gated sample, as alarms and events refer to it.</summary>
/// <param name="Timestamp">Capture time, UTC.</param>
/// <param name="CapturedAt">Capture time on the monotonic clock, <see cref="Sample.CapturedAt"/>.</param>
/// <param name="Sequence">Sequence number of its <see cref="Result"/>.</param>
/// <param name="Origin">File or device it came from.</param>
/// <param name="Model">The model whose gate judged it.</param>
/// <param name="Gate">What the gate said.</param>
public readonly record struct GatedSample(
    DateTimeOffset Timestamp,
    long CapturedAt,
    long Sequence,
    string Origin,
    ModelIdentity Model,
    GateReading Gate);

/// <summary>What the samples of a stream are compared with.</summary>
public enum DriftReference
{
    /// <summary>The calibration samples of its gate, and its own samples so far.</summary>
    Calibration,

    /// <summary>Its own samples since the alarm before.</summary>
    Stream,
}

/// <summary>Why the samples of a stream are held to be others than they were.</summary>
/// <param name="Reference">What they were compared with.</param>
/// <param name="Martingale">Value M of the martingale, at least 1/α.</param>
/// <param name="Alpha">Bound α on the probability of such an alarm without a change.</param>
/// <param name="Samples">Samples looked at since the start, or since the alarm before.</param>
/// <param name="PageHinkley">Greatest Page–Hinkley statistic of the logarithms of the distances.</param>
/// <param name="PageHinkleyThreshold">What that must exceed to speak for a change by itself.</param>
public readonly record struct DriftEvidence(
    DriftReference Reference,
    double Martingale,
    double Alpha,
    long Samples,
    double PageHinkley,
    double PageHinkleyThreshold);

/// <summary>A pipeline's input has drifted: its gate should be calibrated anew.</summary>
public sealed record DriftAlarm : Finding
{
    /// <summary>The sample at which the evidence sufficed.</summary>
    public required GatedSample Sample { get; init; }

    /// <summary>The evidence.</summary>
    public required DriftEvidence Evidence { get; init; }
}

/// <summary>Which of an event's two messages it is.</summary>
public enum EventPhase
{
    /// <summary>It has begun.</summary>
    Start,

    /// <summary>It is over.</summary>
    End,
}

/// <summary>A stretch of odd samples of one pipeline, told when it begins and when it is over.</summary>
public sealed record GateEvent : Finding
{
    /// <summary>The same in both messages, and in no other event of this pipeline.</summary>
    public required string Id { get; init; }

    /// <summary>Begun, or over.</summary>
    public required EventPhase Phase { get; init; }

    /// <summary>Its first sample.</summary>
    public required GatedSample First { get; init; }

    /// <summary>Its latest sample; the last one, once it is over.</summary>
    public required GatedSample Last { get; init; }

    /// <summary>Its oddest sample so far.</summary>
    public required GatedSample Peak { get; init; }

    /// <summary>From the capture of the first to that of the last.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Samples from the first to the last.</summary>
    public required long Samples { get; init; }
}
