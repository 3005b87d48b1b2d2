using System.Text.Json.Serialization;
using EdgeConv.Gating;

namespace EdgeConv.Daemon.Fingerprints;

/// <summary>What <c>edgeconv fingerprint show</c> tells of a fingerprint.</summary>
internal sealed record FingerprintDescription
{
    public required string File { get; init; }
    public required int FormatVersion { get; init; }
    public required DateTimeOffset Created { get; init; }
    public required string ModelName { get; init; }
    public required string ModelSha256 { get; init; }

    /// <summary>Wanted share of false alarms.</summary>
    public required double Alpha { get; init; }

    /// <summary>1 - confidence; null for on average over calibration sets.</summary>
    public required double? Delta { get; init; }

    /// <summary>The promise in words; null when the calibration samples suffice for none.</summary>
    public required string? Guarantee { get; init; }

    /// <summary>The bound on the share of false alarms that the calibration samples reach.</summary>
    public required double Bound { get; init; }

    /// <summary>Inputs with p at most this are out of distribution; 0 when none can be.</summary>
    public required double Threshold { get; init; }

    /// <summary>
    /// Sum of the taps' squared distances above which p is at most the threshold; null where none is, and
    /// with one tap.
    /// </summary>
    public required double? ThresholdSum { get; init; }

    public required long FitSamples { get; init; }
    public required int CalibrationSamples { get; init; }

    /// <summary>Those of them that differ, which the promise counts.</summary>
    public required int DistinctCalibrationSamples { get; init; }

    public required double HeldOutFlagRate { get; init; }
    public required ulong Seed { get; init; }
    public required string DataHash { get; init; }

    /// <summary>How its inputs were prepared, as NAME=VALUE; empty where the file does not tell.</summary>
    public required string Preparation { get; init; }

    /// <summary>Whether it can be merged with others.</summary>
    public required bool IsShard { get; init; }

    public required IReadOnlyList<TapDescription> Taps { get; init; }

    /// <summary>Where inputs are odd; null when there is no map.</summary>
    public required MapDescription? Map { get; init; }

    public static FingerprintDescription Of(Fingerprint fingerprint)
    {
        Guarantee guarantee = Gating.Guarantee.Of(fingerprint);
        CalibrationBlocks blocks = CalibrationBlocks.Of(fingerprint);
        return new FingerprintDescription
        {
            File = fingerprint.Place,
            FormatVersion = Fingerprint.FormatVersion,
            Created = fingerprint.Created,
            ModelName = fingerprint.ModelName,
            ModelSha256 = fingerprint.ModelSha256,
            Alpha = fingerprint.Alpha,
            Delta = fingerprint.Delta,
            Guarantee = guarantee.Threshold > 0 ? guarantee.ToString() : null,
            Bound = guarantee.Bound,
            Threshold = guarantee.Threshold,
            ThresholdSum = fingerprint.Taps.Count == 1
                ? null
                : blocks.CutAt(fingerprint.Taps.Count, guarantee.Threshold),
            FitSamples = fingerprint.FitCount,
            CalibrationSamples = fingerprint.CalibrationCount,
            DistinctCalibrationSamples = fingerprint.DistinctCount,
            HeldOutFlagRate = fingerprint.HeldOutFlagRate,
            Seed = fingerprint.Seed,
            DataHash = fingerprint.DataHash,
            Preparation = fingerprint.Preparation.ToString(),
            IsShard = fingerprint.Shard is not null,
            Taps = [.. fingerprint.Taps.Select(
                (tap, i) => TapDescription.Of(tap, blocks.CutAt(i, guarantee.Threshold)))],
            Map = MapDescription.Of(fingerprint),
        };
    }
}

/// <summary>One tap of a <see cref="FingerprintDescription"/>.</summary>
internal sealed record TapDescription
{
    public required string Name { get; init; }
    public required int Channels { get; init; }
    public required string Statistic { get; init; }
    public required int Features { get; init; }
    public required bool IsNormalized { get; init; }
    public required string Mode { get; init; }
    public required bool IsModeAutomatic { get; init; }

    /// <summary>How the shrinkage was found; null for the diagonal modes, which have none.</summary>
    public required string? Estimator { get; init; }

    public required double Shrinkage { get; init; }

    /// <summary>Shrinkage of the covariance of all data; 0 unless relative.</summary>
    public required double BackgroundShrinkage { get; init; }

    /// <summary>ln det of the covariance that distances are taken in.</summary>
    public required double LogDeterminant { get; init; }

    /// <summary>Samples of each class that it was fitted to.</summary>
    public required IReadOnlyList<long> ClassCounts { get; init; }

    /// <summary>Squared distance above which this tap alone flags; null when it never does.</summary>
    public required double? ThresholdDistance { get; init; }

    /// <summary>Quantiles of the calibration samples' squared distances.</summary>
    public required ScoreQuantiles Calibration { get; init; }

    public static TapDescription Of(TapFingerprint tap, double? threshold) => new()
    {
        Name = tap.Name,
        Channels = tap.Channels,
        Statistic = GateNames.Of(tap.Statistic),
        Features = tap.Dimension,
        IsNormalized = tap.IsNormalized,
        Mode = GateNames.Of(tap.Mode),
        IsModeAutomatic = tap.IsModeAutomatic,
        Estimator = tap.Mode is GateMode.Diagonal or GateMode.ClassDiagonal ? null : GateNames.Of(tap.Estimator),
        Shrinkage = tap.Shrinkage,
        BackgroundShrinkage = tap.BackgroundShrinkage,
        LogDeterminant = tap.Classes.LogDeterminant,
        ClassCounts = tap.Moments.Counts.ToArray(),
        ThresholdDistance = threshold,
        Calibration = ScoreQuantiles.Of(tap.Scores),
    };
}

/// <summary>Quantiles of scores: the k-th smallest of n with k = ⌈q n⌉, at least the first.</summary>
internal sealed record ScoreQuantiles(
    double Least, double Q25, double Median, double Q75, double Q95, double Q99, double Greatest)
{
    public static ScoreQuantiles Of(float[] scores)
    {
        float[] sorted = [.. scores.Order()];
        double At(double q) => sorted[Math.Max(0, (int)Math.Ceiling(q * sorted.Length) - 1)];
        return new(At(0), At(0.25), At(0.5), At(0.75), At(0.95), At(0.99), At(1));
    }
}

/// <summary>JSON of <c>edgeconv fingerprint show --json</c> and <c>diff --json</c>.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [typeof(FiniteNumberConverter)])]
[JsonSerializable(typeof(FingerprintDescription))]
[JsonSerializable(typeof(FingerprintComparison))]
internal sealed partial class FingerprintJson : JsonSerializerContext;
