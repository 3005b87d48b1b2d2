using System.Diagnostics;
using System.Text.RegularExpressions;
using EdgeConv.Daemon.Fitting;
using EdgeConv.Gating;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Daemon.Tests;

/// <summary>Fits that are killed go on where they were.</summary>
public sealed class ResumeTest : IDisposable
{
    private const int MostKills = 12;
    // A write beyond the limit is an error then, and no signal; and the JIT maps no file that is beyond it.
    private const string NoSignal = "trap '' XFSZ; export DOTNET_EnableWriteXorExecute=0";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-resume-").FullName;

    public ResumeTest()
    {
        CommandRun.WriteSeries(PathOf("x.csv"), 16_000, seed: 3);
        string[] lines = File.ReadAllLines(PathOf("x.csv"));
        lines[600] = "no number";
        File.WriteAllLines(PathOf("x.csv"), lines);
        File.WriteAllText(PathOf("c.yaml"), $$"""
            pipelines:
              - name: heart
                source: { kind: csv, path: x.csv, rate_hz: 360, stride: 1 }
                models: [{ path: {{CommandRun.Heart}} }]

            """);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_fit_killed_again_and_again_ends_in_the_fingerprint_of_an_undisturbed_one()
    {
        (int status, _, string errors) = CommandRun.Run(Arguments("whole.ecfp", "whole.state"));
        Assert.True(status == 0, errors);
        Random random = new(5);
        int kills = 0, resumed = 0;
        // Every other kill comes at any time after the start, the others once some of the work has been saved; the
        // last run is left alone.
        while (!RunAndKill(isSavingAwaited: kills % 2 == 0, DelayOf(kills, random), ref resumed))
        {
            kills++;
            Assert.True(kills <= MostKills, "it does not end");
            if (File.Exists(PathOf("killed.ecfp")))
                Fingerprint.Read(PathOf("killed.ecfp"));
        }

        Assert.True(kills > 0 && resumed > 0, $"{kills} kills, {resumed} resumed");
        Assert.Equal(BytesOf("whole.ecfp"), BytesOf("killed.ecfp"));
        Assert.Empty(Directory.GetFiles(_folder, "*.state*"));
    }

    [Fact]
    public async Task An_interrupt_saves_what_has_been_done()
    {
        string[] arguments = [.. Arguments("a.ecfp", "a.state")[..^1], "86400"];
        using Process process = CommandRun.Start(arguments);
        // The line that is no number tells that the work has begun.
        while (await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line
            && !line.StartsWith("skipped: ", StringComparison.Ordinal))
        {
        }

        using Process kill = Process.Start("kill", ["-INT", $"{process.Id}"]);
        string errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal((1, "edgeconv: interrupted\n"), (process.ExitCode, errors));
        Assert.False(File.Exists(PathOf("a.ecfp")));
        (int status, _, errors) = CommandRun.Run(arguments);
        Assert.Matches($"^{Regex.Escape(PathOf("a.state"))}: goes on after [1-9][0-9]* samples\n", errors);
        Assert.True(status == 0, errors);
        Assert.False(File.Exists(PathOf("a.state")));
    }

    [Fact]
    public void A_damaged_state_is_refused_in_one_line_and_left_alone()
    {
        File.WriteAllText(PathOf("a.state"), new string('x', 5000));
        (int status, _, string errors) = CommandRun.Run(Arguments("a.ecfp", "a.state"));
        Assert.Equal(1, status);
        Assert.Equal(
            $"edgeconv: {PathOf("a.state")}: this is no EdgeConv state of a fit, or its beginning is damaged\n",
            errors);
        Assert.Equal(5000, new FileInfo(PathOf("a.state")).Length);
        Assert.False(File.Exists(PathOf("a.ecfp")));
    }

    [Fact]
    public void A_state_of_other_data_is_refused_in_one_line()
    {
        int resumed = 0;
        Assert.False(RunAndKill(isSavingAwaited: true, TimeSpan.Zero, ref resumed));
        Assert.True(File.Exists(PathOf("killed.state")));
        File.AppendAllText(PathOf("x.csv"), "1\n");
        (int status, _, string errors) = CommandRun.Run(Arguments("killed.ecfp", "killed.state"));
        Assert.Equal(1, status);
        Assert.Equal(
            $"edgeconv: {PathOf("killed.state")}: is the state of a fit of another kind: its data differ; "
                + "delete it, or name another file\n",
            errors);
    }

    [Fact]
    public void State_and_fingerprint_need_files_of_their_own()
    {
        (int status, _, string errors) = CommandRun.Run(Arguments("a.ecfp", "a.ecfp"));
        Assert.Equal(
            (1, "edgeconv: --resume: is the file of --out; the state needs one of its own\n"), (status, errors));
    }

    [Fact]
    public void What_has_the_name_of_the_states_lock_is_left_alone()
    {
        string locked = PathOf("a.state.lock");
        (int status, _, string errors) = CommandRun.Run(Arguments("a.state.lock", "a.state"));
        Assert.Equal(
            (1, $"edgeconv: --out: {locked} is the lock of the state; the fingerprint needs a file of its own\n"),
            (status, errors));
        File.WriteAllText(locked, "mine");
        (status, _, errors) = CommandRun.Run(Arguments("b.ecfp", "a.state"));
        Assert.Equal(
            (1, $"edgeconv: {locked}: is there and is no lock of a fit; name another state with --resume\n"),
            (status, errors));
        Assert.Equal("mine", File.ReadAllText(locked));
    }

    [Fact]
    public void A_state_is_of_one_fit_at_a_time()
    {
        using (FitStateLock.Take(PathOf("a.state")))
        {
            (int status, _, string errors) = CommandRun.Run(Arguments("b.ecfp", "a.state"));
            Assert.Equal(1, status);
            Assert.Equal(
                $"edgeconv: {PathOf("a.state")}: is the state of a fit that is running; let it end, or name another file\n",
                errors);
        }

        Assert.Equal(0, CommandRun.Run(Arguments("b.ecfp", "a.state")).Status);
        Assert.Empty(Directory.GetFiles(_folder, "*.state*"));
    }

    [Fact]
    public void A_state_that_cannot_be_saved_is_warned_of_once_and_tried_again()
    {
        string place = Path.Combine(_folder, "gone", "x.state");
        List<string> warnings = [];
        FingerprintFitter fitter = new(
            new("net", "net.onnx", new string('a', 64)), new FitOptions { Taps = [new TapChoice("tap", 1)] });
        FitCheckpoint checkpoint = new(
            new ResumeOptions(place, TimeSpan.Zero), fitter, null, "", TimeProvider.System) { Warn = warnings.Add };
        checkpoint.SaveWhenDue(default);
        checkpoint.SaveWhenDue(default);
        Assert.StartsWith($"warning: {place}: cannot be written: ", Assert.Single(warnings));
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        checkpoint.SaveWhenDue(default);
        Assert.True(File.Exists(place));
        Assert.Single(warnings);
    }

    [Fact]
    public void A_full_disk_costs_the_state_and_not_the_fit()
    {
        // A process that may write no more than a state takes: the fingerprint is smaller, with one tap.
        (int status, string output, string errors) = CommandRun.Shell($"{NoSignal}; ulimit -f 200", Arguments("a.ecfp", "a.state"));
        Assert.True(status == 0, output + errors);
        Assert.Single(errors.Split('\n'), line => line.StartsWith("warning: ", StringComparison.Ordinal)
            && line.EndsWith("; the fit goes on, and tries again", StringComparison.Ordinal));
        Assert.True(File.Exists(PathOf("a.ecfp")));
        Assert.Empty(Directory.GetFiles(_folder, "*.tmp"));
        (status, output, errors) = CommandRun.Shell($"{NoSignal}; ulimit -f 2", Arguments("b.ecfp", "b.state"));
        Assert.Equal(1, status);
        Assert.Single(errors.Split('\n'), line => line.StartsWith("edgeconv: ", StringComparison.Ordinal));
        Assert.False(File.Exists(PathOf("b.ecfp")));
    }

    [Fact]
    public void State_and_output_may_lie_within_the_data()
    {
        string pictures = Directory.CreateDirectory(PathOf("pictures")).FullName;
        string source = Repository.PathOf("tests", "EdgeConv.Devices.Tests", "Images", "files", "gradient-gray.jpg");
        for (int i = 0; i < 3; i++)
            File.Copy(source, Path.Combine(pictures, $"{i}.jpg"));
        string state = Path.Combine(pictures, "fit.state"), output = Path.Combine(pictures, "f.ecfp");
        string model = CommandRun.Heart.Replace("heart/heart", "fashion/fashion-s", StringComparison.Ordinal);
        string[] arguments =
            ["fit", model, "--data", pictures, "--out", output, "--resume", state, "--save-every", "0"];
        // All pictures are alike, so that the fit ends with a refusal and leaves its state.
        (_, _, string errors) = CommandRun.Run(arguments);
        Assert.Contains("they must vary", errors, StringComparison.Ordinal);
        File.WriteAllText(output, "an older one");
        (_, _, errors) = CommandRun.Run(arguments);
        Assert.StartsWith($"{state}: goes on after 3 samples\n", errors);
    }

    private static TimeSpan DelayOf(int kills, Random random) =>
        kills < MostKills ? TimeSpan.FromMilliseconds(random.Next(kills % 2 == 0 ? 300 : 1500)) : Limit;

    // SIGKILL after the delay, which begins with the start or with the next saving; false when it was killed.
    private bool RunAndKill(bool isSavingAwaited, TimeSpan delay, ref int resumed)
    {
        DateTime saved = File.GetLastWriteTimeUtc(PathOf("killed.state"));
        using Process process = CommandRun.Start(Arguments("killed.ecfp", "killed.state"));
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        while (isSavingAwaited && !process.HasExited && File.GetLastWriteTimeUtc(PathOf("killed.state")) == saved)
            Thread.Sleep(2);
        bool hasEnded = process.WaitForExit(delay);
        if (!hasEnded)
            process.Kill();
        Assert.True(process.WaitForExit(Limit));
        output.Wait();
        resumed += errors.Result.Contains("goes on after", StringComparison.Ordinal) ? 1 : 0;
        Assert.True(!hasEnded || process.ExitCode == 0, errors.Result);
        return hasEnded;
    }

    private string[] Arguments(string output, string state) =>
    [
        "fit", CommandRun.Heart, "--config", PathOf("c.yaml"), "--data", PathOf("x.csv"), "--out", PathOf(output),
        "--resume", PathOf(state), "--save-every", "0.05",
    ];

    // But for the time of its making.
    private byte[] BytesOf(string name)
    {
        Fingerprint fingerprint = Fingerprint.Read(PathOf(name)) with { Created = DateTimeOffset.UnixEpoch };
        fingerprint.Write(PathOf("same-time.ecfp"));
        return File.ReadAllBytes(PathOf("same-time.ecfp"));
    }

    private string PathOf(string name) => Path.Combine(_folder, name);
}
