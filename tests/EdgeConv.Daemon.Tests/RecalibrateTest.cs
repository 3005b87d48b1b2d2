using System.Globalization;
using System.Text.RegularExpressions;
using EdgeConv.Daemon.Recalibrating;
using EdgeConv.Gating;
using Xunit;

namespace EdgeConv.Daemon.Tests;

/// <summary>New calibration is proposed, and put in place by a person.</summary>
public sealed class RecalibrateTest : IDisposable
{
    private const int Window = 512;
    private static readonly Lazy<byte[]> OfOld = new(FitOld);
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-recalibrate-").FullName;

    public RecalibrateTest()
    {
        WriteOld(PathOf("old.csv"));
        File.WriteAllBytes(PathOf("f.ecfp"), OfOld.Value);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_proposal_keeps_the_distances_and_changes_nothing_until_it_is_accepted()
    {
        byte[] before = File.ReadAllBytes(PathOf("f.ecfp"));
        Series("new.csv", 250, seed: 2);
        (int status, string output, string errors) = CommandRun.Run(Arguments("new.csv"));
        Assert.True(status == 0, errors);
        Assert.StartsWith(
            $"{PathOf("f.ecfp.proposed")}: nothing changes before edgeconv fingerprint accept {PathOf("f.ecfp")}\n", output);
        Assert.Equal(before, File.ReadAllBytes(PathOf("f.ecfp")));
        Fingerprint old = Fingerprint.Read(PathOf("f.ecfp")), proposal = Fingerprint.Read(PathOf("f.ecfp.proposed"));
        Assert.Equal(250, proposal.CalibrationCount);
        foreach ((TapFingerprint first, TapFingerprint second) in old.Taps.Zip(proposal.Taps))
        {
            Assert.Equal(first.Moments.Scatter.ToArray(), second.Moments.Scatter.ToArray());
            Assert.Equal(first.Classes.Factor, second.Classes.Factor);
            Assert.NotEqual(first.Scores, second.Scores);
        }

        Assert.Contains($"calibration samples: {old.CalibrationCount} → 250\n", output, StringComparison.Ordinal);
        Assert.Contains($"promise now: {Guarantee.Of(old)}\n", output, StringComparison.Ordinal);
        Assert.Contains($"promise then: {Guarantee.Of(proposal)}\n", output, StringComparison.Ordinal);
        Assert.Contains(
            string.Create(
                CultureInfo.InvariantCulture,
                $"of the {old.CalibrationCount} old calibration samples {ShareFlagged(old, proposal):P2} would be flagged then\n"),
            output, StringComparison.Ordinal);

        string accepted = CommandRun.Success("fingerprint", "accept", PathOf("f.ecfp"));
        Assert.StartsWith($"{PathOf("f.ecfp")}: {Guarantee.Of(proposal)}\n", accepted);
        Assert.Equal(before, File.ReadAllBytes(PathOf("f.ecfp.previous")));
        Assert.Equal(250, Fingerprint.Read(PathOf("f.ecfp")).CalibrationCount);
        Assert.False(File.Exists(PathOf("f.ecfp.proposed")));
    }

    [Fact]
    public void The_new_calibration_holds_alpha_on_data_like_the_new_and_the_share_flagged_before_is_told()
    {
        Series("new.csv", 400, seed: 2, offset: 0.4);
        Series("later.csv", 400, seed: 3, offset: 0.4);
        double flaggedBefore = FlaggedShare("later.csv");
        (int status, string output, string errors) = CommandRun.Run(Arguments("new.csv"));
        Assert.True(status == 0, errors);
        double told = double.Parse(
            Regex.Match(output, "of the 400 new samples ([0-9.]+) ?% are flagged now").Groups[1].Value,
            CultureInfo.InvariantCulture) / 100;
        Assert.Equal(FlaggedShare("new.csv"), told, 1e-4);
        Assert.True(told > 0.1, output);
        Assert.StartsWith("warning: ", errors);
        CommandRun.Success("fingerprint", "accept", PathOf("f.ecfp"));
        Assert.True(flaggedBefore > 0.1, $"{flaggedBefore}");
        // 5 % with 95 % confidence; three standard deviations of 400 samples above.
        Assert.InRange(FlaggedShare("later.csv"), 0, 0.05 + 3 * Math.Sqrt(0.05 * 0.95 / 400));
    }

    [Fact]
    public void A_refit_is_a_fit_with_the_same_taps_and_options()
    {
        Series("new.csv", 300, seed: 2);
        string output = CommandRun.Success([.. Arguments("new.csv"), "--refit"]);
        Assert.Matches("of the [0-9]+ old calibration samples none can be judged by the new distances\n", output);
        CommandRun.Success("fit", CommandRun.Heart, "--data", PathOf("new.csv"), "--out", PathOf("g.ecfp"), "--no-check");
        Fingerprint fitted = Fingerprint.Read(PathOf("g.ecfp")), refitted = Fingerprint.Read(PathOf("f.ecfp.proposed"));
        foreach ((TapFingerprint first, TapFingerprint second) in fitted.Taps.Zip(refitted.Taps))
        {
            Assert.Equal(first.Choice, second.Choice);
            Assert.Equal(first.Classes.Factor, second.Classes.Factor);
            Assert.Equal(first.Scores, second.Scores);
        }
    }

    [Fact]
    public void A_proposal_can_be_rejected_and_only_one_waits()
    {
        Series("new.csv", 250, seed: 2);
        byte[] before = File.ReadAllBytes(PathOf("f.ecfp"));
        CommandRun.Success(Arguments("new.csv"));
        Assert.Equal(
            $"edgeconv: {PathOf("f.ecfp.proposed")}: waits for a decision; first run edgeconv fingerprint accept "
                + $"{PathOf("f.ecfp")}, or reject",
            CommandRun.Refusal(Arguments("new.csv")));
        CommandRun.Success("fingerprint", "reject", PathOf("f.ecfp"));
        Assert.False(File.Exists(PathOf("f.ecfp.proposed")));
        Assert.Equal(before, File.ReadAllBytes(PathOf("f.ecfp")));
        Assert.Equal(
            $"edgeconv: {PathOf("f.ecfp.proposed")}: is not there; a file is needed",
            CommandRun.Refusal("fingerprint", "reject", PathOf("f.ecfp")));
        Assert.Equal(
            $"edgeconv: {PathOf("f.ecfp.proposed")}: is not there; a file is needed",
            CommandRun.Refusal("fingerprint", "accept", PathOf("f.ecfp")));
    }

    [Fact]
    public void A_proposal_is_for_the_state_that_it_was_made_for()
    {
        Series("new.csv", 250, seed: 2);
        CommandRun.Success(Arguments("new.csv"));
        Fingerprint changed = Fingerprint.Read(PathOf("f.ecfp")) with { DataHash = "another" };
        changed.Write(PathOf("f.ecfp"));
        Assert.Matches(
            "was made to replace checksum '[0-9a-f]{64}', .* has [0-9a-f]{64}; reject it, and recalibrate$",
            CommandRun.Refusal("fingerprint", "accept", PathOf("f.ecfp")));
        (changed with { ModelSha256 = new string('b', 64) }).Write(PathOf("f.ecfp"));
        Assert.Contains("is for model 'heart' with SHA-256", CommandRun.Refusal("fingerprint", "accept", PathOf("f.ecfp")));
        File.WriteAllText(PathOf("f.ecfp.proposed"), new string('x', 5000));
        Assert.Contains("this is no EdgeConv fingerprint", CommandRun.Refusal("fingerprint", "accept", PathOf("f.ecfp")));
        Assert.False(File.Exists(PathOf("f.ecfp.previous")));
    }

    [Fact]
    public void A_proposal_is_made_and_decided_on_by_one_process_at_a_time()
    {
        Series("new.csv", 250, seed: 2);
        string busy = $"edgeconv: {PathOf("f.ecfp.proposed")}: is being made or decided on by another edgeconv; let it end";
        using (ProposalDraft draft = new(PathOf("f.ecfp")))
        {
            Assert.Equal(busy, CommandRun.Refusal(Arguments("new.csv")));
            draft.Write(draft.Old);
            Assert.Equal(busy, CommandRun.Refusal("fingerprint", "accept", PathOf("f.ecfp")));
            Assert.Equal(busy, CommandRun.Refusal("fingerprint", "reject", PathOf("f.ecfp")));
        }

        CommandRun.Success("fingerprint", "reject", PathOf("f.ecfp"));
        CommandRun.Success(Arguments("new.csv"));
        Assert.Equal(["f.ecfp", "f.ecfp.proposed"], FingerprintFiles());
    }

    [Fact]
    public void A_fingerprint_that_is_replaced_while_it_is_recalibrated_is_not_that_of_the_proposal()
    {
        using (ProposalDraft draft = new(PathOf("f.ecfp")))
        {
            (draft.Old with { DataHash = "another" }).Write(PathOf("f.ecfp"));
            draft.Write(draft.Old);
        }

        Assert.Contains("was made to replace checksum", CommandRun.Refusal("fingerprint", "accept", PathOf("f.ecfp")));
    }

    [Fact]
    public void A_link_stays_one_and_modes_are_kept()
    {
        const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Series("new.csv", 250, seed: 2);
        Directory.CreateDirectory(PathOf("kept"));
        File.Move(PathOf("f.ecfp"), PathOf("kept/real.ecfp"));
        File.SetUnixFileMode(PathOf("kept/real.ecfp"), Private);
        File.CreateSymbolicLink(PathOf("f.ecfp"), "kept/real.ecfp");
        CommandRun.Success(Arguments("new.csv"));
        Assert.Equal(Private, File.GetUnixFileMode(PathOf("f.ecfp.proposed")));
        CommandRun.Success("fingerprint", "accept", PathOf("f.ecfp"));
        AssertIsLink();
        Assert.Equal(250, Fingerprint.Read(PathOf("kept/real.ecfp")).CalibrationCount);
        Assert.Equal(Private, File.GetUnixFileMode(PathOf("f.ecfp.previous")));
        CommandRun.Success("fit", CommandRun.Heart, "--data", PathOf("old.csv"), "--out", PathOf("f.ecfp"), "--no-check");
        AssertIsLink();
        Assert.NotEqual(250, Fingerprint.Read(PathOf("kept/real.ecfp")).CalibrationCount);
        Assert.Equal(["f.ecfp", "f.ecfp.previous", "real.ecfp"], FingerprintFiles());

        void AssertIsLink()
        {
            Assert.Equal("kept/real.ecfp", new FileInfo(PathOf("f.ecfp")).LinkTarget);
            Assert.Equal(Private, File.GetUnixFileMode(PathOf("kept/real.ecfp")));
        }
    }

    [Fact]
    public void Accepting_that_was_interrupted_can_be_done_again()
    {
        Series("new.csv", 250, seed: 2);
        byte[] before = File.ReadAllBytes(PathOf("f.ecfp"));
        CommandRun.Success(Arguments("new.csv"));
        byte[] proposal = File.ReadAllBytes(PathOf("f.ecfp.proposed"));
        CommandRun.Success("fingerprint", "accept", PathOf("f.ecfp"));
        // As it is when only the last step, the proposal's deletion, has not been taken.
        File.WriteAllBytes(PathOf("f.ecfp.proposed"), proposal);
        CommandRun.Success("fingerprint", "accept", PathOf("f.ecfp"));
        Assert.Equal(proposal, File.ReadAllBytes(PathOf("f.ecfp")));
        Assert.Equal(before, File.ReadAllBytes(PathOf("f.ecfp.previous")));
        Assert.Equal(["f.ecfp", "f.ecfp.previous"], FingerprintFiles());
    }

    [Fact]
    public void Data_that_was_fitted_to_another_model_other_inputs_and_too_few_samples_are_refused()
    {
        Assert.Contains("; data that it has not seen is needed", CommandRun.Refusal(Arguments("old.csv")));
        Series("few.csv", 30, seed: 2);
        Assert.Contains("30 calibration samples of ", CommandRun.Refusal(Arguments("few.csv")));
        string fashion = CommandRun.Heart.Replace("heart/heart", "fashion/fashion-s", StringComparison.Ordinal);
        Assert.Contains("made for model 'heart' with SHA-256", CommandRun.Refusal(
            "recalibrate", fashion, "--fingerprint", PathOf("f.ecfp"), "--data", PathOf("few.csv")));
        File.WriteAllText(PathOf("c.yaml"), $$"""
            pipelines:
              - name: heart
                source: { kind: csv, path: x.csv, rate_hz: 360 }
                models: [{ path: {{CommandRun.Heart}} }]
                preprocess: { mean: [3] }

            """);
        Assert.Contains("prepared with mean 0, but pipeline 'heart' prepares them with 3", CommandRun.Refusal(
            [.. Arguments("few.csv"), "--config", PathOf("c.yaml")]));
        Assert.False(File.Exists(PathOf("f.ecfp.proposed")));
    }

    [Fact]
    public void The_distance_of_two_samples_is_that_of_their_distributions()
    {
        Assert.Equal(0, TwoSamples.Of([1, 2, 2, 3], [1, 2, 2, 3]).Distance);
        Assert.Equal(1, TwoSamples.Of([1, 2], [3, 4]).Distance);
        // scipy.stats.ks_2samp([1, 2, 3, 4], [2, 3, 3, 5, 6]).statistic
        Assert.Equal(0.4, TwoSamples.Of([1, 2, 3, 4], [2, 3, 3, 5, 6]).Distance, 1e-15);
        Assert.Equal(1.358 * Math.Sqrt(0.02), TwoSamples.Of(new float[100], new float[100]).ByChance, 1e-15);
    }

    // Sample by sample, by what the gate of the other fingerprint says of its distances.
    private static double ShareFlagged(Fingerprint of, Fingerprint by)
    {
        CalibrationBlocks blocks = CalibrationBlocks.Of(by);
        int flagged = 0;
        for (int i = 0; i < of.CalibrationCount; i++)
            flagged += blocks.PValue([.. of.Taps.Select(tap => tap.Scores[i])], out _) <= Guarantee.Of(by).Threshold ? 1 : 0;
        // The sum's cuts flag more than a single tap's.
        Assert.True(flagged > of.Taps[0].Scores.Count(score => score > blocks.CutAt(0, Guarantee.Of(by).Threshold)));
        return (double)flagged / of.CalibrationCount;
    }

    private double FlaggedShare(string data)
    {
        string[] rows = CommandRun.Success("score", CommandRun.Heart, "--fingerprint", PathOf("f.ecfp"), "--json", PathOf(data))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return (double)rows.Count(row => row.Contains("\"ood\"", StringComparison.Ordinal)) / rows.Length;
    }

    private string[] FingerprintFiles() =>
        [.. Directory.GetFiles(_folder, "*.ecfp*", SearchOption.AllDirectories).Select(file => Path.GetFileName(file)).Order()];

    private string[] Arguments(string data) =>
        ["recalibrate", CommandRun.Heart, "--fingerprint", PathOf("f.ecfp"), "--data", PathOf(data)];

    // The fingerprint that every test begins with.
    private static byte[] FitOld()
    {
        string folder = Directory.CreateTempSubdirectory("edgeconv-recalibrate-").FullName;
        try
        {
            string data = Path.Combine(folder, "old.csv"), output = Path.Combine(folder, "f.ecfp");
            WriteOld(data);
            CommandRun.Success("fit", CommandRun.Heart, "--data", data, "--out", output, "--no-check");
            return File.ReadAllBytes(output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void WriteOld(string path) => WriteSeries(path, 300, seed: 1, offset: 0);

    private void Series(string name, int windows, int seed, double offset = 0) =>
        WriteSeries(PathOf(name), windows, seed, offset);

    // Noise, so that windows one after another are independent.
    private static void WriteSeries(string path, int windows, int seed, double offset)
    {
        Random random = new(seed);
        File.WriteAllLines(path, Enumerable.Range(0, windows * Window).Select(_ => string.Create(
            CultureInfo.InvariantCulture, $"{offset + random.NextDouble():0.0000}")));
    }

    private string PathOf(string name) => Path.Combine(_folder, name);
}
