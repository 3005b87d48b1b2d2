using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Onnx;
using EdgeConv.Engine.Operators;
using EdgeConv.Engine.Tests.Onnx;
using Xunit;

namespace EdgeConv.Engine.Tests.Arithmetic;

/// <summary>ONNX's own cases, as far as the operators known so far run them.</summary>
public class ArithmeticConformanceTest
{
    private const double Relative = 1e-3;
    private const double Absolute = 1e-7;

    private static readonly HashSet<string> s_elsewhere = ["Conv", "ConvTranspose", "ConvInteger", "Resize"];

    [Fact(
        SkipUnless = nameof(RealModels.HasConformance),
        SkipType = typeof(RealModels),
        Skip = RealModels.ConformanceAbsent)]
    public void Listed_cases_give_the_listed_outputs()
    {
        List<string> failures = [];
        int passed = 0;
        foreach (string folder in RealModels.Conformance())
        {
            OnnxModel model = OnnxReader.Read(Path.Combine(folder, "model.onnx"));
            if (!model.Graph.Nodes.All(IsOurs))
                continue;
            string? failure = Check(model, Path.Combine(folder, "test_data_set_0"));
            if (failure is null)
                passed++;
            else
                failures.Add($"{Path.GetFileName(folder)}: {failure}");
        }

        Assert.True(failures.Count == 0, $"{passed} passed\n{string.Join('\n', failures)}");
        Assert.True(passed >= 200, $"{passed} passed");
    }

    private static bool IsOurs(Node node) =>
        OperatorTable.Names.Contains(node.OperatorName) && !s_elsewhere.Contains(node.OperatorName);

    // With every input bound, the whole graph is computed when its shapes are.
    private static string? Check(OnnxModel model, string folder)
    {
        Dictionary<string, Tensor> inputs = [];
        for (int i = 0; i < model.Graph.Inputs.Count; i++)
            inputs[model.Graph.Inputs[i].Value.Name] = TensorFile.Read(Path.Combine(folder, $"input_{i}.pb")).Tensor;
        try
        {
            ShapeInference.Run(model.Graph, new SessionOptions { BoundInputs = inputs });
        }
        catch (ModelError error) when (error.IsUnsupported)
        {
            return error.Problem.Contains("training mode", StringComparison.Ordinal) ? null : error.Message;
        }

        for (int i = 0; i < model.Graph.Outputs.Length; i++)
        {
            Tensor expected = TensorFile.Read(Path.Combine(folder, $"output_{i}.pb")).Tensor;
            if (Difference(expected, model.Graph.Outputs[i].Constant!) is { } difference)
                return difference;
        }

        return null;
    }

    private static string? Difference(Tensor expected, Tensor actual)
    {
        if (expected.Type != actual.Type || !expected.Shape.Equals(actual.Shape))
            return $"{actual.Type}{actual.Shape}, expected {expected.Type}{expected.Shape}";
        if (expected.Type != DataType.Float32)
            return expected.AsBytes().SequenceEqual(actual.AsBytes()) ? null : "elements differ";
        float[] y = actual.Values<float>();
        float[] e = expected.Values<float>();
        for (int i = 0; i < y.Length; i++)
        {
            if (!y[i].Equals(e[i]) && !(Math.Abs((double)y[i] - e[i]) <= Absolute + Relative * Math.Abs(e[i])))
                return $"element {i} is {y[i]}, expected {e[i]}";
        }

        return null;
    }
}
