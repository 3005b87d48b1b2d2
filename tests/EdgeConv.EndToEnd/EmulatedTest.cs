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
        (int status, string output, string errors) = Binary.Emulated(cpu).Run(Limit, ["verify", .. cases]);
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
        Assert.Contains("fashion: ", output, StringComparison.Ordinal);
        Assert.Contains("heart: ", output, StringComparison.Ordinal);
    }
}
