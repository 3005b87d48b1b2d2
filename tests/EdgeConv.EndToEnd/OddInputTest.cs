using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Xunit;

namespace EdgeConv.EndToEnd;

/// <summary>Whatever a user gives, the program ends with status 1 and one line that names it.</summary>
public sealed class OddInputTest : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly string Heart = Path.Combine(Data.Models, "heart", "heart.onnx");
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-odd-").FullName;

    public static bool CanLackPermission => Binary.HasNative && Environment.UserName != "root";

    public static bool CanMount { get; } = Binary.HasNative && TriesToMount();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNative), SkipType = typeof(Binary))]
    [InlineData("unknown command 'inpect'; did you mean 'inspect'?", "inpect")]
    [InlineData("unknown option '--secnds'; did you mean '--seconds'?", "bench", "--secnds", "3", "m.onnx")]
    [InlineData("MODEL is missing", "inspect")]
    [InlineData("--seconds NaN: must lie in 0..3600", "bench", "m.onnx", "--seconds", "nan")]
    [InlineData("--alpha: NaN does not lie between 0 and 1", "fit", "m.onnx", "--data", "d", "--out", "f", "--alpha", "nan")]
    [InlineData("--models /nonexistent: no such folder", "demo", "--models", "/nonexistent")]
    public void A_wrong_command_line_is_told_in_one_line(string expected, params string[] arguments) =>
        Assert.StartsWith($"edgeconv: {expected}", Binary.Native.Refusal(Limit, arguments), StringComparison.Ordinal);

    [Theory(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNative), SkipType = typeof(Binary))]
    [InlineData("x=1x3x9000x9000", "MODEL: needs 1853 MB for activations, at most 512 are allowed", "bench")]
    [InlineData("x=1x3x99999x99999", "--shape 'x=1x3x99999x99999': [1,3,99999,99999] has more than 2147483647 elements; "
        + "NAME=1x3x224x224 would be right", "bench", "inspect")]
    [InlineData("x=1x3x6x99999999999", "--shape 'x=1x3x6x99999999999': dimension 3 is 99999999999, "
        + "it must lie in 0..2147483647; NAME=1x3x224x224 would be right", "bench", "inspect")]
    public void A_shape_too_large_is_told_in_one_line(string shape, string expected, params string[] commands)
    {
        string model = DynamicModel();
        foreach (string command in commands)
        {
            Assert.Equal(
                $"edgeconv: {expected.Replace("MODEL", model, StringComparison.Ordinal)}",
                Binary.Native.Refusal(Limit, command, model, "--shape", shape));
        }
    }

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNative), SkipType = typeof(Binary))]
    public void A_model_too_large_for_memory_is_told_in_one_line()
    {
        // 432 MB of activations. The collector's heap, which reserves far more than it takes, is kept small.
        string bench = $"'{Binary.NativePath}' bench --seconds 1e-9 '{DynamicModel()}' --shape x=1x3x6000x3000";
        (int status, _, string errors) =
            RunShell($"export DOTNET_GCHeapHardLimit=0x4000000; ulimit -v 500000; {bench}");
        Assert.Equal((1, $"edgeconv: {DynamicModel()}: there is not enough memory for it\n"), (status, errors));
    }

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNative), SkipType = typeof(Binary))]
    public void A_configuration_names_the_extents_that_a_model_leaves_open()
    {
        string config = Path.Combine(_folder, "c.yaml"), model = DynamicModel();
        File.WriteAllText(config,
            $"pipelines: [{{ name: a, source: {{ kind: csv, path: {Series(9)} }}, models: [{{ path: {model} }}] }}]");
        Assert.EndsWith(
            "input 'x': the model takes [?,3,?,?] and leaves the extents '?' open; give them all, as --shape x=1x3x224x224",
            Binary.Native.Refusal(Limit, "check", config), StringComparison.Ordinal);
    }

    [Theory(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNative), SkipType = typeof(Binary))]
    [InlineData("folder", "is a folder")]
    [InlineData("pipe", "is a pipe, a device or a socket")]
    [InlineData("/dev/zero", "is a pipe, a device or a socket")]
    [InlineData("gone", "is not there")]
    public void What_is_no_file_is_said_to_be_none(string name, string expected)
    {
        MakeOddities();
        string path = Path.Combine(_folder, name);
        Assert.Contains(expected, Binary.Native.Refusal(Limit, "check", path), StringComparison.Ordinal);
        Assert.Contains(expected, Binary.Native.Refusal(Limit, "run", "--config", path), StringComparison.Ordinal);
        Assert.Contains(expected, Binary.Native.Refusal(Limit, "check", Config(Heart, path)), StringComparison.Ordinal);
        Assert.Contains(expected, Binary.Native.Refusal(Limit, "check", Config(path, path)), StringComparison.Ordinal);
        if (name != "folder")
        {
            Assert.Contains(expected, Binary.Native.Refusal(Limit, "fit", Heart, "--data", path, "--out", Path.Combine(_folder, "f.ecfp")),
                StringComparison.Ordinal);
        }
    }

    [Fact(Skip = "root may read and write everything, or the published program is not there",
        SkipUnless = nameof(CanLackPermission))]
    public void A_file_or_folder_without_permission_is_named()
    {
        MakeOddities();
        string secret = Path.Combine(_folder, "secret.csv"), locked = Path.Combine(_folder, "locked");
        File.WriteAllText(secret, "1\n");
        File.SetUnixFileMode(secret, UnixFileMode.None);
        Directory.CreateDirectory(locked, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.Contains(secret, Binary.Native.Refusal(Limit, "check", secret), StringComparison.Ordinal);
        Assert.Contains(secret, Binary.Native.Refusal(Limit, "inspect", secret), StringComparison.Ordinal);
        Assert.Contains(secret, Binary.Native.Refusal(Limit, "fit", Heart, "--data", secret, "--out", Path.Combine(_folder, "f")),
            StringComparison.Ordinal);
        Assert.Contains($"nothing can be written to {locked}",
            Binary.Native.Refusal(Limit, "fit", Heart, "--data", Series(100), "--out", Path.Combine(locked, "f")), StringComparison.Ordinal);
    }

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNative), SkipType = typeof(Binary))]
    public void Fit_does_not_overwrite_what_it_reads()
    {
        string model = Path.Combine(_folder, "m.onnx"), series = Series(60_000);
        File.Copy(Heart, model);
        Assert.Contains("is what is read", Binary.Native.Refusal(Limit, "fit", model, "--data", series, "--out", model), StringComparison.Ordinal);
        Assert.Contains("is what is read", Binary.Native.Refusal(Limit, "fit", model, "--data", series, "--out", series), StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(Heart), File.ReadAllBytes(model));
    }

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNative), SkipType = typeof(Binary))]
    public async Task An_interrupted_fit_leaves_no_fingerprint()
    {
        // A window at each sample: far more work than passes between the two lines below. The second line is
        // no sample, and tells that the work has begun.
        string series = Series(2_000_000, "x,"), output = Path.Combine(_folder, "f.ecfp");
        string config = Config(Heart, Heart, "stride: 1, columns: [\"0\"]");
        using RunningProgram fit = Binary.Native.Start(
            "fit", Heart, "--data", series, "--out", output, "--config", config);
        await fit.WaitForAsync("skipped:", Limit);
        fit.Signal(PosixSignal.SIGINT);
        (int status, _, string errors) = fit.WaitForEnd(Limit);
        Assert.Equal(1, status);
        Assert.EndsWith("edgeconv: interrupted\n", errors, StringComparison.Ordinal);
        Assert.Equal([config, series], Directory.GetFiles(_folder).Order(StringComparer.Ordinal));
    }

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNativeAndOnnxCases), SkipType = typeof(Binary))]
    public void Verify_names_a_folder_without_cases_and_runs_the_others()
    {
        string one = Path.Combine(Data.OnnxCases, "node", "test_relu");
        (int status, string output, string errors) = Binary.Native.Run(Limit, "verify", _folder, one, "/nonexistent");
        Assert.Equal(1, status);
        Assert.EndsWith("1 passed, 2 failed, 0 unsupported\n", output, StringComparison.Ordinal);
        string[] lines = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal($"edgeconv: {_folder}: holds no model.onnx, nor any folder below", lines[0]);
        Assert.StartsWith("edgeconv: /nonexistent: no such folder", lines[1], StringComparison.Ordinal);
    }

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNative), SkipType = typeof(Binary))]
    public void Output_that_cannot_be_written_is_a_failure()
    {
        ProcessStartInfo info = new("bash", ["-c", $"'{Binary.NativePath}' inspect '{Heart}' >/dev/full"])
        {
            RedirectStandardError = true,
        };
        using Process process = Process.Start(info)!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.Equal((1, "edgeconv: No space left on device\n"), (process.ExitCode, errors));
    }

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNative), SkipType = typeof(Binary))]
    public void The_columns_of_bench_stand_under_each_other()
    {
        string named = Path.Combine(_folder, "a-model-with-a-name-of-more-than-thirty-four-letters.onnx");
        File.Copy(Heart, named);
        (int status, string output, string errors) = Binary.Native.Run(Limit, "bench", "--seconds", "1e-9", Heart, named);
        Assert.True(status == 0, errors);
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.Single(lines.Select(line => line.Length).Distinct());
    }

    [Theory(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNative), SkipType = typeof(Binary))]
    [InlineData("")]
    [InlineData("no picture")]
    public void Check_names_a_picture_that_is_none(string content)
    {
        string picture = Path.Combine(_folder, "pictures", "1.png"), config = Path.Combine(_folder, "c.yaml");
        Directory.CreateDirectory(Path.GetDirectoryName(picture)!);
        File.WriteAllText(picture, content);
        string model = Path.Combine(Data.Models, "fashion", "fashion-s.onnx");
        File.WriteAllText(config,
            $"pipelines: [{{ name: a, source: {{ kind: images, path: pictures }}, models: [{{ path: {model} }}] }}]");
        Assert.StartsWith($"edgeconv: {picture}: ", Binary.Native.Refusal(Limit, "check", config), StringComparison.Ordinal);
    }

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNative), SkipType = typeof(Binary))]
    public void A_fingerprint_that_may_not_become_so_large_is_named_and_leaves_nothing() =>
        AssertNothingIsLeft("ulimit -f 4; trap '' XFSZ");

    [Fact(Skip = "only root can mount a small file system here, or the published program is not there",
        SkipUnless = nameof(CanMount))]
    public void A_fingerprint_on_a_full_disk_is_named_and_leaves_nothing() =>
        AssertNothingIsLeft("mount -t tmpfs -o size=8k none out");

    // The shell has mounts of its own, so that none outlives it.
    private void AssertNothingIsLeft(string limit)
    {
        string series = Series(120_000), output = Path.Combine(_folder, "out", "f.ecfp");
        Directory.CreateDirectory(Path.Combine(_folder, "out"));
        string fit = $"'{Binary.NativePath}' fit '{Heart}' --data '{series}' --out '{output}'";
        (int status, string left, string errors) = RunShell($"{limit}; {fit}; status=$?; ls -A out; exit $status");
        Assert.True(status == 1, errors);
        Assert.Equal("", left);
        string last = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
        Assert.StartsWith($"edgeconv: {output}: cannot be written: ", last, StringComparison.Ordinal);
    }

    private (int Status, string Output, string Errors) RunShell(string script)
    {
        string[] shell = CanMount ? ["unshare", "--mount", "bash"] : ["bash"];
        using RunningProgram program = new(Process.Start(new ProcessStartInfo(shell[0], [.. shell[1..], "-c", script])
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!);
        return program.WaitForEnd(Limit);
    }

    private static bool TriesToMount()
    {
        using Process process = Process.Start(new ProcessStartInfo(
            "bash", ["-c", "[ $(id -u) = 0 ] && unshare --mount mount -t tmpfs none /mnt"])
        {
            RedirectStandardError = true,
        })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    private string DynamicModel()
    {
        string path = Path.Combine(_folder, "dynamic.onnx");
        File.WriteAllBytes(path, OnnxBytes.Relu(0, 3, 0, 0));
        return path;
    }

    private void MakeOddities()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "folder"));
        using Process process = Process.Start("mkfifo", Path.Combine(_folder, "pipe"));
        process.WaitForExit();
        Series(2000);
    }

    private string Series(int length, string? spoilt = null)
    {
        string path = Path.Combine(_folder, "series.csv");
        IEnumerable<string> lines = Enumerable.Range(0, length).Select(
            i => Math.Sin(i / 20.0).ToString("0.000", CultureInfo.InvariantCulture));
        File.WriteAllLines(path, spoilt is null ? lines : lines.Take(1).Append(spoilt).Concat(lines));
        return path;
    }

    private string Config(string model, string fingerprint, string source = "rate_hz: 360")
    {
        string config = Path.Combine(_folder, "c.yaml");
        File.WriteAllText(config, $$"""
            pipelines:
              - name: heart
                source: { kind: csv, path: series.csv, {{source}} }
                models: [{ path: {{model}}, fingerprint: {{fingerprint}} }]

            """);
        return config;
    }
}
