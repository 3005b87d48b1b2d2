using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Xunit;

namespace EdgeConv.EndToEnd;

/// <summary><c>edgeconv bench</c> with its workers.</summary>
public sealed class BenchTest : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);
    private static readonly string Heart = Path.Combine(Data.Models, "heart", "heart.onnx");
    private static readonly string Fashion = Path.Combine(Data.Models, "fashion", "fashion-s.onnx");
    private static readonly string Library =
        Path.Combine(Path.GetDirectoryName(Binary.NativePath)!, "libonnxruntime.so");

    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-bench-").FullName;

    public static bool HasBothBackends => Binary.HasNative && File.Exists(Library);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(HasBothBackends))]
    public void Json_tells_all_figures_of_both_backends()
    {
        (int status, string output, string errors) = Binary.Native.Run(
            Limit,
            "bench", "--vs", "onnxruntime", "--json", "--threads", "1", "--seconds", "0.2", "--cold", Heart, Fashion);
        Assert.True(status == 0, errors);
        Assert.Equal("", errors);
        JsonElement[] objects = [.. Lines(output).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(["heart", "fashion-s"], objects[..2].Select(line => line.GetProperty("model").GetString()));
        Assert.All(objects[..2], AssertIsMeasured);
        double mean = Math.Sqrt(Number(objects[0], "ratio") * Number(objects[1], "ratio"));
        Assert.Equal(mean, Number(objects[2], "geomean_ratio"), 1e-9);
        Assert.Equal(3, objects.Length);
    }

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(HasBothBackends))]
    public void The_table_ends_with_the_mean_and_profiles_stand_before_it()
    {
        (int status, string output, string errors) = Binary.Native.Run(
            Limit, "bench", "--vs", "onnxruntime", "--seconds", "1e-9", "--profile", Heart);
        Assert.True(status == 0, errors);
        string[] lines = Lines(output);
        Assert.StartsWith("model ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("heart ", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("  operator ", lines[3], StringComparison.Ordinal);
        Assert.StartsWith("geometric mean of the ratios to onnxruntime: ", lines[^1], StringComparison.Ordinal);
    }

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNative), SkipType = typeof(Binary))]
    public async Task A_worker_that_is_killed_is_one_line_and_the_others_go_on()
    {
        using RunningProgram bench = Binary.Native.Start("bench", "--json", "--seconds", "3", Heart, Fashion);
        int worker = await FirstChildOfAsync(bench);
        using (Process child = Process.GetProcessById(worker))
            child.Kill();
        (int status, string output, string errors) = bench.WaitForEnd(Limit);
        Assert.Equal(1, status);
        Assert.Equal(
            $"edgeconv: {Heart}: the worker of auto was killed by signal 9 before it answered",
            Assert.Single(Lines(errors)));
        string[] lines = Lines(output);
        Assert.Equal(2, lines.Length);
        Assert.Contains("\"model\":\"fashion-s\"", lines[0], StringComparison.Ordinal);
    }

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(HasBothBackends))]
    public async Task Workers_do_not_outlive_a_bench_that_is_killed()
    {
        using RunningProgram bench =
            Binary.Native.Start("bench", "--vs", "onnxruntime", "--seconds", "60", Heart);
        int[] workers = await ChildrenOfAsync(bench, 2);
        bench.KillHard();
        bench.WaitForEnd(Limit);
        long begun = Stopwatch.GetTimestamp();
        while (workers.Any(IsAlive) && Stopwatch.GetElapsedTime(begun) < Limit)
            await Task.Delay(20, TestContext.Current.CancellationToken);
        Assert.DoesNotContain(workers, IsAlive);
    }

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNative), SkipType = typeof(Binary))]
    public void A_model_that_is_refused_is_one_line_and_the_others_go_on()
    {
        (int status, string output, string errors) =
            Binary.Native.Run(Limit, "bench", "--seconds", "1e-9", "nowhere.onnx", Heart);
        Assert.Equal((1, "edgeconv: nowhere.onnx: no such file\n"), (status, errors));
        Assert.StartsWith("heart ", Lines(output)[1], StringComparison.Ordinal);
    }

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNative), SkipType = typeof(Binary))]
    public void Without_the_rival_ours_is_measured_all_the_same()
    {
        Binary alone = Binary.NativeCopiedTo(_folder);
        (int status, string output, string errors) =
            alone.Run(Limit, "bench", "--vs", "onnxruntime", "--json", "--seconds", "1e-9", Heart);
        Assert.Equal(1, status);
        Assert.EndsWith("libonnxruntime.so is not there", Assert.Single(Lines(errors)), StringComparison.Ordinal);
        JsonElement line = JsonDocument.Parse(Lines(output)[0]).RootElement;
        Assert.True(Number(line, "edgeconv_ms") > 0);
        Assert.Equal(JsonValueKind.Null, line.GetProperty("ratio").ValueKind);
    }

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(HasBothBackends))]
    public void Dynamic_dimensions_are_asked_for_and_taken()
    {
        string model = Model(0, 3, 0, 0);
        string expected = $"edgeconv: {model}: input 'x': the model takes [?,3,?,?] and leaves the extents "
            + "'?' open; give them all, as --shape x=1x3x224x224";
        Assert.Equal(expected, Binary.Native.Refusal(Limit, "bench", model));
        Assert.Equal(expected, Binary.Native.Refusal(Limit, "inspect", model));
        string[] shape = ["--shape", "x=1x3x6x8"];
        (int status, string output, string errors) =
            Binary.Native.Run(Limit, ["bench", "--vs", "onnxruntime", "--seconds", "1e-9", model, .. shape]);
        Assert.True(status == 0, output + errors);
        (status, output, errors) = Binary.Native.Run(Limit, ["inspect", model, .. shape]);
        Assert.True(status == 0, errors);
        Assert.Contains("1x3x6x8", output, StringComparison.Ordinal);
    }

    [Theory(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNative), SkipType = typeof(Binary))]
    [InlineData("x=1x4x6x8", "input 'x': shape [1,4,6,8], the model takes [?,3,?,?]")]
    [InlineData("x=1x3x6", "input 'x': shape [1,3,6], the model takes [?,3,?,?]")]
    [InlineData("image=1x3x6x8", "has no input 'image'; its inputs are 'x'")]
    public void A_shape_that_does_not_fit_is_told_with_what_the_model_takes(string shape, string expected)
    {
        string model = Model(0, 3, 0, 0);
        Assert.EndsWith(expected, Binary.Native.Refusal(Limit, "bench", model, "--shape", shape), StringComparison.Ordinal);
        Assert.EndsWith(expected, Binary.Native.Refusal(Limit, "inspect", model, "--shape", shape), StringComparison.Ordinal);
    }

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(HasBothBackends))]
    public void Onnxruntime_names_an_unknown_input_too() => Assert.EndsWith(
        "has no input 'image'; its inputs are 'x'",
        Binary.Native.Refusal(Limit, "bench", "--backend", "onnxruntime", Model(1, 3), "--shape", "image=1x3"),
        StringComparison.Ordinal);

    [Theory(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNative), SkipType = typeof(Binary))]
    [InlineData("edgeconv: --shape 'x=1xA': extent 'A' is no positive whole number; NAME=1x3x224x224 would be right",
        "--shape", "x=1xA")]
    [InlineData("edgeconv: --threads 0: this machine has ", "--threads", "0")]
    [InlineData("edgeconv: --threads 5000: this machine has ", "--threads", "5000")]
    public void An_option_out_of_range_is_one_line(string expected, params string[] options) =>
        Assert.StartsWith(expected, Binary.Native.Refusal(Limit, ["bench", Heart, .. options]), StringComparison.Ordinal);

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNative), SkipType = typeof(Binary))]
    public void The_verb_of_the_workers_explains_itself() =>
        Assert.Equal("edgeconv: 'bench-worker' is started by 'edgeconv bench'", Binary.Native.Refusal(Limit, "bench-worker"));

    private static void AssertIsMeasured(JsonElement line)
    {
        Assert.Equal(1, Number(line, "threads"));
        Assert.Equal(0, Number(line, "allocated_bytes_per_run"));
        foreach (string key in (string[])["edgeconv_ms", "onnxruntime_ms", "gflops", "peak_share", "arena_bytes",
            "rss_bytes", "edgeconv_cold_ms", "onnxruntime_cold_ms"])
        {
            Assert.True(Number(line, key) > 0, key);
        }

        Assert.Equal(Number(line, "onnxruntime_ms") / Number(line, "edgeconv_ms"), Number(line, "ratio"), 1e-9);
        Assert.Equal(
            Number(line, "edgeconv_cold_ms") / Number(line, "onnxruntime_cold_ms"), Number(line, "cold_ratio"), 1e-9);
        Assert.Equal(Number(line, "gflops") / Number(line, "peak_gflops"), Number(line, "peak_share"), 1e-9);
    }

    private static double Number(JsonElement line, string key) => line.GetProperty(key).GetDouble();

    private string Model(params byte[] extents)
    {
        string path = Path.Combine(_folder, "relu.onnx");
        File.WriteAllBytes(path, OnnxBytes.Relu(extents));
        return path;
    }

    private static async Task<int> FirstChildOfAsync(RunningProgram program) => (await ChildrenOfAsync(program, 1))[0];

    private static async Task<int[]> ChildrenOfAsync(RunningProgram program, int count)
    {
        string file = $"/proc/{program.Id}/task/{program.Id}/children";
        long begun = Stopwatch.GetTimestamp();
        while (true)
        {
            int[] children = [.. File.ReadAllText(file).Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(word => int.Parse(word, CultureInfo.InvariantCulture))];
            if (children.Length >= count)
                return children;
            Assert.True(Stopwatch.GetElapsedTime(begun) < Limit, $"{program.Output}\n{program.Errors}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    // A process that nobody has waited for is dead all the same.
    private static bool IsAlive(int process)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException or IOException)
        {
            return false;
        }
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
