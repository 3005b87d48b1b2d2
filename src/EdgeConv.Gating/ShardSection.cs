using System.Globalization;

namespace EdgeConv.Gating;

/// <summary>
/// The part of a fingerprint file that a shard has; names at <see cref="FingerprintFile"/>.
/// </summary>
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
        writer.Add(Prefix + "overlap", shard.Overlap.ToString(CultureInfo.InvariantCulture));
        writer.Add(Prefix + "data_hashes", string.Join(' ', shard.DataHashes));
        writer.Add(Calibration, shard.Calibration, shard.Calibration[0].Length);
    }

    public static Shard? Read(FieldReader fields, IReadOnlyList<TapFingerprint> taps)
    {
        SafeTensorsReader file = fields.File;
        if (file.FindText(Prefix + "calibration_share") is null)
            return null;
        float[][] calibration = file.FiniteRows(Calibration, taps.Sum(tap => tap.Dimension));
        if (calibration.Length != taps[0].Scores.Length)
            throw file.Error($"'{Calibration}' has {calibration.Length} rows, {taps[0].Scores.Length} expected");
        return new Shard
        {
            Calibration = calibration,
            CalibrationShare = fields.Number(Prefix + "calibration_share", 0, 1),
            FixedShrinkage = fields.Number(Prefix + "fixed_shrinkage", 0, 1),
            Delta = file.FindText(DeltaName) is null ? null : fields.Number(DeltaName, 0, 1),
            IsDeltaOptional = fields.Flag(Prefix + "delta_optional"),
            Overlap = fields.Integer(Prefix + "overlap", 1, int.MaxValue),
            DataHashes = file.Text(Prefix + "data_hashes").Split(' ', StringSplitOptions.RemoveEmptyEntries),
        };
    }

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
