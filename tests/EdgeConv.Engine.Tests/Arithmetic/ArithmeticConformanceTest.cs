using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Onnx;
using EdgeConv.Engine.Tests.Onnx;
using Xunit;

namespace EdgeConv.Engine.Tests.Arithmetic;

/// <summary>ONNX's own cases that need no operator but those of this group.</summary>
public class ArithmeticConformanceTest
{
    private const double Relative = 1e-3;
    private const double Absolute = 1e-7;

    /// <summary>Dropout that really drops, by the random numbers of the reference implementation.</summary>
    private static readonly string[] s_unsupported =
    [
        "test_training_dropout", "test_training_dropout_default", "test_training_dropout_default_mask",
        "test_training_dropout_mask",
    ];

    [Fact(
        SkipUnless = nameof(RealModels.HasConformance),
        SkipType = typeof(RealModels),
        Skip = RealModels.ConformanceAbsent)]
    public void Listed_cases_give_the_listed_outputs()
    {
        List<string> failures = [];
        List<string> unsupported = [];
        int passed = 0;
        foreach (string folder in RealModels.Conformance())
        {
            OnnxModel model = OnnxReader.Read(Path.Combine(folder, "model.onnx"));
            if (!model.Graph.Nodes.All(node => EdgeShapesTest.Names.Contains(node.OperatorName)))
                continue;
            try
            {
                if (Failure(model, Path.Combine(folder, "test_data_set_0")) is { } failure)
                    failures.Add($"{Path.GetFileName(folder)}: {failure}");
                else
                    passed++;
            }
            catch (ModelError error) when (error.IsUnsupported)
            {
                unsupported.Add(Path.GetFileName(folder));
            }
        }

        Assert.Empty(failures);
        Assert.Equal(s_unsupported, unsupported);
        Assert.Equal(285, passed);
    }

    // With every input bound, the whole graph is computed when its shapes are.
    private static string? Failure(OnnxModel model, string folder)
    {
        Dictionary<string, Tensor> inputs = [];
        for (int i = 0; i < model.Graph.Inputs.Count; i++)
            inputs[model.Graph.Inputs[i].Value.Name] = Read(folder, $"input_{i}.pb");
        ShapeInference.Run(model.Graph, new SessionOptions { BoundInputs = inputs });
        return model.Graph.Outputs
            .Select((output, i) => Difference(Read(folder, $"output_{i}.pb"), output.Constant!))
            .FirstOrDefault(difference => difference is not null);
    }

    private static Tensor Read(string folder, string name) =>
        TensorFile.Read(Path.Combine(folder, name)).Tensor;

    private static string? Difference(Tensor expected, Tensor actual)
    {
        if (expected.Type != actual.Type || !expected.Shape.Equals(actual.Shape))
            return $"{actual.Type}{actual.Shape}, expected {expected.Type}{expected.Shape}";
        if (expected.Type != DataType.Float32)
            return expected.AsBytes().SequenceEqual(actual.AsBytes()) ? null : "elements differ";
        float[] y = actual.Values<float>();
        float[] e = expected.Values<float>();
        int wrong = Enumerable.Range(0, y.Length).FirstOrDefault(i => !IsClose(e[i], y[i]), -1);
        return wrong < 0 ? null : $"element {wrong} is {y[wrong]}, expected {e[wrong]}";
    }

    private static bool IsClose(float expected, float actual) =>
        actual.Equals(expected)
        || Math.Abs((double)actual - expected) <= Absolute + Relative * Math.Abs(expected);
}
