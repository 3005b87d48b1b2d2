using System.Globalization;

namespace EdgeConv.Gating;

/// <summary>The part of a fingerprint file that a shard has; names at <see cref="FingerprintFile"/>.</summary>
internal static class ShardSection
{
    private const string Prefix = "shard.";
    private const string Calibration = Prefix + "calibration";
    private const string DeltaName = Prefix + "delta";

    public static void Write(SafeTensorsWriter writer, Shard shard)
    {
        writer.Add(Prefix + "calibration_share", Text(shard.CalibrationShare));
        writer.Add(Prefix + "fixed_shrinkage", Text(shard.FixedShrinkage));
        if (shard.Delta is double delta)
            writer.Add(DeltaName, Text(delta));
        writer.Add(Prefix + "delta_optional", shard.IsDeltaOptional ? "true" : "false");
        writer.Add(Prefix + "data_hashes", string.Join(' ', shard.DataHashes));
        int features = shard.Calibration[0].Length;
        writer.Add<float>(Calibration, shard.Calibration.SelectMany(x => x).ToArray(), shard.Calibration.Count, features);
    }

    public static Shard? Read(FieldReader fields, IReadOnlyList<TapFingerprint> taps)
    {
        SafeTensorsReader file = fields.File;
        if (file.FindText(Prefix + "calibration_share") is null)
            return null;
        int features = taps.Sum(tap => tap.Dimension);
        float[] values = file.Array<float>(Calibration, taps[0].Scores.Length, features);
        if (!values.All(float.IsFinite))
            throw file.Error($"'{Calibration}' is not finite");
        return new Shard
        {
            Calibration = [.. values.Chunk(features)],
            CalibrationShare = fields.Number(Prefix + "calibration_share", 0, 1),
            FixedShrinkage = fields.Number(Prefix + "fixed_shrinkage", 0, 1),
            Delta = file.FindText(DeltaName) is null ? null : fields.Number(DeltaName, 0, 1),
            IsDeltaOptional = fields.Flag(Prefix + "delta_optional"),
            DataHashes = file.Text(Prefix + "data_hashes").Split(' ', StringSplitOptions.RemoveEmptyEntries),
        };
    }

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
