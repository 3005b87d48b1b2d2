using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Verification;
using Xunit;

namespace EdgeConv.Conformance;

public sealed class CaseRunnerTest : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():n}", "case");
    private readonly CaseRunner _runner = new(new EngineSessionFactory(), Tolerance.Onnx);

    public CaseRunnerTest() => Directory.CreateDirectory(_folder);

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);

    [Fact(
        SkipUnless = nameof(ConformanceCases.ArePresent),
        SkipType = typeof(ConformanceCases),
        Skip = ConformanceCases.Absent)]
    public void A_wrong_expectation_fails_the_case()
    {
        string data = CopyCase("test_relu");
        Assert.Equal(CaseOutcome.Passed, _runner.Run(_folder).Outcome);
        File.Copy(Path.Combine(data, "input_0.pb"), Path.Combine(data, "output_0.pb"), overwrite: true);
        CaseResult result = _runner.Run(_folder);
        Assert.Equal(CaseOutcome.Failed, result.Outcome);
        Assert.StartsWith("test_data_set_0: output 'y' differs in", result.Reason, StringComparison.Ordinal);
    }

    [Fact(
        SkipUnless = nameof(ConformanceCases.ArePresent),
        SkipType = typeof(ConformanceCases),
        Skip = ConformanceCases.Absent)]
    public void A_missing_or_broken_file_fails_the_case()
    {
        string data = CopyCase("test_relu");
        File.Delete(Path.Combine(data, "input_0.pb"));
        Assert.Contains("0 input files for 1 inputs", _runner.Run(_folder).Reason, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(data, "output_0.pb"), "no tensor");
        Assert.EndsWith(
            "output_0.pb: element type 0 does not exist", _runner.Run(_folder).Reason, StringComparison.Ordinal);
        Directory.Delete(data, recursive: true);
        Assert.Equal("the folder holds no test_data_set_0", _runner.Run(_folder).Reason);
    }

    [Fact(
        SkipUnless = nameof(ConformanceCases.ArePresent),
        SkipType = typeof(ConformanceCases),
        Skip = ConformanceCases.Absent)]
    public void An_unknown_operator_is_unsupported()
    {
        CopyCase("test_gru_defaults");
        CaseResult result = _runner.Run(_folder);
        Assert.Equal(CaseOutcome.Unsupported, result.Outcome);
        Assert.Contains("'GRU'", result.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1.001, 1, true)]
    [InlineData(1.002, 1, false)]
    [InlineData(5e-8, 0, true)]
    [InlineData(2e-7, 0, false)]
    [InlineData(double.NaN, double.NaN, true)]
    [InlineData(double.NaN, 1, false)]
    [InlineData(1, double.NaN, false)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity, true)]
    [InlineData(double.NegativeInfinity, double.PositiveInfinity, false)]
    [InlineData(1e30, double.PositiveInfinity, false)]
    public void Values_are_compared_with_the_tolerance_of_ONNX(
        double actual, double expected, bool isAccepted) =>
        Assert.Equal(isAccepted, Tolerance.Onnx.Accepts(actual, expected));

    [Fact]
    public void Types_and_shapes_must_be_equal_and_integers_exact()
    {
        using Tensor integers = Tensor.From<long>(new Shape(2), 1, 2);
        using Tensor others = Tensor.From<long>(new Shape(2), 1, 3);
        using Tensor floats = Tensor.From<float>(new Shape(2), 1, 2);
        using Tensor matrix = Tensor.From<long>(new Shape(1, 2), 1, 2);
        Tolerance wide = new(1, 10);
        Assert.Null(TensorComparison.Difference(integers, integers, wide));
        Assert.Equal("differs in 1 of 2 elements, first [1] is 3, expected 2",
            TensorComparison.Difference(others, integers, wide));
        Assert.Equal("is float32, expected int64", TensorComparison.Difference(floats, integers, wide));
        Assert.Equal("has shape [1,2], expected [2]", TensorComparison.Difference(matrix, integers, wide));
    }

    private string CopyCase(string name)
    {
        string data = Path.Combine(_folder, "test_data_set_0");
        string source = ConformanceCases.PathOf("node", name);
        Directory.CreateDirectory(data);
        File.Copy(Path.Combine(source, "model.onnx"), Path.Combine(_folder, "model.onnx"));
        foreach (string file in Directory.EnumerateFiles(Path.Combine(source, "test_data_set_0")))
            File.Copy(file, Path.Combine(data, Path.GetFileName(file)));
        return data;
    }
}
