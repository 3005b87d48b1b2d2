namespace EdgeConv.Gating;

/// <summary>
/// What a fingerprint keeps beside itself so that it can be merged with those of other data: the features of
/// its calibration samples, and the options that all shards must share. Immutable.
/// </summary>
public sealed record Shard
{
    /// <summary>
    /// Features of each calibration sample <c>[n][D]</c>, all taps' one after another, ordered by content.
    /// </summary>
    public required IReadOnlyList<float[]> Calibration { get; init; }

    /// <summary>See <see cref="FitOptions.CalibrationShare"/>.</summary>
    public required double CalibrationShare { get; init; }

    /// <summary>See <see cref="FitOptions.FixedShrinkage"/>.</summary>
    public required double FixedShrinkage { get; init; }

    /// <summary>The δ that was wanted, see <see cref="FitOptions.Delta"/>.</summary>
    public required double? Delta { get; init; }

    /// <summary>See <see cref="FitOptions.IsDeltaOptional"/>.</summary>
    public required bool IsDeltaOptional { get; init; }

    /// <summary>See <see cref="FitOptions.Overlap"/>.</summary>
    public required int Overlap { get; init; }

    /// <summary>
    /// Hashes of the data it was made of, one for each fit, ascending; none where the caller gave none.
    /// </summary>
    public required IReadOnlyList<string> DataHashes { get; init; }
}
