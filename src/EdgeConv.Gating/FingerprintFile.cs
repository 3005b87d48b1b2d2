using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EdgeConv.Core;

namespace EdgeConv.Gating;

/// <summary>
/// The file of a <see cref="Fingerprint"/>, readable by any safetensors reader. Its metadata begins with
/// <c>checksum</c>: the SHA-256 of the whole file with these 64 digits replaced by zeros, at a fixed place.
/// <code>
/// byte 0: N
///      8: {"__metadata__":{"checksum":"
///     37: 64 hexadecimal digits
///    101: ","format":"edgeconv-fingerprint","version":"1",...
/// </code>
/// Metadata: format, version, model_name, model_sha256, created, alpha, delta (absent when none), seed,
/// data_hash, held_out_flag_rate, taps (their number T), and for each t in 0..T−1 <c>tap.t.</c> + name,
/// channels, statistic, normalized, mode, mode_automatic (absent when false), estimator, shrinkage, background_shrinkage, classes (K). Tensors,
/// each <c>tap.t.</c> + counts I64[K], means F64[K,d], scatter F64[d(d+1)/2], and derived from them centre
/// F32[d], factor F32[d(d+1)/2] or F32[d] when diagonal, whitened_means F32[classes with samples, d]
/// (F32[1,d] for diagonal); background.centre, background.factor, background.whitened_means when relative;
/// scores F32[n], ascending.
/// A shard, which can be merged, also has the metadata <c>shard.</c> + calibration_share, fixed_shrinkage, delta
/// (the wanted one, absent when none), delta_optional, data_hashes (separated by spaces), and the tensor
/// shard.calibration F32[n, sum of all d]: the features of the calibration samples. Who does not know these
/// reads it as any other fingerprint.
/// </summary>
internal static class FingerprintFile
{
    private const string Format = "edgeconv-fingerprint";
    private const long MaximumBytes = 1L << 30;
    private const int DigestLength = 64;
    private const int MaximumTaps = 16;
    private static readonly byte[] Prefix = Encoding.ASCII.GetBytes("{\"__metadata__\":{\"checksum\":\"");

    private static int DigestStart => 8 + Prefix.Length;

    public static Fingerprint Read(string path)
    {
        try
        {
            if (BoundedFile.WhyNoFile(path) is { } problem)
                throw new FingerprintError(path, problem);
            long length = new FileInfo(path).Length;
            if (length is < DigestLength or > MaximumBytes)
                throw new FingerprintError(path, $"{length} bytes are no fingerprint");
            return Parse(path, File.ReadAllBytes(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new FingerprintError(path, $"cannot be read: {error.Message}", error);
        }
    }

    public static void Write(string path, Fingerprint fingerprint)
    {
        byte[] bytes = Serialize(fingerprint);
        string full = Path.GetFullPath(path);
        // Taking the place of a device node would break the machine.
        if (BoundedFile.IsTaken(full))
            throw new FingerprintError(path, "is a folder or a device; a file is needed");
        string temporary = $"{full}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                stream.Write(bytes);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, full, overwrite: true);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new FingerprintError(path, $"cannot be written: {problem.Message}", problem);
        }
        catch (ArgumentOutOfRangeException problem)
        {
            // What .NET makes of EFBIG.
            throw new FingerprintError(
                path, $"cannot be written: no file here may have its {bytes.Length} bytes", problem);
        }
        finally
        {
            // After the move there is none.
            DeleteQuietly(temporary);
        }
    }

    public static byte[] Serialize(Fingerprint fingerprint)
    {
        SafeTensorsWriter writer = new();
        writer.Add("checksum", new string('0', DigestLength));
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
        writer.Add("held_out_flag_rate", Text(fingerprint.HeldOutFlagRate));
        writer.Add("taps", Text(fingerprint.Taps.Count));
        for (int t = 0; t < fingerprint.Taps.Count; t++)
            TapSection.Write(writer, $"tap.{t}.", fingerprint.Taps[t]);
        if (fingerprint.Shard is not null)
            ShardSection.Write(writer, fingerprint.Shard);
        byte[] bytes = writer.ToBytes();
        Digest(bytes).CopyTo(bytes, DigestStart);
        return bytes;
    }

    public static Fingerprint Parse(string place, byte[] bytes)
    {
        CheckDigest(place, bytes);
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
            HeldOutFlagRate = fields.Number("held_out_flag_rate", 0, 1),
            Taps = ReadTaps(fields),
        };
        if (fingerprint.Taps.Any(tap => tap.Scores.Length != fingerprint.CalibrationCount))
            throw new FingerprintError(place, "its taps have different numbers of calibration scores");
        return fingerprint with { Shard = ShardSection.Read(fields, fingerprint.Taps) };
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

    private static void CheckDigest(string place, byte[] bytes)
    {
        if (bytes.Length < DigestStart + DigestLength
            || !bytes.AsSpan(8, Prefix.Length).SequenceEqual(Prefix))
        {
            throw new FingerprintError(place, "this is no EdgeConv fingerprint, or its beginning is damaged");
        }

        Span<byte> found = bytes.AsSpan(DigestStart, DigestLength);
        byte[] stored = found.ToArray();
        found.Fill((byte)'0');
        byte[] computed = Digest(bytes);
        stored.CopyTo(found);
        if (!stored.AsSpan().SequenceEqual(computed))
        {
            throw new FingerprintError(place,
                $"damaged: its content has checksum {Encoding.ASCII.GetString(computed)}, "
                + $"{Encoding.ASCII.GetString(stored)} expected");
        }
    }

    private static byte[] Digest(byte[] bytes) =>
        Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(bytes)));

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    private static void DeleteQuietly(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // The failure that is about to be reported matters more than a leftover beside it.
        }
    }
}
