using System.Text.Json;
using EdgeConv.Daemon.Benchmarking;
using Xunit;

namespace EdgeConv.Daemon.Tests.Benchmarking;

public sealed class BenchReportTest
{
    [Fact]
    public void The_figures_follow_from_each_other()
    {
        ModelFigures figures = Figures.Ours("m", rivalMedian: 3) with { Cold = new ColdFigures(20, 50) };
        Assert.Equal((50.0, 0.5, 1.5, 0.4), (figures.Gflops, figures.PeakShare, figures.Ratio, figures.ColdRatio));
        ModelFigures theirs = Figures.Theirs("m");
        Assert.Null(theirs.Gflops ?? theirs.PeakShare ?? theirs.Ratio ?? theirs.ColdRatio);
    }

    [Fact]
    public void The_columns_of_the_table_stand_under_each_other_and_the_mean_is_its_last_line()
    {
        string[] lines = Table(Figures.Request(withRival: true, withColdStart: true),
            Figures.Ours("short", rivalMedian: 2), Figures.Ours("a-name-that-is-longer", rivalMedian: 8));
        Assert.Single(lines[..3].Select(line => line.Length).Distinct());
        Assert.Equal("geometric mean of the ratios to onnxruntime: 2.00", lines[3]);
        string[] words = lines[2].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            ["a-name-that-is-longer", "2", "50.00", "100", "2.0000", "0.5", "3.0000", "50.0", "50.0%", "4.1", "30.0",
                "8.0000", "0.5", "9.0000", "4.00", "-", "-", "-"],
            words);
    }

    [Fact]
    public void Without_a_rival_there_is_no_mean_and_no_column_of_it()
    {
        string[] lines = Table(Figures.Request(), Figures.Ours("m"));
        Assert.Equal(2, lines.Length);
        Assert.DoesNotContain("ORT", lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Profiles_stand_between_the_table_and_the_mean()
    {
        ModelFigures profiled = Figures.Ours("m", rivalMedian: 2) with { Steps = [Figures.Step] };
        string[] lines = Table(Figures.Request(withRival: true), profiled, Figures.Ours("n", rivalMedian: 2));
        Assert.Equal("m", lines[3]);
        Assert.Equal(
            ["Conv", "k", "1x8x4x4", "0.5000", "100.0%", "20.0", "20.0%", "1000", "0.0"],
            lines[5].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("geometric mean", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Json_has_an_object_a_line_and_the_mean_in_the_last()
    {
        JsonElement[] objects = Json(Figures.Ours("m", rivalMedian: 1), Figures.Ours("n", rivalMedian: 4));
        Assert.Equal(3, objects.Length);
        JsonElement first = objects[0];
        Assert.Equal("m", first.GetProperty("model").GetString());
        (string Key, double Value)[] expected =
        [
            ("threads", 2), ("edgeconv_ms", 2), ("onnxruntime_ms", 1), ("ratio", 0.5), ("gflops", 50),
            ("peak_share", 0.5), ("arena_bytes", 4096), ("rss_bytes", 30_000_000), ("peak_rss_bytes", 40_000_000),
            ("allocated_bytes_per_run", 0), ("peak_gflops", 100), ("edgeconv_p99_ms", 3), ("onnxruntime_p99_ms", 2),
        ];
        Assert.All(expected, pair => Assert.Equal(pair.Value, first.GetProperty(pair.Key).GetDouble(), 12));
        Assert.True(first.GetProperty("is_stable").GetBoolean());
        Assert.False(first.TryGetProperty("cold_ratio", out _));
        Assert.False(first.TryGetProperty("steps", out _));
        Assert.Equal(["geomean_ratio"], objects[^1].EnumerateObject().Select(property => property.Name));
        Assert.Equal(1, objects[^1].GetProperty("geomean_ratio").GetDouble(), 12);
    }

    [Fact]
    public void Json_tells_the_cold_start_and_the_steps_where_they_were_measured()
    {
        JsonElement line = Json(Figures.Ours("m", rivalMedian: 1) with
        {
            Cold = new ColdFigures(30, 60),
            Steps = [Figures.Step],
        })[0];
        Assert.Equal(30, line.GetProperty("edgeconv_cold_ms").GetDouble());
        Assert.Equal(60, line.GetProperty("onnxruntime_cold_ms").GetDouble());
        Assert.Equal(0.5, line.GetProperty("cold_ratio").GetDouble());
        Assert.Equal("k", line.GetProperty("steps")[0].GetProperty("kernel").GetString());
    }

    [Fact]
    public void What_was_not_measured_is_null()
    {
        JsonElement[] objects = Json(Figures.Theirs("m"));
        Assert.Equal(3, objects[0].GetProperty("onnxruntime_ms").GetDouble());
        Assert.All(
            ["edgeconv_ms", "ratio", "gflops", "peak_share", "arena_bytes", "rss_bytes", "allocated_bytes_per_run"],
            key => Assert.Equal(JsonValueKind.Null, objects[0].GetProperty(key).ValueKind));
        Assert.Equal(JsonValueKind.Null, objects[^1].GetProperty("geomean_ratio").ValueKind);
    }

    private static string[] Table(BenchRequest request, params ModelFigures[] models)
    {
        using StringWriter output = new();
        return Report(new BenchTable(output, request, 21), output, models);
    }

    private static JsonElement[] Json(params ModelFigures[] models)
    {
        using StringWriter output = new();
        return [.. Report(new BenchJsonReport(output), output, models).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    private static string[] Report(IBenchReport report, StringWriter output, ModelFigures[] models)
    {
        foreach (ModelFigures figures in models)
            report.Add(figures);
        report.End();
        return output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
