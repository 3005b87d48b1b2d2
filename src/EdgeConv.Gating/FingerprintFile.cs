using System.Globalization;
using EdgeConv.Core;
using EdgeConv.Gating.Maps;

namespace EdgeConv.Gating;

/// <summary>
/// The file of a <see cref="Fingerprint"/>, readable by any safetensors reader, with a checksum
/// (<see cref="SealedFile"/>). Metadata: format, version, model_name, model_sha256, created, alpha, delta
/// (absent when none), seed, data_hash, fit_hashes (separated by spaces), preparation (absent when unknown), calibration_distinct (absent when
/// all calibration samples differ), held_out_flag_rate,
/// replaces (the checksum of the file that a proposal was made for; absent otherwise), taps (their number T),
/// and for each t in 0..T−1
/// <c>tap.t.</c> + name, channels, statistic, normalized, mode, mode_automatic (absent when false),
/// estimator, shrinkage, background_shrinkage, classes (K). Tensors, each <c>tap.t.</c> + counts I64[K],
/// means F64[K,d], scatter F64[d(d+1)/2], and derived from them centre F32[d], factor F32[d(d+1)/2] or F32[d]
/// when diagonal, whitened_means F32[classes with samples, d] (F32[1,d] for diagonal); background.centre,
/// background.factor, background.whitened_means when relative; scores F32[n], of the same
/// samples in the same order at every tap. A shard, which can
/// be merged, also has the metadata <c>shard.</c> + calibration_share, fixed_shrinkage, delta (the wanted
/// one, absent when none), delta_optional, overlap, data_hashes (separated by spaces), and the tensor
/// shard.calibration F32[n, sum of all d]: the features of the calibration samples. One with a position map
/// also has the metadata <c>map.</c> + layer, height, width, channels, mode, fit_count, and the tensors
/// <c>map.</c> + means F32[H W, C], factors F32[H W, C(C+1)/2] or F32[H W, C] when diagonal, scores F32[m],
/// ascending. Who does not know these reads it as any other fingerprint.
/// </summary>
internal static class FingerprintFile
{
    private const string Format = "edgeconv-fingerprint";
    private const string Distinct = "calibration_distinct";
    private const string FitHashes = "fit_hashes";
    private const int MaximumTaps = 16;
    private static readonly SealedFile Seal = new("fingerprint");

    public static Fingerprint Read(string path) => Parse(path, Seal.Read(path));

    public static void Write(string path, Fingerprint fingerprint)
    {
        SealedFile.Write(path, Serialize(fingerprint));
        TemporaryFile.DeleteAbandoned(path);
    }

    /// <summary>The checksum in a file, whose content must have it.</summary>
    /// <exception cref="FingerprintError">It cannot be read, or is damaged.</exception>
    public static string ChecksumOf(string path)
    {
        byte[] bytes = Seal.Read(path);
        Seal.Check(path, bytes);
        return new SafeTensorsReader(path, bytes).Text("checksum");
    }

    public static byte[] Serialize(Fingerprint fingerprint)
    {
        SafeTensorsWriter writer = SealedFile.Begin();
        writer.Add("format", Format);
        writer.Add("version", Text(Fingerprint.FormatVersion));
        writer.Add("model_name", fingerprint.ModelName);
        writer.Add("model_sha256", fingerprint.ModelSha256);
        writer.Add("created", FieldReader.TimeText(fingerprint.Created));
        writer.Add("alpha", Text(fingerprint.Alpha));
        if (fingerprint.Delta is double delta)
            writer.Add("delta", Text(delta));
        writer.Add("seed", Text(fingerprint.Seed));
        writer.Add("data_hash", fingerprint.DataHash);
        writer.Add(FitHashes, string.Join(' ', fingerprint.FitHashes));
        if (fingerprint.Preparation.Values.Count > 0)
            writer.Add("preparation", fingerprint.Preparation.ToString());
        if (fingerprint.DistinctCount != fingerprint.CalibrationCount)
            writer.Add(Distinct, Text(fingerprint.DistinctCount));
        writer.Add("held_out_flag_rate", Text(fingerprint.HeldOutFlagRate));
        if (fingerprint.Replaces.Length > 0)
            writer.Add("replaces", fingerprint.Replaces);
        writer.Add("taps", Text(fingerprint.Taps.Count));
        for (int t = 0; t < fingerprint.Taps.Count; t++)
            TapSection.Write(writer, $"tap.{t}.", fingerprint.Taps[t]);
        if (fingerprint.Shard is not null)
            ShardSection.Write(writer, fingerprint.Shard);
        if (fingerprint.Map is not null)
            MapSection.Write(writer, fingerprint.Map);
        return SealedFile.Seal(writer);
    }

    public static Fingerprint Parse(string place, byte[] bytes)
    {
        Seal.Check(place, bytes);
        FieldReader fields = new(new SafeTensorsReader(place, bytes));
        CheckFormat(place, fields);
        double? delta = fields.File.FindText("delta") is null ? null : fields.Number("delta", 0, 1);
        Fingerprint fingerprint = new()
        {
            Place = place,
            ModelName = fields.File.Text("model_name"),
            ModelSha256 = fields.File.Text("model_sha256"),
            Created = fields.Time("created"),
            Alpha = fields.Number("alpha", 0, 1),
            Delta = delta,
            Seed = fields.Unsigned("seed"),
            DataHash = fields.File.Text("data_hash"),
            FitHashes = fields.File.Text(FitHashes).Split(' ', StringSplitOptions.RemoveEmptyEntries),
            Preparation = InputPreparation.Parse(fields.File.FindText("preparation") ?? ""),
            HeldOutFlagRate = fields.Number("held_out_flag_rate", 0, 1),
            Replaces = fields.File.FindText("replaces") ?? "",
            Taps = ReadTaps(fields),
        };
        if (fingerprint.Taps.Any(tap => tap.Scores.Length != fingerprint.CalibrationCount))
            throw new FingerprintError(place, "its taps have different numbers of calibration scores");
        if (fingerprint.Taps.Any(tap => tap.Moments.Classes != fingerprint.Taps[0].Moments.Classes))
            throw new FingerprintError(place, "its taps have different numbers of classes");
        if (fields.File.FindText(Distinct) is not null)
        {
            int distinct = fields.Integer(Distinct, 1, fingerprint.CalibrationCount);
            fingerprint = fingerprint with { DistinctCount = distinct };
        }

        return fingerprint with
        {
            Shard = ShardSection.Read(fields, fingerprint.Taps),
            Map = MapSection.Read(fields),
        };
    }

    private static TapFingerprint[] ReadTaps(FieldReader fields)
    {
        TapFingerprint[] taps = new TapFingerprint[fields.Integer("taps", 1, MaximumTaps)];
        for (int t = 0; t < taps.Length; t++)
            taps[t] = TapSection.Read(fields, $"tap.{t}.");
        return taps;
    }

    private static void CheckFormat(string place, FieldReader fields)
    {
        string format = fields.File.Text("format");
        if (format != Format)
            throw new FingerprintError(place, $"its format is '{format}', '{Format}' expected");
        string version = fields.File.Text("version");
        if (version != Text(Fingerprint.FormatVersion))
        {
            throw new FingerprintError(place,
                $"it has format version '{version}', this program reads version {Fingerprint.FormatVersion}");
        }
    }

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
