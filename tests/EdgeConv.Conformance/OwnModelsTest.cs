using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Verification;
using EdgeConv.OnnxRuntime;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Conformance;

/// <summary>Each model of <c>deploy/models</c> gives its golden outputs, on both backends.</summary>
public sealed class OwnModelsTest : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-golden-").FullName;

    public static TheoryData<string> Models => [.. GoldenCases.Models.Select(path => Path.GetFileName(path)!)];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Models))]
    public void The_engine_gives_the_golden_outputs(string model) => Check(new EngineSessionFactory(), model);

    [Theory]
    [MemberData(nameof(Models))]
    public void OnnxRuntime_gives_the_golden_outputs(string model) => Check(new OrtSessionFactory(), model);

    [Fact]
    public void A_changed_golden_output_is_noticed()
    {
        WriteCase(GoldenCases.Models[0]);
        string output = Path.Combine(_folder, "test_data_set_3", "output_0.pb");
        byte[] tensor = File.ReadAllBytes(output);
        BitConverter.TryWriteBytes(tensor.AsSpan(^4..), BitConverter.ToSingle(tensor.AsSpan(^4..)) + 0.01f);
        File.WriteAllBytes(output, tensor);
        CaseResult result = Run(new EngineSessionFactory());
        Assert.Equal(CaseOutcome.Failed, result.Outcome);
        Assert.StartsWith("test_data_set_3: output ", result.Reason, StringComparison.Ordinal);
        Assert.Contains("differs in 1 of", result.Reason, StringComparison.Ordinal);
    }

    private void Check(ISessionFactory factory, string model)
    {
        WriteCase(GoldenCases.Models.Single(path => Path.GetFileName(path) == model));
        CaseResult result = Run(factory);
        Assert.True(result.Outcome == CaseOutcome.Passed, result.Reason);
    }

    private void WriteCase(string model) => Assert.InRange(GoldenCases.Write(model, _folder), 3, 8);

    private CaseResult Run(ISessionFactory factory) =>
        new CaseRunner(factory, new Tolerance(GoldenCases.RelativeTolerance, GoldenCases.AbsoluteTolerance))
            .Run(_folder);
}
