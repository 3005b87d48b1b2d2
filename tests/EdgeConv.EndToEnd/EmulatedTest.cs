using System.Globalization;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.EndToEnd;

/// <summary>The arm64 program on emulated cores: one without the dot product, one with everything.</summary>
public sealed class EmulatedTest
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public static TheoryData<string> Cores => ["cortex-a72", "max"];

    [Theory(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasEmulated), SkipType = typeof(Binary))]
    [MemberData(nameof(Cores))]
    public void It_starts_and_inspects_a_model(string cpu)
    {
        Assert.Equal(0, Binary.Emulated(cpu).Run(Limit, "--version").Status);
        (int status, string output, string errors) = Binary.Emulated(cpu).Run(
            Limit, "inspect", Path.Combine(Data.Models, "fashion", "fashion-s.onnx"));
        Assert.True(status == 0, errors);
        Assert.Contains("Neon", output, StringComparison.OrdinalIgnoreCase);
    }

    [Theory(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasEmulatedAndOnnxCases), SkipType = typeof(Binary))]
    [MemberData(nameof(Cores))]
    public void It_passes_a_few_conformance_cases(string cpu)
    {
        string[] cases = [.. Directory.GetDirectories(Path.Combine(Data.OnnxCases, "pytorch-converted"), "test_Conv2d*")
            .Order(StringComparer.Ordinal)];
        Assert.NotEmpty(cases);
        (int status, string output, string errors) = Binary.Emulated(cpu).Run(Limit, ["verify", "--backend", "edgeconv", .. cases]);
        Assert.True(status == 0, output + errors);
        Assert.Contains($"{cases.Length} passed, 0 failed", output, StringComparison.Ordinal);
    }

    [Theory(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasEmulatedAndDemoData), SkipType = typeof(Binary))]
    [MemberData(nameof(Cores))]
    public void It_runs_the_demo(string cpu)
    {
        (int status, string output, string errors) = Binary.Emulated(cpu).Run(
            Limit, "demo", "--seconds", "15", "--data", Data.Folder, "--models", Data.Models);
        Assert.True(status == 0, output + errors);
        DemoOutput demo = new(output);
        foreach (string name in (string[])["fashion", "heart"])
        {
            (_, int results, int accepted, int ood) = Assert.Single(demo.Pipelines, pipeline => pipeline.Name == name);
            Assert.True(results > 0 && accepted > 0 && ood > 0, output);
        }

        Assert.InRange(demo.FlaggedWithout("fashion", "digit", "noise", "inverted"), 0, 0.3);
        Assert.InRange(demo.Flagged("fashion", "noise"), 0.9, 1);
        Assert.InRange(demo.Flagged("heart", "electrode off"), 0.9, 1);
    }

    [Theory(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasEmulated), SkipType = typeof(Binary))]
    [MemberData(nameof(Cores))]
    public void Our_models_give_their_golden_outputs(string cpu)
    {
        string folder = Directory.CreateTempSubdirectory("edgeconv-golden-").FullName;
        try
        {
            foreach (string model in GoldenCases.Models)
                GoldenCases.Write(model, Path.Combine(folder, Path.GetFileNameWithoutExtension(model)));
            (int status, string output, string errors) = Binary.Emulated(cpu).Run(
                Limit, "verify", folder, "--backend", "edgeconv",
                "--rtol", Text(GoldenCases.RelativeTolerance), "--atol", Text(GoldenCases.AbsoluteTolerance));
            Assert.True(status == 0, output + errors);
            Assert.Equal($"{GoldenCases.Models.Count} passed, 0 failed, 0 unsupported\n", output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
