using System.Globalization;
using System.Text.Json;
using Xunit;

namespace EdgeConv.EndToEnd;

/// <summary>The published program makes, tells of, merges and uses fingerprints.</summary>
public sealed class FingerprintTest : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly string Heart = Path.Combine(Data.Models, "heart", "heart.onnx");
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-fingerprint-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNative), SkipType = typeof(Binary))]
    public void Shards_of_two_devices_become_one_fingerprint_that_judges()
    {
        string one = Series("one.csv", 0), two = Series("two.csv", 1);
        Run("fit", Heart, "--data", one, "--out", PathOf("1.ecfp"), "--shard");
        Run("fit", Heart, "--data", two, "--out", PathOf("2.ecfp"), "--shard");
        Run("fingerprint", "merge", PathOf("1.ecfp"), PathOf("2.ecfp"), "--out", PathOf("m.ecfp"));
        JsonElement shown = Json(Run("fingerprint", "show", PathOf("m.ecfp"), "--json"));
        long samples = shown.GetProperty("fit_samples").GetInt64()
            + shown.GetProperty("calibration_samples").GetInt64();
        Assert.Equal(2 * (120_000 / 512), samples);
        JsonElement compared = Json(Run("fingerprint", "diff", PathOf("1.ecfp"), PathOf("2.ecfp"), "--json"));
        Assert.Equal(2, compared.GetProperty("taps").GetArrayLength());
        string[] rows = Run("score", Heart, "--fingerprint", PathOf("m.ecfp"), "--json", one)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(120_000 / 512, rows.Length);
        Assert.InRange(rows.Count(row => Json(row).GetProperty("verdict").GetString() == "ood"), 0, rows.Length / 10);
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    private static string Run(params string[] arguments)
    {
        (int status, string output, string errors) = Binary.Native.Run(Limit, arguments);
        Assert.True(status == 0, output + errors);
        return output;
    }

    // Two waves whose phases drift apart, so that no two windows are alike.
    private string Series(string name, int phase)
    {
        File.WriteAllLines(PathOf(name), Enumerable.Range(0, 120_000).Select(i => string.Create(
            CultureInfo.InvariantCulture, $"{Math.Sin(i / 20.0 + phase) + Math.Sin(i / 7.3):0.0000}")));
        return PathOf(name);
    }

    private string PathOf(string name) => Path.Combine(_folder, name);
}
