using EdgeConv.Core;
using EdgeConv.Gating.Maps;

namespace EdgeConv.Gating;

/// <summary>
/// What a gate knows of a model's in-distribution data: a versioned file (<c>.ecfp</c>) bound to the model's
/// hash. Immutable. The layout is described at <see cref="FingerprintFile"/>.
/// </summary>
public sealed record Fingerprint
{
    /// <summary>Version of the file format that this program reads and writes.</summary>
    public const int FormatVersion = 2;

    /// <summary>Where it was read from, for messages; not stored.</summary>
    public string Place { get; init; } = "fingerprint";

    /// <summary>Name of the model it was fitted to.</summary>
    public required string ModelName { get; init; }

    /// <summary>SHA-256 of the model's file, 64 lower-case hexadecimal digits.</summary>
    public required string ModelSha256 { get; init; }

    /// <summary>The taps, at least one; all calibrated by the same samples.</summary>
    public required IReadOnlyList<TapFingerprint> Taps { get; init; }

    /// <summary>False-alarm rate α it was fitted for.</summary>
    public required double Alpha { get; init; }

    /// <summary>The rate is held with confidence 1 − δ; null: on average over calibration sets.</summary>
    public double? Delta { get; init; }

    /// <summary>Seed of the split into fit and calibration; see <see cref="FitOptions.Seed"/>.</summary>
    public ulong Seed { get; init; }

    /// <summary>Identifies the data it was fitted to, as the caller gave it.</summary>
    public string DataHash { get; init; } = "";

    /// <summary>How the inputs were prepared that it was fitted to.</summary>
    public InputPreparation Preparation { get; init; } = InputPreparation.Unknown;

    /// <summary>
    /// <see cref="DataHash"/> of all data that the distances were fitted to, also where other data calibrates.
    /// </summary>
    public IReadOnlyList<string> FitHashes { get; init; } = [];

    /// <summary>When it was fitted, UTC.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>
    /// Share of the calibration samples flagged at α when each half of them is judged by the other: near α.
    /// </summary>
    public double HeldOutFlagRate { get; init; }

    /// <summary>
    /// For a proposal and what comes of it: the checksum of the file that it was made to replace; otherwise
    /// empty.
    /// </summary>
    public string Replaces { get; init; } = "";

    /// <summary>What makes it mergeable; null in one for deployment.</summary>
    public Shard? Shard { get; init; }

    /// <summary>Where inputs are odd; null when there is no map.</summary>
    public PositionMap? Map { get; init; }

    /// <summary>Calibration samples n.</summary>
    public int CalibrationCount => Taps[0].Scores.Length;

    /// <summary>
    /// Calibration samples that differ, which is what the promise counts: exact copies of a sample are no
    /// further evidence. They keep their weight in the p-values, so that an input that often repeats is as
    /// ordinary as the data says.
    /// </summary>
    public int DistinctCount
    {
        get => field > 0 ? field : CalibrationCount;
        init;
    }

    /// <summary>Samples the distances were fitted to.</summary>
    public long FitCount => Taps[0].Moments.Count;

    /// <summary>Reads a file.</summary>
    /// <exception cref="FingerprintError">
    /// It cannot be read, is damaged in any byte, or is of another version.
    /// </exception>
    public static Fingerprint Read(string path) => FingerprintFile.Read(path);

    /// <summary>
    /// Writes a file: whole or not at all, through a temporary file beside it that takes its place once it
    /// is on the disk.
    /// </summary>
    /// <exception cref="FingerprintError">
    /// The file cannot be written; what was there before is untouched.
    /// </exception>
    public void Write(string path) => FingerprintFile.Write(path, this);

    /// <summary>Refuses inputs that are prepared otherwise than those it was fitted to.</summary>
    /// <param name="place">What prepares them, for the message.</param>
    /// <param name="preparation">How.</param>
    /// <exception cref="FingerprintError">Both tell something, and not the same.</exception>
    public void RequirePreparation(string place, InputPreparation preparation)
    {
        if (Preparation.DifferenceFrom(preparation) is (string name, string wanted, string found))
        {
            throw new FingerprintError(Place,
                $"fitted to inputs prepared with {name} {wanted}, but {place} prepares them with {found}; "
                + "verdicts need both alike");
        }
    }

    /// <summary>Refuses a model other than the one it was fitted to.</summary>
    /// <exception cref="FingerprintError">The hashes differ.</exception>
    public void RequireModel(ModelIdentity model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (ModelSha256 == model.Sha256)
            return;
        throw new FingerprintError(Place,
            $"made for model '{ModelName}' with SHA-256 {ModelSha256}, but {model.Path} has {model.Sha256}; "
            + "fit a fingerprint for this model");
    }
}
