using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using EdgeConv.Daemon.Fingerprints;
using EdgeConv.Gating;
using Xunit;

namespace EdgeConv.Daemon.Tests;

/// <summary>The commands around fingerprints, as a user runs them.</summary>
public sealed class FingerprintToolsTest : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-tools-").FullName;

    public FingerprintToolsTest() =>
        File.WriteAllText(PathOf("c.yaml"), $$"""
            pipelines:
              - name: heart
                source: { kind: csv, path: x.csv, rate_hz: 360, stride: 32 }
                models: [{ path: {{CommandRun.Heart}} }]

            """);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_fit_says_what_it_tapped_what_it_promises_and_how_the_taps_rank_outliers()
    {
        string report = Fit("a.ecfp", Series("a.csv", 40_000));
        foreach (string part in (string[])
        [
            "tap '/blocks/blocks.0/pointwise/conv/Conv_output_0': 48 features (mean+variance), tied",
            "tap '/blocks/blocks.3/pointwise/conv/Conv_output_0': 96 features (mean+variance), tied, scaled to length 1",
            "with 95 % confidence at most 5 % of in-distribution inputs are flagged: ",
            "combined: noise ",
        ])
        {
            Assert.Contains(part, report, StringComparison.Ordinal);
        }

        int calibration = Fingerprint.Read(PathOf("a.ecfp")).CalibrationCount;
        Assert.Contains(
            $"AUROC of the first 200 of {calibration} calibration samples against outliers made of them "
                + "(0.5 is chance; --report takes all of them):",
            report, StringComparison.Ordinal);

        Assert.DoesNotContain("AUROC", Fit("b.ecfp", PathOf("a.csv"), "--no-check"), StringComparison.Ordinal);
        Assert.Equal(0.05, Fingerprint.Read(PathOf("a.ecfp")).Delta);
    }

    [Fact]
    public void With_few_samples_the_share_is_held_on_average_and_it_is_said_what_confidence_needs()
    {
        string report = Fit("a.ecfp", Series("a.csv", 5000));
        Assert.Contains("on average over calibration sets at most 5 %", report, StringComparison.Ordinal);
        Assert.Contains("with 95 % confidence it would need 59 calibration samples", report, StringComparison.Ordinal);
        Assert.StartsWith("edgeconv: fit of heart: ", CommandRun.Refusal(
            [.. FitArguments("b.ecfp", PathOf("a.csv")), "--confidence", "0.95"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Windows_that_overlap_are_warned_of()
    {
        (int status, _, string errors) = CommandRun.Run(FitArguments("a.ecfp", Series("a.csv", 8000)));
        Assert.Equal(0, status);
        Match match = Regex.Match(errors, "warning: windows of 512 overlap, 32 apart: .*, ([0-9]+) between are left out");
        Assert.True(match.Success, errors);
        Fingerprint fingerprint = Fingerprint.Read(PathOf("a.ecfp"));
        // 235 windows, of which 16 overlap each.
        int leftOut = int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.Equal(235, fingerprint.FitCount + fingerprint.CalibrationCount + leftOut);
        Assert.True(leftOut > 0 && leftOut % 16 == 0, $"{leftOut}");
    }

    [Fact]
    public void The_same_data_under_another_name_is_not_merged()
    {
        string[] lines = File.ReadAllLines(Series("a.csv", 20_000));
        Fit("a.ecfp", PathOf("a.csv"), "--shard");
        Directory.CreateDirectory(PathOf("other"));
        File.Copy(PathOf("a.csv"), PathOf("other/b.csv"));
        Fit("b.ecfp", PathOf("other/b.csv"), "--shard");
        Assert.Contains("was fitted to the same data as", Merge(), StringComparison.Ordinal);
        // Not the same file, but the same windows, and some of their own.
        File.WriteAllLines(PathOf("other/b.csv"), [.. lines, .. File.ReadAllLines(Series("c.csv", 6000, 9))]);
        Fit("b.ecfp", PathOf("other/b.csv"), "--shard");
        Assert.Matches(
            $"^edgeconv: {Regex.Escape(PathOf("b.ecfp"))}: [0-9]+ of its [0-9]+ distinct calibration samples are "
                + $"those of {Regex.Escape(PathOf("a.ecfp"))}; each data may be merged once$",
            Merge());

        string Merge() => CommandRun.Refusal("fingerprint", "merge", PathOf("a.ecfp"), PathOf("b.ecfp"), "--out", PathOf("m.ecfp"));
    }

    [Fact]
    public void Inputs_prepared_in_two_ways_are_neither_merged_nor_judged()
    {
        Fit("a.ecfp", Series("a.csv", 20_000), "--shard");
        string config = File.ReadAllText(PathOf("c.yaml"));
        File.WriteAllText(PathOf("c.yaml"), $"{config}    preprocess: {{ mean: [0.25] }}\n");
        Fit("b.ecfp", Series("b.csv", 20_000, 2), "--shard");
        Assert.Equal(
            $"edgeconv: {PathOf("b.ecfp")}: its inputs were prepared with mean 0.25, those of {PathOf("a.ecfp")} with 0; "
                + "only shards of inputs prepared alike can be merged",
            CommandRun.Refusal("fingerprint", "merge", PathOf("a.ecfp"), PathOf("b.ecfp"), "--out", PathOf("m.ecfp")));
        Assert.Equal(
            $"edgeconv: {PathOf("a.ecfp")}: fitted to inputs prepared with mean 0, but pipeline 'heart' prepares them "
                + "with 0.25; verdicts need both alike",
            CommandRun.Refusal(
                "score", CommandRun.Heart, "--fingerprint", PathOf("a.ecfp"), "--config", PathOf("c.yaml"),
                PathOf("a.csv")));
        Series("x.csv", 600);
        File.WriteAllText(
            PathOf("run.yaml"),
            File.ReadAllText(PathOf("c.yaml")).Replace("onnx }", "onnx, fingerprint: a.ecfp }", StringComparison.Ordinal));
        Assert.Contains("but pipeline 'heart' prepares them with 0.25", CommandRun.Refusal("check", PathOf("run.yaml")));
        Assert.Contains("without --config this command prepares them with 0", CommandRun.Refusal(
            "score", CommandRun.Heart, "--fingerprint", PathOf("b.ecfp"), PathOf("a.csv")));
        Assert.Contains("input=1x512; mean=0.25; std=1", CommandRun.Success("fingerprint", "show", PathOf("b.ecfp")));
    }

    [Fact]
    public void Copies_among_the_data_are_warned_of_and_do_not_count()
    {
        // Whole windows, so that the same lines make the same windows.
        File.WriteAllText(PathOf("c.yaml"), File.ReadAllText(PathOf("c.yaml")).Replace(", stride: 32", "", StringComparison.Ordinal));
        string[] lines = File.ReadAllLines(Series("a.csv", 512 * 200));
        File.WriteAllLines(PathOf("a.csv"), [.. lines, .. lines, .. lines]);
        (int status, string output, string errors) = CommandRun.Run(FitArguments("a.ecfp", PathOf("a.csv")));
        Assert.True(status == 0, errors);
        Fingerprint fingerprint = Fingerprint.Read(PathOf("a.ecfp"));
        int distinct = fingerprint.DistinctCount;
        Assert.Equal(3 * distinct, fingerprint.CalibrationCount);
        Assert.Equal(
            $"warning: {2 * distinct} of {3 * distinct} calibration samples are exact copies of others; "
                + "the promise counts those that differ\n",
            errors.Split('\n').First(line => !line.Contains(" samples, ", StringComparison.Ordinal)) + "\n");
        Assert.Contains($": {distinct} calibration samples reach", output, StringComparison.Ordinal);
        Assert.Contains($"{distinct} of them distinct", CommandRun.Success("fingerprint", "show", PathOf("a.ecfp")));
    }

    [Fact]
    public void Diff_gives_null_for_what_is_no_number()
    {
        TapFingerprint tap = Taps(variance: 1), flat = Taps(variance: 0);
        string json = JsonSerializer.Serialize(
            new FingerprintComparison { Identity = [], Taps = [TapDifference.Of(tap, flat)] },
            FingerprintJson.Default.FingerprintComparison);
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement[] ratios = [.. document.RootElement.GetProperty("taps")[0].GetProperty("features")
            .EnumerateArray().Select(feature => feature.GetProperty("log_variance_ratio"))];
        Assert.Contains(ratios, ratio => ratio.ValueKind == JsonValueKind.Null);
        Assert.DoesNotContain("Infinity", json, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", json, StringComparison.Ordinal);
    }

    // One channel that varies, and one that varies only when it is said.
    private static TapFingerprint Taps(float variance)
    {
        FingerprintFitter fitter = new(
            new("net", "net.onnx", new string('a', 64)), new FitOptions { Taps = [new TapChoice("tap", 2)] });
        Random random = new(1);
        for (int i = 0; i < 300; i++)
            fitter.Add("", 0, [random.NextSingle(), variance * random.NextSingle(), 0, 0]);
        return fitter.Finish().Taps[0];
    }

    [Fact]
    public void A_device_is_no_model_to_score_with_and_a_shard_is_not_written_over()
    {
        Fit("a.ecfp", Series("a.csv", 8000), "--shard");
        Fit("b.ecfp", Series("b.csv", 8000, 2), "--shard");
        Assert.StartsWith("edgeconv: /dev/zero: is a pipe, a device", CommandRun.Refusal(
            "score", "/dev/zero", "--fingerprint", PathOf("a.ecfp"), PathOf("a.csv")), StringComparison.Ordinal);
        Assert.Contains("is what is read", CommandRun.Refusal(
            "fingerprint", "merge", PathOf("a.ecfp"), PathOf("b.ecfp"), "--out", PathOf("b.ecfp")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_literal_gate_is_one_diagonal_tap()
    {
        Fit("a.ecfp", Series("a.csv", 8000), "--mode", "diagonal");
        TapFingerprint tap = Assert.Single(Fingerprint.Read(PathOf("a.ecfp")).Taps);
        Assert.Equal((GateMode.Diagonal, TapStatistic.Mean, 32), (tap.Mode, tap.Statistic, tap.Channels));
    }

    [Fact]
    public void Shards_merge_to_what_one_fit_over_all_data_makes()
    {
        Directory.CreateDirectory(PathOf("all"));
        string one = Series("one.csv", 12_000, 1), two = Series("two.csv", 12_160, 2);
        Fit("one.ecfp", one, "--shard");
        Fit("two.ecfp", two, "--shard");
        string report = CommandRun.Success("fingerprint", "merge", PathOf("two.ecfp"), PathOf("one.ecfp"), "--out", PathOf("m.ecfp"));
        Assert.Contains("calibrated by ", report, StringComparison.Ordinal);
        Fingerprint merged = Fingerprint.Read(PathOf("m.ecfp"));
        Fingerprint first = Fingerprint.Read(PathOf("one.ecfp")), second = Fingerprint.Read(PathOf("two.ecfp"));
        Assert.Equal(first.FitCount + second.FitCount, merged.FitCount);
        Assert.Equal(first.CalibrationCount + second.CalibrationCount, merged.CalibrationCount);
        Assert.Null(merged.Shard);
        Assert.Contains("keeps no features of its calibration samples and cannot be merged", CommandRun.Refusal(
            "fingerprint", "merge", PathOf("one.ecfp"), PathOf("m.ecfp"), "--out", PathOf("n.ecfp")), StringComparison.Ordinal);
        Assert.Contains("at least two are needed", CommandRun.Refusal(
            "fingerprint", "merge", PathOf("one.ecfp"), "--out", PathOf("n.ecfp")), StringComparison.Ordinal);
        Assert.False(File.Exists(PathOf("n.ecfp")));
    }

    [Fact]
    public void Show_tells_everything_in_words_and_in_json()
    {
        Fit("a.ecfp", Series("a.csv", 20_000));
        Fingerprint fingerprint = Fingerprint.Read(PathOf("a.ecfp"));
        string text = CommandRun.Success("fingerprint", "show", PathOf("a.ecfp"));
        Assert.Contains(fingerprint.ModelSha256, text, StringComparison.Ordinal);
        Assert.Contains(Guarantee.Of(fingerprint).ToString(), text, StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(CommandRun.Success("fingerprint", "show", PathOf("a.ecfp"), "--json"));
        JsonElement root = json.RootElement, tap = root.GetProperty("taps")[1];
        Assert.Equal(fingerprint.CalibrationCount, root.GetProperty("calibration_samples").GetInt32());
        Assert.Equal(Guarantee.Of(fingerprint).Bound, root.GetProperty("bound").GetDouble());
        Assert.Equal(
            fingerprint.Taps[1].Moments.Counts.ToArray(),
            tap.GetProperty("class_counts").EnumerateArray().Select(count => count.GetInt64()));
        Assert.Equal(fingerprint.Taps[1].Scores.Max(), tap.GetProperty("calibration").GetProperty("greatest").GetDouble());
    }

    [Fact]
    public void Diff_tells_what_differs_and_how_far_the_data_has_moved()
    {
        Fit("a.ecfp", Series("a.csv", 8000, 1));
        Fit("b.ecfp", Series("b.csv", 8000, 1, offset: 0.5), "--alpha", "0.1");
        string text = CommandRun.Success("fingerprint", "diff", PathOf("a.ecfp"), PathOf("b.ecfp"));
        Assert.Contains("alpha: 0.05 → 0.1\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("model:", text, StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(
            CommandRun.Success("fingerprint", "diff", PathOf("a.ecfp"), PathOf("b.ecfp"), "--json"));
        JsonElement tap = json.RootElement.GetProperty("taps")[0];
        Assert.True(tap.GetProperty("squared_distance").GetDouble() > 3 * tap.GetProperty("expected_by_chance").GetDouble());
        Assert.Equal(5, tap.GetProperty("features").GetArrayLength());
        string same = CommandRun.Success("fingerprint", "diff", PathOf("a.ecfp"), PathOf("a.ecfp"));
        Assert.StartsWith("nothing differs", same, StringComparison.Ordinal);
        Assert.Contains("squared distance    0 between the means", same, StringComparison.Ordinal);
    }

    [Fact]
    public void Score_tells_of_every_sample_and_skips_what_is_none()
    {
        Fit("a.ecfp", Series("a.csv", 20_000));
        File.WriteAllLines(PathOf("flat.csv"), Enumerable.Repeat("9", 512));
        File.WriteAllText(PathOf("bad.csv"), "no number\n");
        string[] arguments =
        [
            "score", CommandRun.Heart, "--fingerprint", PathOf("a.ecfp"), "--config", PathOf("c.yaml"),
            PathOf("flat.csv"), PathOf("bad.csv"), Series("b.csv", 2000, 5),
        ];
        (int status, string output, string errors) = CommandRun.Run([.. arguments, "--json"]);
        Assert.Equal(1, status);
        JsonElement[] rows = [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(48, rows.Length);
        Assert.Equal("ood", rows[0].GetProperty("verdict").GetString());
        Assert.All(rows, row => Assert.Equal(2, row.GetProperty("taps").GetArrayLength()));
        Assert.All(rows, row => Assert.Equal(5, row.GetProperty("contributions").GetArrayLength()));
        long ood = rows.Count(row => row.GetProperty("verdict").GetString() == "ood");
        Assert.StartsWith("skipped: ", errors, StringComparison.Ordinal);
        Assert.Contains("bad.csv", errors, StringComparison.Ordinal);
        string[] said = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal([$"48 samples: {48 - ood} accepted, {ood} ood, 1 skipped"], said[1..]);
        string[] lines = CommandRun.Run([.. arguments, "--csv"]).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(49, lines.Length);
        Assert.StartsWith(
            "origin,sequence,label,label_score,p,verdict,tap,distance /blocks/", lines[0], StringComparison.Ordinal);
        // Without a map there is no region.
        Assert.EndsWith(",contributions", lines[0], StringComparison.Ordinal);
        Assert.All(rows, row => Assert.False(row.TryGetProperty("region", out _)));
        Assert.StartsWith("flat.csv,0,", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_belong_together_is_refused_in_one_line()
    {
        string data = Series("a.csv", 8000), fashion = CommandRun.Heart.Replace("heart", "fashion", StringComparison.Ordinal)
            .Replace("fashion.onnx", "fashion-s.onnx", StringComparison.Ordinal);
        Fit("a.ecfp", data);
        Assert.Contains("a.ecfp: made for model 'heart' with SHA-256", CommandRun.Refusal(
            "score", fashion, "--fingerprint", PathOf("a.ecfp"), data), StringComparison.Ordinal);
        Assert.Contains("no/such/value", CommandRun.Refusal(
            [.. FitArguments("b.ecfp", data), "--tap", "no/such/value"]), StringComparison.Ordinal);
        Assert.Equal("edgeconv: --tap 'x': is tapped more than once; once is right", CommandRun.Refusal(
            [.. FitArguments("b.ecfp", data), "--tap", "x=mean", "--tap", "y", "--tap", "x:diagonal"]));
        Assert.Contains("'median' is neither mean nor mean+variance", CommandRun.Refusal(
            [.. FitArguments("b.ecfp", data), "--tap", "x=median"]), StringComparison.Ordinal);
        File.WriteAllText(PathOf("empty.csv"), "");
        Assert.Contains("empty.csv", CommandRun.Refusal(FitArguments("b.ecfp", PathOf("empty.csv"))), StringComparison.Ordinal);
        File.WriteAllLines(PathOf("flat.csv"), Enumerable.Repeat("1", 8000));
        Assert.Contains("samples have the same features; they must vary", CommandRun.Refusal(
            FitArguments("b.ecfp", PathOf("flat.csv"))), StringComparison.Ordinal);
        Assert.Contains("--csv: cannot be had together with --json", CommandRun.Refusal(
            "score", CommandRun.Heart, "--fingerprint", PathOf("a.ecfp"), data, "--csv", "--json"), StringComparison.Ordinal);
    }

    private string Fit(string output, string data, params string[] more) =>
        CommandRun.Success([.. FitArguments(output, data), .. more]);

    private string[] FitArguments(string output, string data) =>
        ["fit", CommandRun.Heart, "--config", PathOf("c.yaml"), "--data", data, "--out", PathOf(output)];

    private string Series(string name, int length, int seed = 1, double offset = 0)
    {
        CommandRun.WriteSeries(PathOf(name), length, seed, offset);
        return PathOf(name);
    }

    private string PathOf(string name) => Path.Combine(_folder, name);
}
