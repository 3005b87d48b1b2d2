using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using EdgeConv.Core;
using Xunit;

namespace EdgeConv.EndToEnd;

/// <summary>What the daemon keeps of a model from one start to the next.</summary>
public sealed class PlanCacheTest : IDisposable
{
    private const string Topic = "edgeconv/test/heart/result";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly Dictionary<string, string> Nothing = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-plans-").FullName;

    private string Plans => Path.Combine(_folder, "plans");

    private string Model => Path.Combine(_folder, "heart.onnx");

    private string Plan => Assert.Single(Directory.GetFiles(Plans, "*.ecplan"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNativeAndMosquitto), SkipType = typeof(Binary))]
    [InlineData("option")]
    [InlineData("configuration")]
    [InlineData("service")]
    public async Task The_first_start_writes_a_plan_and_the_second_one_runs_on_it(string named)
    {
        Start first = await StartAsync(named, Nothing);
        Assert.Empty(first.Notices);
        Assert.EndsWith(".ecplan", Plan, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Plan));
        DateTime written = File.GetLastWriteTimeUtc(Plan);

        Start second = await StartAsync(named, Nothing);
        Assert.Equal(first.Scores, second.Scores);
        Assert.Empty(second.Notices);
        Assert.Equal(written, File.GetLastWriteTimeUtc(Plan));

        // Weights of a plan that say something else show that they are used.
        SetWeightsToZero(Plan);
        Start third = await StartAsync(named, Nothing);
        Assert.Empty(third.Notices);
        Assert.NotEqual(first.Scores, third.Scores);
    }

    [Theory(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNativeAndMosquitto), SkipType = typeof(Binary))]
    [InlineData("cut", "is cut short or damaged")]
    [InlineData("damaged", "is damaged: its checksum does not fit")]
    [InlineData("stale", "is of an earlier state of the model")]
    [InlineData("foreign", "is for kernels of another machine")]
    [InlineData("empty", "is cut short")]
    public async Task A_plan_of_no_use_is_one_line_and_made_anew(string kind, string reason)
    {
        // A plan for other kernels is one that was written by a start with them.
        Dictionary<string, string> scalar = new() { ["EDGECONV_KERNELS"] = "scalar" };
        Start first = await StartAsync("option", kind == "foreign" ? scalar : Nothing);
        byte[] plan = File.ReadAllBytes(Plan);
        switch (kind)
        {
            case "cut":
                File.WriteAllBytes(Plan, plan[..^1]);
                break;
            case "damaged":
                plan[^100] ^= 1;
                File.WriteAllBytes(Plan, plan);
                break;
            case "stale":
                File.Copy(Model, Model + ".new");
                File.Move(Model + ".new", Model, overwrite: true);
                break;
            case "empty":
                File.WriteAllBytes(Plan, []);
                break;
        }

        Start second = await StartAsync("option", Nothing);
        // With other kernels the profile is of no use either, and says so in a line of its own.
        Assert.Equal(kind == "foreign" ? 2 : 1, second.Notices.Count);
        string notice = Assert.Single(second.Notices, n => n.Contains(Plan, StringComparison.Ordinal));
        Assert.Contains($"{Plan}: {reason}", notice, StringComparison.Ordinal);
        Assert.EndsWith("; it is made anew", notice, StringComparison.Ordinal);
        if (kind != "foreign")
            Assert.Equal(first.Scores, second.Scores);
        Start third = await StartAsync("option", Nothing);
        Assert.Empty(third.Notices);
        Assert.Equal(second.Scores, third.Scores);
    }

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNativeAndMosquitto), SkipType = typeof(Binary))]
    public async Task A_folder_that_cannot_be_written_is_a_line_for_plan_and_profile_and_the_daemon_runs()
    {
        // A file in its place: root may write into any folder.
        File.WriteAllText(Plans, "");
        Start start = await StartAsync("option", Nothing);
        Assert.NotEmpty(start.Scores);
        Assert.Equal(2, start.Notices.Count);
        Assert.All(start.Notices, notice => Assert.Contains("cannot be written", notice, StringComparison.Ordinal));
        Assert.All(start.Notices, notice => Assert.Contains(Plans, notice, StringComparison.Ordinal));
    }

    // Runs the daemon until the first result is out.
    private async Task<Start> StartAsync(string named, IReadOnlyDictionary<string, string> environment)
    {
        using Mosquitto broker = new();
        await using Subscriber subscriber = await Subscriber.ConnectAsync(broker);
        Dictionary<string, string> all = new(environment);
        string config = WriteConfig(broker.Port, named == "configuration" ? "plan_cache: plans" : "");
        string[] arguments = ["run", "--config", config];
        if (named == "option")
            arguments = [.. arguments, "--plan-cache", Plans];
        else if (named == "service")
            all["CACHE_DIRECTORY"] = Plans;
        using RunningProgram daemon = Binary.Native.Start(all, arguments);
        string result = await subscriber.WaitForAsync(
            (topic, payload) => topic == Topic && SequenceOf(payload) == 0, Patience);
        daemon.Signal(PosixSignal.SIGTERM);
        (int status, string output, string errors) = daemon.WaitForEnd(Patience);
        Assert.True(status == 0, output + errors);
        using JsonDocument json = JsonDocument.Parse(result);
        return new Start(
            $"{json.RootElement.GetProperty("score")} {json.RootElement.GetProperty("gate")}",
            [.. (output + errors).Split('\n').Where(line => line.Contains("plans", StringComparison.Ordinal))]);
    }

    private static long SequenceOf(string payload)
    {
        using JsonDocument json = JsonDocument.Parse(payload);
        return json.RootElement.GetProperty("seq").GetInt64();
    }

    private string WriteConfig(int port, string more)
    {
        string config = Path.Combine(_folder, "c.yaml"), heart = Path.Combine(Data.Models, "heart");
        if (!File.Exists(Model))
            File.Copy(Path.Combine(heart, "heart.onnx"), Model);
        File.WriteAllLines(Path.Combine(_folder, "series.csv"), Enumerable.Range(0, 4000).Select(
            i => Math.Sin(i / 20.0).ToString("R", CultureInfo.InvariantCulture)));
        File.WriteAllText(Path.Combine(_folder, "password"), Mosquitto.Password + "\n");
        File.WriteAllText(config, $$"""
            node: test
            {{more}}
            mqtt: { host: 127.0.0.1, port: {{port}}, user: {{Mosquitto.User}}, password_file: password }
            pipelines:
              - name: heart
                source: { kind: csv, path: series.csv, rate_hz: 3600, stride: 360, loop: true }
                models: [{ path: heart.onnx, fingerprint: {{Path.Combine(heart, "heart.ecfp")}} }]

            """);
        return config;
    }

    // The form of a plan: src/EdgeConv.Engine/PlanCache/PlanFile.cs.
    private static void SetWeightsToZero(string path)
    {
        byte[] plan = File.ReadAllBytes(path);
        Span<byte> weights = plan.AsSpan(^(int)BitConverter.ToInt64(plan, 32)..);
        weights.Clear();
        BitConverter.TryWriteBytes(plan.AsSpan(16), Xxh64.Hash(weights));
        File.WriteAllBytes(path, plan);
    }

    private sealed record Start(string Scores, IReadOnlyList<string> Notices);
}
