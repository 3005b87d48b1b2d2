using System.Diagnostics;
using System.Globalization;
using System.Xml.Linq;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.EndToEnd;

/// <summary>The table and the chart that <c>./build.sh bench</c> makes of what was measured.</summary>
public sealed class BenchReportTest : IDisposable
{
    private static readonly string Scripts = Repository.PathOf("tests", "EdgeConv.Benchmarks");
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-report-").FullName;

    public static bool HasPython => File.Exists("/usr/bin/python3");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(Skip = "python3 is not there", SkipUnless = nameof(HasPython))]
    public void Rows_follow_the_list_and_only_the_set_counts_for_the_mean()
    {
        Write("1.jsonl", Line("fashion-s", 1, 4), Line("mobilenet_v2_224", 1, 1), Line("blazeface-128", 1, 100));
        Write("2.jsonl", Line("mobilenet_v2_224", 2, 3));
        Report("1.jsonl", "2.jsonl");
        string[] table = File.ReadAllLines(Path.Combine(_folder, "bench.md"));
        Assert.Equal(
            ["MobileNetV2 224", "fashion-s", "BlazeFace 128 (not in the mean)", "MobileNetV2 224"],
            table.Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Select(line => line.Split('|')[1].Trim())
                .Where(name => name is not ("model" or "---")));
        Assert.Equal(
            ["**2.00**", "**3.00**"],
            table.Where(line => line.StartsWith("Geometric", StringComparison.Ordinal))
                .Select(line => line[line.IndexOf("**", StringComparison.Ordinal)..line.IndexOf(';', StringComparison.Ordinal)]));
        Assert.Contains("Machine: a desk.", table);
        XElement chart = XElement.Load(Path.Combine(_folder, "bench.svg"));
        string[] texts = [.. chart.Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value)];
        Assert.Equal(
            ["1.00", "3.00", "4.00", "100.00", "2.00", "3.00"],
            texts.Where(text => double.TryParse(text, CultureInfo.InvariantCulture, out _)));
        Assert.Contains("geometric mean", texts);
    }

    [Fact(Skip = "python3 is not there", SkipUnless = nameof(HasPython))]
    public void A_measurement_of_nothing_is_refused()
    {
        Write("1.jsonl", "{\"geomean_ratio\":null}");
        Assert.Contains("nothing was measured", Run("1.jsonl").Errors, StringComparison.Ordinal);
    }

    private static string Line(string model, int threads, double ratio) => FormattableString.Invariant(
        $$"""
        {"model":"{{model}}","threads":{{threads}},"edgeconv_ms":1,"onnxruntime_ms":{{ratio}},"ratio":{{ratio}},
        "gflops":50,"peak_share":0.5,"arena_bytes":1000,"rss_bytes":20000000,"allocated_bytes_per_run":0,
        "peak_gflops":100,"edgeconv_p99_ms":2,"onnxruntime_p99_ms":2,"is_stable":true}
        """).ReplaceLineEndings("");

    private void Write(string name, params string[] lines) => File.WriteAllLines(Path.Combine(_folder, name), lines);

    private void Report(params string[] names)
    {
        (int status, string errors) = Run(names);
        Assert.True(status == 0, errors);
    }

    private (int Status, string Errors) Run(params string[] names)
    {
        ProcessStartInfo info = new("/usr/bin/python3",
        [
            Path.Combine(Scripts, "report.py"), Path.Combine(Scripts, "models.txt"), _folder, "a desk",
            .. names.Select(name => Path.Combine(_folder, name)),
        ])
        {
            RedirectStandardError = true,
        };
        using Process process = Process.Start(info)!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, errors);
    }
}
