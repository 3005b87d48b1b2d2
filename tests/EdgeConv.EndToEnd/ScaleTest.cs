using System.Diagnostics;
using System.Text.Json;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.EndToEnd;

/// <summary>Compound scaling, by the native program and by the training script.</summary>
public sealed class ScaleTest : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-scale-").FullName;

    public static bool HasPython => File.Exists("/usr/bin/python3");

    private static string Smallest => Repository.PathOf("deploy", "models", "fashion", "fashion-s.onnx");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNative), SkipType = typeof(Binary))]
    public void The_native_program_tells_each_scale_and_leaves_networks_that_both_backends_run()
    {
        string json = Run("scale", Smallest, "--phi", "-1", "0", "1", "--out", _folder, "--json");
        JsonElement[] points = [.. JsonDocument.Parse(json).RootElement.GetProperty("points").EnumerateArray()];
        Assert.Equal([-1.0, 0, 1], points.Select(point => point.GetProperty("phi").GetDouble()));
        Assert.Equal(
            [729968L, 1190080, 3679888], points.Select(point => point.GetProperty("multiply_adds").GetInt64()));
        Assert.All(points, point =>
            Assert.InRange(point.GetProperty("figures").GetProperty("service_ms").GetDouble(), 1e-3, 1000));
        string[] networks = [.. Directory.GetFiles(_folder).Order(StringComparer.Ordinal)];
        Assert.Equal(
            ["fashion-s-phi-1.onnx", "fashion-s-phi0.onnx", "fashion-s-phi1.onnx"], networks.Select(Path.GetFileName));
        string[] ran = Run(["bench", "--vs", "onnxruntime", "--seconds", "0.1", "--json", .. networks])
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["fashion-s-phi-1", "fashion-s-phi0", "fashion-s-phi1"], ran.Take(3)
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("model").GetString()!));
        Assert.All(ran.Take(3), line => Assert.InRange(
            JsonDocument.Parse(line).RootElement.GetProperty("onnxruntime_ms").GetDouble(), 1e-3, 1000));
    }

    // The engine's own rounding is held to the same table in its tests.
    [Fact(Skip = "python3 is not there", SkipUnless = nameof(HasPython))]
    public void The_training_script_rounds_as_the_table_says()
    {
        string table = Repository.PathOf("tests", "EdgeConv.Engine.Tests", "Scaling", "rounding.txt");
        const string script = """
            import sys
            sys.path.insert(0, sys.argv[1])
            sys.dont_write_bytecode = True
            from modelkit import scaling
            for line in open(sys.argv[2]):
                if not line.startswith("#"):
                    kind, size, factor, _ = line.split()
                    scale = scaling.Scale(float(factor), float(factor), float(factor))
                    print(kind, size, factor, getattr(scale, kind)(int(size)))
            """;
        ProcessStartInfo info = new("/usr/bin/python3", ["-c", script, Repository.PathOf("deploy", "models"), table])
        {
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(info)!;
        string[] rounded = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        string[] expected = [.. File.ReadLines(table).Where(line => line[0] != '#')];
        Assert.NotEmpty(expected);
        Assert.Equal(expected, rounded);
    }

    private static string Run(params string[] arguments)
    {
        (int status, string output, string errors) = Binary.Native.Run(TimeSpan.FromSeconds(60), arguments);
        Assert.True(status == 0, output + errors);
        return output;
    }
}
