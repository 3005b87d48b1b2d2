using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using EdgeConv.Daemon.Reporting;
using EdgeConv.Gating;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Daemon.Tests.Reporting;

/// <summary><c>edgeconv fit --report</c> on our own models.</summary>
public sealed partial class FitReportPageTest : IDisposable
{
    private static readonly string Fashion = Repository.PathOf("deploy", "models", "fashion", "fashion-s.onnx");
    private static readonly string FashionFit = Repository.PathOf("deploy", "models", "fashion", "fit.yaml");
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-report-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_page_tells_what_the_fit_has_found()
    {
        WritePictures("known.gray8", 450, 1);
        WriteNoise("noise.gray8", 40);
        (int status, string output, string errors) = FitFashion("known.gray8", "--ood", PathOf("noise.gray8"));
        Assert.True(status == 0, errors);
        Fingerprint fingerprint = Fingerprint.Read(PathOf("f.ecfp"));
        string page = File.ReadAllText(PathOf("r.html"));
        Assert.Contains(fingerprint.ModelSha256, page, StringComparison.Ordinal);
        Assert.Contains(fingerprint.DataHash, page, StringComparison.Ordinal);
        Assert.Contains(Guarantee.Of(fingerprint).ToString()[1..], page, StringComparison.Ordinal);
        Assert.Contains($"{fingerprint.FitCount} fitted to, {fingerprint.CalibrationCount} calibrate", page, StringComparison.Ordinal);
        Assert.All(fingerprint.Taps, tap => Assert.Contains(tap.Name, page, StringComparison.Ordinal));
        // All calibrate that outliers are made of, so that both compare the same samples.
        Assert.InRange(fingerprint.CalibrationCount, 100, 200);
        // What the fit prints of each tap for each kind of outlier stands in the table, first without its interval.
        string combined = output.Split('\n').Single(line => line.Contains("combined:", StringComparison.Ordinal));
        foreach (Match kind in KindAndArea().Matches(combined[(combined.IndexOf(':', StringComparison.Ordinal) + 1)..]))
        {
            string cells = $"<td>{kind.Groups[1].Value}</td><td>{Math.Min(200, fingerprint.CalibrationCount)}</td>";
            string row = page[page.IndexOf(cells, StringComparison.Ordinal)..];
            Assert.Contains($">{kind.Groups[2].Value}", row[..row.IndexOf("</tr>", StringComparison.Ordinal)], StringComparison.Ordinal);
        }

        Assert.Contains("<td>noise.gray8</td><td>40</td><td>100.0 %</td>", page, StringComparison.Ordinal);
        Assert.Contains("Samples of noise.gray8 with the greatest p", page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_needs_nothing_else_and_is_well_formed()
    {
        WritePictures("known.gray8", 300, 2);
        Assert.Equal(0, FitFashion("known.gray8").Status);
        string page = File.ReadAllText(PathOf("r.html"));
        AssertAlone(page);
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Infinity", page, StringComparison.Ordinal);
        Assert.DoesNotContain("∞", page, StringComparison.Ordinal);
        foreach (Match chart in SvgElement().Matches(page))
        {
            XElement svg = XElement.Parse(chart.Value);
            foreach (XAttribute number in svg.Descendants().Attributes().Where(a => a.Name.LocalName is "x" or "y" or "width" or "height" or "cx" or "cy" or "r" or "x1" or "x2" or "y1" or "y2"))
                Assert.True(double.TryParse(number.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out _), number.ToString());
        }
    }

    [Fact]
    public void A_report_among_the_pictures_it_tells_of_is_none_of_them()
    {
        WritePictures("known.gray8", 200, 10);
        string folder = Directory.CreateDirectory(PathOf("data")).FullName;
        foreach ((int number, byte[] pixels) in File.ReadAllBytes(PathOf("known.gray8")).Chunk(784).Index())
            File.WriteAllBytes(Path.Combine(folder, $"{number}.png"), Png.Encode(pixels, 28, 1));
        string[] arguments = ["fit", Fashion, "--config", FashionFit, "--data", folder, "--out", PathOf("f.ecfp"), "--no-check"];
        CommandRun.Success([.. arguments, "--report", PathOf("data/r.html")]);
        string hash = Fingerprint.Read(PathOf("f.ecfp")).DataHash;
        CommandRun.Success(arguments);
        Assert.Equal(hash, Fingerprint.Read(PathOf("f.ecfp")).DataHash);
        Assert.Contains(hash, File.ReadAllText(PathOf("data/r.html")), StringComparison.Ordinal);
        Assert.Equal(
            $"edgeconv: {PathOf("data/r.png")}: would be read as a picture of {folder}; another name or folder is needed",
            CommandRun.Refusal([.. arguments, "--report", PathOf("data/r.png")]));
    }

    [Fact]
    public void A_hostile_file_name_is_text()
    {
        string folder = Directory.CreateDirectory(PathOf("<img src=x onerror=alert(1)>")).FullName;
        string series = Path.Combine(folder, "<script>alert('1')&\"2.csv");
        CommandRun.WriteSeries(series, 512 * 160, seed: 3);
        (int status, _, string errors) = CommandRun.Run(
            "fit", CommandRun.Heart, "--data", series, "--out", PathOf("f.ecfp"), "--report", PathOf("r.html"), "--ood", series);
        Assert.True(status == 0, errors);
        string page = File.ReadAllText(PathOf("r.html"));
        AssertAlone(page);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img src=x", page, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert(&#39;1&#39;)&amp;&quot;2.csv", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Windows_of_a_signal_are_drawn_as_lines()
    {
        CommandRun.WriteSeries(PathOf("known.csv"), 512 * 160, seed: 4);
        CommandRun.WriteSeries(PathOf("other.csv"), 512 * 20, seed: 5, offset: 400);
        (int status, _, string errors) = CommandRun.Run(
            "fit", CommandRun.Heart, "--data", PathOf("known.csv"), "--out", PathOf("f.ecfp"), "--report", PathOf("r.html"), "--ood", PathOf("other.csv"));
        Assert.True(status == 0, errors);
        string page = File.ReadAllText(PathOf("r.html"));
        Assert.DoesNotContain("data:image", page, StringComparison.Ordinal);
        Assert.Matches("<figure><svg[^>]*><polyline", page);
        Assert.Contains("<td>flat line</td>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Few_samples_leave_out_what_they_cannot_show()
    {
        WritePictures("known.gray8", 90, 6);
        (int status, _, string errors) = FitFashion("known.gray8", "--alpha", "0.3", "--confidence", "average");
        Assert.True(status == 0, errors);
        string page = File.ReadAllText(PathOf("r.html"));
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
        Assert.Contains("<td>–</td>", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gone", "is not there")]
    [InlineData("empty", "holds no whole sample; --ood needs out-of-distribution data")]
    public void Other_data_that_is_missing_or_empty_is_said_before_the_fit_begins(string name, string problem)
    {
        Directory.CreateDirectory(PathOf("empty"));
        WritePictures("known.gray8", 300, 7);
        (int status, string output, string errors) = FitFashion("known.gray8", "--ood", PathOf(name));
        Assert.Equal(1, status);
        Assert.Equal("", output);
        Assert.StartsWith($"edgeconv: {PathOf(name)}: {problem}", errors, StringComparison.Ordinal);
        Assert.Single(errors.TrimEnd().Split('\n'));
        Assert.False(File.Exists(PathOf("f.ecfp")));
    }

    [Fact]
    public void An_empty_series_is_said_before_the_fit_begins()
    {
        CommandRun.WriteSeries(PathOf("known.csv"), 5120, seed: 1);
        File.WriteAllText(PathOf("empty.csv"), "");
        (int status, _, string errors) = CommandRun.Run(
            "fit", CommandRun.Heart, "--data", PathOf("known.csv"), "--out", PathOf("f.ecfp"), "--report", PathOf("r.html"), "--ood", PathOf("empty.csv"));
        Assert.Equal(1, status);
        Assert.StartsWith($"edgeconv: {PathOf("empty.csv")}: holds no whole sample", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gone/r.html", "there is no folder")]
    [InlineData("f.ecfp", "is a file of the fit")]
    public void A_report_that_cannot_be_written_is_said_before_the_fit_begins(string report, string problem)
    {
        WritePictures("known.gray8", 300, 8);
        (int status, _, string errors) = CommandRun.Run(
            "fit", Fashion, "--config", FashionFit, "--data", PathOf("known.gray8"), "--out", PathOf("f.ecfp"), "--report", PathOf(report));
        Assert.Equal(1, status);
        Assert.Contains(problem, errors, StringComparison.Ordinal);
        Assert.Single(errors.TrimEnd().Split('\n'));
        Assert.False(File.Exists(PathOf("f.ecfp")));
    }

    [Theory]
    [InlineData("--ood needs --report", "--ood", "known.gray8")]
    [InlineData("leave out --shard", "--shard", "--report", "r.html")]
    public void What_makes_no_sense_together_is_refused(string problem, params string[] options)
    {
        WritePictures("known.gray8", 300, 9);
        (int status, _, string errors) = CommandRun.Run(
            ["fit", Fashion, "--config", FashionFit, "--data", PathOf("known.gray8"), "--out", PathOf("f.ecfp"), .. options]);
        Assert.Equal(1, status);
        Assert.Contains(problem.Replace("--ood needs", "--ood: needs", StringComparison.Ordinal), errors, StringComparison.Ordinal);
    }

    private static void AssertAlone(string page)
    {
        Assert.StartsWith("<!DOCTYPE html>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http:", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("https:", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("url(", page, StringComparison.OrdinalIgnoreCase);
        Assert.All(Source().Matches(page), source => Assert.StartsWith("data:image/png;base64,", source.Groups[1].Value, StringComparison.Ordinal));
    }

    private (int Status, string Output, string Errors) FitFashion(string data, params string[] more) => CommandRun.Run(
        ["fit", Fashion, "--config", FashionFit, "--data", PathOf(data), "--out", PathOf("f.ecfp"), "--report", PathOf("r.html"), .. more]);

    // Bright blocks of random size on black: enough for the network to give several answers.
    private void WritePictures(string name, int count, int seed)
    {
        Random random = new(seed);
        byte[] pictures = new byte[count * 784];
        for (int i = 0; i < count; i++)
        {
            int left = random.Next(2, 12), width = random.Next(4, 14), top = random.Next(2, 10), height = random.Next(8, 16);
            for (int row = top; row < top + height; row++)
            {
                for (int column = left; column < left + width; column++)
                    pictures[i * 784 + row * 28 + column] = (byte)random.Next(120, 250);
            }
        }

        File.WriteAllBytes(PathOf(name), pictures);
    }

    private void WriteNoise(string name, int count)
    {
        byte[] pictures = new byte[count * 784];
        new Random(1).NextBytes(pictures);
        File.WriteAllBytes(PathOf(name), pictures);
    }

    private string PathOf(string name) => Path.Combine(_folder, name);

    [GeneratedRegex(@"([a-z][a-z0-9. ]*?) (\d\.\d{3})")]
    private static partial Regex KindAndArea();

    [GeneratedRegex("<svg.*?</svg>", RegexOptions.Singleline)]
    private static partial Regex SvgElement();

    [GeneratedRegex("<[a-z]+ [^>]*src=\"([^\"]*)\"")]
    private static partial Regex Source();
}
