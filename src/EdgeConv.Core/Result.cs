namespace EdgeConv.Core;

/// <summary>Where the time between capture and publication went.</summary>
/// <param name="Queue">From capture until preprocessing began.</param>
/// <param name="Preprocess">Resize, normalise, window.</param>
/// <param name="Infer">The session's run.</param>
/// <param name="Decode">Labels or boxes from outputs.</param>
/// <param name="Gate">Distance, p-value, verdict.</param>
public readonly record struct Latency(
    TimeSpan Queue, TimeSpan Preprocess, TimeSpan Infer, TimeSpan Decode, TimeSpan Gate)
{
    /// <summary>From capture until the result was handed to the sink.</summary>
    public TimeSpan Total => Queue + Preprocess + Infer + Decode + Gate;
}

/// <summary>What the governor asks a pipeline to run with; a value, read at the start of each tick.</summary>
/// <param name="Member">Index of the family member in the pipeline's list, as configured.</param>
/// <param name="Model">Name of that member's model.</param>
/// <param name="Threads">Threads of its session.</param>
/// <param name="RateHertz">Greatest rate of samples, Hz; 0 is a pause, infinity unlimited.</param>
/// <param name="Reason">Why this point was chosen, one clause.</param>
public sealed record OperatingPoint(int Member, string Model, int Threads, double RateHertz, string Reason);

/// <summary>Energy of one inference above what the board takes without it.</summary>
/// <param name="Millijoules">Energy in mJ.</param>
/// <param name="UncertaintyMillijoules">Standard uncertainty of it, mJ.</param>
/// <param name="IsEstimated">True when it comes from a model instead of a power rail.</param>
public readonly record struct Energy(double Millijoules, double UncertaintyMillijoules, bool IsEstimated);

/// <summary>Energy that a pipeline has taken above what the board takes without it.</summary>
public sealed record EnergyUse
{
    /// <summary>Mean of the inferences of about the last minute.</summary>
    public required Energy Inference { get; init; }

    /// <summary>Of this day, UTC, J.</summary>
    public required double DayJoules { get; init; }

    /// <summary>Of the day before, J; null when it was not counted.</summary>
    public double? DayBeforeJoules { get; init; }

    /// <summary>Since <see cref="Since"/>, J.</summary>
    public required double TotalJoules { get; init; }

    /// <summary>Standard uncertainty of <see cref="TotalJoules"/>, J.</summary>
    public required double TotalUncertaintyJoules { get; init; }

    /// <summary>Since when it is counted, UTC.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>True when any of <see cref="TotalJoules"/> comes from a model instead of a power rail.</summary>
    public required bool IsEstimated { get; init; }
}

/// <summary>One inference, as published.</summary>
public sealed record Result : Finding
{
    /// <summary>Counts this pipeline's results from 0.</summary>
    public required long Sequence { get; init; }

    /// <summary>The sample's origin: file name, device.</summary>
    public required string Origin { get; init; }

    /// <summary>The model that ran.</summary>
    public required ModelIdentity Model { get; init; }

    /// <summary>Labels or boxes.</summary>
    public required Prediction Prediction { get; init; }

    /// <summary>The gate's word; null when the pipeline has no gate.</summary>
    public GateReading? Gate { get; init; }

    /// <summary>Why it is out of distribution; null for any other verdict.</summary>
    public GateExplanation? Explanation { get; init; }

    /// <summary>Time spent.</summary>
    public required Latency Latency { get; init; }

    /// <summary>Energy spent.</summary>
    public required Energy Energy { get; init; }

    /// <summary>What the governor had asked for.</summary>
    public required OperatingPoint OperatingPoint { get; init; }

    /// <summary>The sample's: whoever takes the result settles it when it is secured or lost; or null.</summary>
    public IReceipt? Receipt { get; init; }

    /// <summary>What the sample's sender wants to find here; empty for nothing.</summary>
    public ReadOnlyMemory<byte> Correlation { get; init; }
}

/// <summary>How a pipeline is doing.</summary>
public enum PipelineState
{
    /// <summary>Samples come and results go.</summary>
    Running,

    /// <summary>Waiting for its source (device lost, file missing) and trying again.</summary>
    Waiting,

    /// <summary>The source has ended, or the daemon is stopping.</summary>
    Stopped,

    /// <summary>It cannot go on without a change by the user.</summary>
    Failed,
}

/// <summary>A pipeline's state and counters since it started.</summary>
public sealed record Health
{
    /// <summary>When it was taken, UTC.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>The pipeline's name.</summary>
    public required string Pipeline { get; init; }

    /// <summary>Its state.</summary>
    public required PipelineState State { get; init; }

    /// <summary>The latest problem in one line, or null.</summary>
    public string? Problem { get; init; }

    /// <summary>What it runs with now, and why.</summary>
    public OperatingPoint? OperatingPoint { get; init; }

    /// <summary>Results published.</summary>
    public long Results { get; init; }

    /// <summary>Results whose verdict was <see cref="Verdict.Ood"/>.</summary>
    public long OodResults { get; init; }

    /// <summary>Whether there was a <see cref="DriftAlarm"/>: the gate should be calibrated anew.</summary>
    public bool HasDrifted { get; init; }

    /// <summary>Id of the <see cref="GateEvent"/> that has begun and is not over; null when there is none.</summary>
    public string? OpenEvent { get; init; }

    /// <summary>Samples dropped because a newer one was there.</summary>
    public long StaleDropped { get; init; }

    /// <summary>Samples that were unusable.</summary>
    public long BadSamples { get; init; }

    /// <summary>Board temperature in °C; null when the board does not tell.</summary>
    public double? TemperatureCelsius { get; init; }

    /// <summary>Power drawn in W; null when no rail is measured.</summary>
    public double? PowerWatts { get; init; }

    /// <summary>Energy taken; null before the first inference.</summary>
    public EnergyUse? Energy { get; init; }
}
