using System.Globalization;
using EdgeConv.Core;
using EdgeConv.Gating.Maps;

namespace EdgeConv.Gating;

/// <summary>One tap to fit, and how.</summary>
/// <param name="Name">The tapped value's name in the model file.</param>
/// <param name="Channels">Its channels C.</param>
public sealed record TapChoice(string Name, int Channels)
{
    /// <summary>Which statistics are the features.</summary>
    public TapStatistic Statistic { get; init; } = TapStatistic.Mean;

    /// <summary>
    /// The distance; null for relative where there are two classes or more and more samples to fit to than
    /// twice the features, otherwise tied, as the end of the fit shows.
    /// </summary>
    public GateMode? Mode { get; init; } = GateMode.Tied;

    /// <summary>Whether features are scaled to Euclidean length 1 first.</summary>
    public bool IsNormalized { get; init; }
}

/// <summary>What a fingerprint is fitted with.</summary>
public sealed record FitOptions
{
    /// <summary>The taps, in the order the session has them; their p-values are combined.</summary>
    public required IReadOnlyList<TapChoice> Taps { get; init; }

    /// <summary>Classes that samples are labelled with, 0..Classes − 1; 1 for data without labels.</summary>
    public int Classes { get; init; } = 1;

    /// <summary>Wanted false-alarm rate α, in (0,1).</summary>
    public double Alpha { get; init; } = 0.05;

    /// <summary>
    /// With δ in (0,1) the rate is held with confidence 1 − δ for this calibration set; with null it is
    /// held on average over calibration sets.
    /// </summary>
    public double? Delta { get; init; }

    /// <summary>
    /// Whether a calibration set too small for δ holds the rate on average instead of being refused.
    /// </summary>
    public bool IsDeltaOptional { get; init; }

    /// <summary>Estimator of full covariances.</summary>
    public CovarianceEstimator Estimator { get; init; } = CovarianceEstimator.Oas;

    /// <summary>Amount for <see cref="CovarianceEstimator.Fixed"/>, 0..1.</summary>
    public double FixedShrinkage { get; init; } = 0.1;

    /// <summary>Share of the samples that calibrates and is not fitted to, in (0,1).</summary>
    public double CalibrationShare { get; init; } = 1.0 / 3;

    /// <summary>Decides, with the content of each sample, which ones calibrate.</summary>
    public ulong Seed { get; init; }

    /// <summary>Identifies the data, such as a hash over its files; stored as it is.</summary>
    public string DataHash { get; init; } = "";

    /// <summary>Of merged data the hash of each part; none where <see cref="DataHash"/> is that of all.</summary>
    public IReadOnlyList<string> PartHashes { get; init; } = [];

    /// <summary>How the inputs are prepared; stored as it is.</summary>
    public InputPreparation Preparation { get; init; } = InputPreparation.Unknown;

    /// <summary>
    /// Consecutive samples of which each may share content with the first, itself among them: the length of
    /// windows over their stride, rounded up. Above 1 the samples are split in blocks, see
    /// <see cref="BlockSplit"/>.
    /// </summary>
    public int Overlap { get; init; } = 1;

    /// <summary>
    /// A fingerprint of the same taps whose distances are kept: all samples calibrate them. Null to fit them.
    /// </summary>
    public Fingerprint? Kept { get; init; }
    /// <summary>The position map to fit beside the taps; null for none.</summary>
    public MapChoice? Map { get; init; }

    // Every option but the data's hash as text: equal for fits that come to the same.
    internal string Canonical() => string.Join(' ', (IEnumerable<string>)
    [
        .. Taps.Select(tap => string.Create(CultureInfo.InvariantCulture,
            $"{tap.Name} {tap.Channels} {tap.Statistic} {tap.Mode} {tap.IsNormalized}")),
        string.Create(CultureInfo.InvariantCulture,
            $"{Classes} {Alpha} {Delta} {IsDeltaOptional} {Estimator} {FixedShrinkage} {CalibrationShare} {Seed} {Overlap}"),
        .. Map is null ? (string[])[] : [Map.ToString()],
    ]);

    internal void Check()
    {
        RequireBetween(nameof(Alpha), Alpha);
        RequireBetween(nameof(Delta), Delta ?? 0.5);
        RequireBetween(nameof(CalibrationShare), CalibrationShare);
        if (!(FixedShrinkage is >= 0 and <= 1))
            throw new ConfigError("shrinkage", $"{FixedShrinkage} is not in 0..1");
        if (Classes < 1)
            throw new ConfigError("classes", $"{Classes}; at least 1 is needed");
        if (Overlap < 1)
            throw new ConfigError("overlap", $"{Overlap}; at least 1 is needed");
        if (Taps.Count == 0)
            throw new ConfigError("tap", "no tap to fit; name at least one");
        Map?.Check();
        foreach (TapChoice tap in Taps)
        {
            if (tap.Channels is < 1 or > MaximumChannels)
                throw new ConfigError(tap.Name, $"{tap.Channels} channels, not in 1..{MaximumChannels}");
        }
    }

    internal const int MaximumChannels = 10_000;

    private static void RequireBetween(string key, double value)
    {
        if (!(value > 0 && value < 1))
            throw new ConfigError(key.ToLowerInvariant(), $"{value} is not between 0 and 1");
    }
}
