using System.Security.Cryptography;
using System.Text;
using EdgeConv.Core;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Gating.Tests;

public sealed class FingerprintFileTest : IDisposable
{
    private const int DigestStart = 37, DigestLength = 64;

    private static readonly Fingerprint Small = Clusters.Fit(
        new FitOptions
        {
            Taps = [new TapChoice("a/early:0", 2), new TapChoice("deep", 1) { Mode = GateMode.Relative }],
            Classes = 2,
            Alpha = 0.3,
        },
        40);

    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-gating-").FullName;

    public static MatrixTheoryData<GateMode, TapStatistic, bool> Kinds =>
        new(Enum.GetValues<GateMode>(), Enum.GetValues<TapStatistic>(), [false, true]);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Writing_then_reading_is_the_identity(GateMode mode, TapStatistic statistic, bool isNormalized)
    {
        TapChoice tap = new("päth \"1\"\n", 3)
        {
            Mode = mode, Statistic = statistic, IsNormalized = isNormalized,
        };
        FitOptions options = new()
        {
            Taps = [tap], Classes = 3, Alpha = 0.1, Delta = isNormalized ? 0.3 : null, DataHash = "data",
            Seed = ulong.MaxValue,
        };
        Fingerprint written = Clusters.Fit(options, 200);
        string path = Path.Combine(_folder, "f.ecfp");
        written.Write(path);
        Fingerprint read = Fingerprint.Read(path);
        Assert.Equal(File.ReadAllBytes(path), FingerprintFile.Serialize(read));
        TapFingerprint found = read.Taps[0];
        Assert.Equal(
            (tap.Name, mode, statistic, isNormalized),
            (found.Name, found.Mode, found.Statistic, found.IsNormalized));
        Assert.Equal((written.Alpha, written.Delta, written.Created), (read.Alpha, read.Delta, read.Created));
        Assert.Equal(written.Taps[0].Moments.Scatter, found.Moments.Scatter);
        Clusters fresh = new(5, 3);
        float[] sample = fresh.Next(1);
        Assert.Equal(
            new MahalanobisGate(written).Evaluate(sample), new MahalanobisGate(read).Evaluate(sample));
    }

    [Fact]
    public void Every_flipped_bit_is_refused()
    {
        byte[] bytes = FingerprintFile.Serialize(Small);
        for (int i = 0; i < bytes.Length; i++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                bytes[i] ^= (byte)(1 << bit);
                Assert.Throws<FingerprintError>(() => FingerprintFile.Parse("f", bytes));
                bytes[i] ^= (byte)(1 << bit);
            }
        }

        Assert.Equal("net", FingerprintFile.Parse("f", bytes).ModelName);
    }

    [Theory]
    [InlineData("heart", 1)]
    [InlineData("fashion-s", 97)]
    [InlineData("fashion-l", 197)]
    public void A_deployed_fingerprint_with_any_byte_damaged_on_the_disk_is_refused(string name, int stride)
    {
        string deployed = Repository.PathOf("deploy", "models", name.Split('-')[0], $"{name}.ecfp");
        string path = Path.Combine(_folder, "f.ecfp");
        File.Copy(deployed, path);
        Random random = new(1);
        using FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        byte[] bytes = File.ReadAllBytes(deployed);
        for (int at = 0; at < bytes.Length; at += stride)
        {
            byte whole = bytes[at];
            Put(file, at, (byte)(whole ^ random.Next(1, 256)));
            FingerprintError error = Assert.Throws<FingerprintError>(() => Fingerprint.Read(path));
            Assert.StartsWith(path, error.Message);
            Put(file, at, whole);
        }

        Assert.Equal(name, Fingerprint.Read(path).ModelName);

        static void Put(FileStream file, int at, byte value)
        {
            file.Position = at;
            file.WriteByte(value);
        }
    }

    [Fact]
    public void Every_truncation_and_extension_is_refused()
    {
        byte[] bytes = FingerprintFile.Serialize(Small);
        for (int length = 0; length < bytes.Length; length++)
            Assert.Throws<FingerprintError>(() => FingerprintFile.Parse("f", bytes[..length]));
        Assert.Throws<FingerprintError>(() => FingerprintFile.Parse("f", [.. bytes, 0]));
    }

    [Theory]
    [InlineData("\"version\":\"2\"", "\"version\":\"1\"", "format version '1', this program reads version 2")]
    [InlineData("edgeconv-fingerprint", "edgeconv-fingerprunt", "format is 'edgeconv-fingerprunt'")]
    [InlineData("\"alpha\":\"0.3\"", "\"alpha\":\"3.0\"", "'alpha' is '3.0'")]
    [InlineData("\"alpha\":\"0.3\"", "\"alpha\":\"NaN\"", "'alpha' is 'NaN'")]
    [InlineData("\"alpha\":\"0.3\"", "\"omega\":\"0.3\"", "no 'alpha'")]
    [InlineData("\"taps\":\"2\"", "\"taps\":\"3\"", "no 'tap.2.")]
    [InlineData("\"taps\":\"2\"", "\"taps\":\"0\"", "'taps' is '0'")]
    [InlineData("\"tap.0.mode\":\"tied\"", "\"tap.0.mode\":\"died\"", "'tap.0.mode' is 'died'")]
    [InlineData("\"tap.0.channels\":\"2\"", "\"tap.0.channels\":\"3\"", "is F64[2,2], F64[2,3] expected")]
    [InlineData("\"tap.0.classes\":\"2\"", "\"tap.0.classes\":\"1\"", "tensor 'tap.0.counts' is I64[2]")]
    [InlineData("\"tap.0.channels\":\"2\"", "\"tap.0.channels\":\"9\"", "expected")]
    [InlineData("\"shape\":[2,2]", "\"shape\":[2,9]", "size")]
    [InlineData("\"shape\":[2,2]", "\"shape\":[-,2]", "cannot be read")]
    [InlineData("\"shape\":[2,2]", "\"shape\":[-2,]", "a size or offset is -2")]
    [InlineData("\"shape\":[2,2]", "\"shape\":[2.2]", "not an integer")]
    [InlineData("\"shape\":[2,2]", "\"shape\":[999]", "size")]
    [InlineData("\"dtype\":\"I64\"", "\"dtype\":\"I32\"", "size")]
    [InlineData("\"data_offsets\":[0,16]", "\"data_offsets\":[8,24]", "gap or overlap")]
    [InlineData("tap.1.counts", "tap.0.counts", "twice")]
    [InlineData("\"created\":\"2026", "\"created\":\"nine", "RFC 3339")]
    public void Hostile_headers_with_a_right_checksum_are_refused(string from, string to, string problem)
    {
        byte[] bytes = FingerprintFile.Serialize(Small);
        byte[] changed = Signed(Replaced(bytes, from, to));
        FingerprintError error =
            Assert.Throws<FingerprintError>(() => FingerprintFile.Parse("f.ecfp", changed));
        Assert.StartsWith("f.ecfp: ", error.Message);
        Assert.Contains(problem, error.Message);
    }

    [Fact]
    public void Every_changed_byte_with_a_right_checksum_is_read_or_refused_and_never_crashes()
    {
        byte[] bytes = FingerprintFile.Serialize(Small);
        Random random = new(3);
        for (int i = 0; i < 5000; i++)
        {
            byte[] changed = [.. bytes];
            for (int n = random.Next(1, 4); n > 0; n--)
                changed[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                Fingerprint read = FingerprintFile.Parse("f", Signed(changed));
                new MahalanobisGate(read, 0.5).Evaluate(new float[read.Taps.Sum(tap => 2 * tap.Channels)]);
            }
            catch (FingerprintError)
            {
                // The other permitted outcome.
            }
        }
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL << 63)]
    [InlineData(1UL << 31)]
    [InlineData(0UL)]
    [InlineData(37UL)]
    public void Impossible_header_lengths_are_refused(ulong length)
    {
        byte[] bytes = FingerprintFile.Serialize(Small);
        BitConverter.TryWriteBytes(bytes, length);
        Assert.Throws<FingerprintError>(() => FingerprintFile.Parse("f", Signed(bytes)));
    }

    [Fact]
    public void Values_that_would_poison_distances_are_refused()
    {
        TapFingerprint tap = Small.Taps[0];
        float[] scores = tap.Scores;
        foreach (TapFingerprint bad in new[]
        {
            tap with { Scores = [.. scores.Select(_ => float.NaN)] },
            tap with { Scores = [] },
            tap with { Scores = scores[1..] },
            tap with { Classes = tap.Classes with { Factor = [0, 0, 1] } },
            tap with { Classes = tap.Classes with { Factor = [1, float.NaN, 1] } },
            tap with { Classes = tap.Classes with { Centre = [float.PositiveInfinity, 0] } },
            tap with { Shrinkage = 2 },
        })
        {
            byte[] bytes = FingerprintFile.Serialize(Small with { Taps = [bad, Small.Taps[1]] });
            Assert.Throws<FingerprintError>(() => FingerprintFile.Parse("f", bytes));
        }
    }

    [Fact]
    public void Other_files_are_refused_in_one_line()
    {
        string path = Path.Combine(_folder, "x.ecfp");
        AssertRefused("is not there; a file is needed");
        File.WriteAllText(path, "");
        AssertRefused("0 bytes are no fingerprint");
        File.WriteAllText(path, new string('x', 5000));
        AssertRefused("no EdgeConv fingerprint");
        path = _folder;
        AssertRefused("is a folder; a file is needed");
        path = "/dev/zero";
        AssertRefused("a device or a socket; a file is needed");

        void AssertRefused(string problem)
        {
            FingerprintError error = Assert.Throws<FingerprintError>(() => Fingerprint.Read(path));
            Assert.StartsWith(path, error.Message);
            Assert.Contains(problem, error.Message);
        }
    }

    [Fact]
    public void A_failed_write_leaves_what_was_there_and_nothing_beside_it()
    {
        string path = Path.Combine(_folder, "f.ecfp");
        Small.Write(path);
        byte[] before = File.ReadAllBytes(path);
        Directory.CreateDirectory(Path.Combine(_folder, "taken.ecfp"));
        Assert.Throws<FingerprintError>(() => Small.Write(Path.Combine(_folder, "taken.ecfp")));
        Assert.Throws<FingerprintError>(() => Small.Write(Path.Combine(_folder, "missing", "f.ecfp")));
        Small.Write(path);
        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Equal(["f.ecfp"], Directory.GetFiles(_folder).Select(Path.GetFileName));
    }

    private static byte[] Replaced(byte[] bytes, string from, string to)
    {
        int at = bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(from));
        Assert.True(at > 0, $"{from} is not in the header");
        byte[] changed = [.. bytes];
        Encoding.UTF8.GetBytes(to).CopyTo(changed, at);
        return changed;
    }

    // The documented checksum: SHA-256 of the file with its own 64 digits taken as zeros.
    internal static byte[] Signed(byte[] bytes)
    {
        byte[] signed = [.. bytes];
        signed.AsSpan(DigestStart, DigestLength).Fill((byte)'0');
        string digest = Convert.ToHexStringLower(SHA256.HashData(signed));
        Encoding.ASCII.GetBytes(digest).CopyTo(signed, DigestStart);
        return signed;
    }
}
