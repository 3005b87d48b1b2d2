using System.Text.Json;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Daemon.Tests.Profiling;

public sealed class ProfileCommandTest : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-profile").FullName;

    public ProfileCommandTest() => File.WriteAllText(Config, $$"""
        pipelines:
          - name: clothes
            source: { kind: stdin, format: gray8, width: 28, height: 28 }
            models: [{ path: {{Model("fashion-l")}} }, { path: {{Model("fashion-s")}} }]
          - name: beats
            source: { kind: csv, path: series.csv }
            models: [{ path: {{CommandRun.Heart}} }]
        """);

    private string Config => Path.Combine(_folder, "c.yaml");

    private string Plans => Path.Combine(_folder, "plans");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_frontier_is_measured_told_and_kept()
    {
        string json = CommandRun.Success("profile", Config, "--json", "--pipeline", "clothes", "--plan-cache", Plans);
        JsonElement pipeline = Assert.Single(JsonDocument.Parse(json).RootElement.EnumerateArray());
        Assert.Equal("28x28 Gray8", pipeline.GetProperty("sample").GetString());
        JsonElement[] points = [.. pipeline.GetProperty("points").EnumerateArray()];
        Assert.Equal([0.9321, 0.9159], points.Select(point => point.GetProperty("accuracy").GetDouble()));
        // A seventh of the multiply-adds, and no less accurate than itself: both are worth running.
        Assert.All(points, point => Assert.Equal(JsonValueKind.Null, point.GetProperty("beaten_by").ValueKind));
        double[] service = [.. points.Select(p => p.GetProperty("figures").GetProperty("service_ms").GetDouble())];
        Assert.InRange(service[1], 0, service[0]);
        Assert.Equal(2, Directory.GetFiles(Plans, "fashion-?-*-1.ecprofile").Length);
    }

    [Fact]
    public void It_tells_how_long_a_battery_lasts()
    {
        string output = CommandRun.Success("profile", Config, "--pipeline", "beats", "--plan-cache", Plans,
            "--battery", "48", "--rest-watts", "1", "--per-day", "0", "1000");
        Assert.Contains("days on 48 Wh with 1.000 W at rest, by inferences a day:\n", output, StringComparison.Ordinal);
        Assert.Matches(@"\nheart +1 +2\.00 ± 0\.00 +\d\.\d\d ± 0\.0", output);
    }

    [Fact]
    public void Without_a_folder_it_says_that_nothing_is_kept()
    {
        (int status, string output, string errors) = CommandRun.Run("profile", Config, "--pipeline", "beats");
        Assert.Equal(
            (0, "edgeconv: nothing is kept: neither 'plan_cache' nor --plan-cache names a folder\n"), (status, errors));
        Assert.StartsWith("beats: sample ", output, StringComparison.Ordinal);
        Assert.Contains("on the frontier", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pipeline_that_is_not_there_is_named() => Assert.Equal(
        $"edgeconv: {Config}: has no pipeline 'beat'", CommandRun.Refusal("profile", Config, "--pipeline", "beat"));

    private static string Model(string name) => Repository.PathOf("deploy", "models", "fashion", $"{name}.onnx");
}
