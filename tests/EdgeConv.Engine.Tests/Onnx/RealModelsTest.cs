using EdgeConv.Core;
using EdgeConv.Engine.Onnx;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Engine.Tests.Onnx;

public class RealModelsTest
{
    [Fact(SkipUnless = nameof(SharedData.IsPresent), SkipType = typeof(SharedData), Skip = SharedData.Absent)]
    public void Every_trained_model_is_read()
    {
        IReadOnlyList<string> paths = RealModels.Trained();
        Assert.True(paths.Count >= 15, $"{paths.Count} models");
        foreach (string path in paths)
        {
            OnnxModel model = OnnxReader.Read(path);
            Assert.NotEmpty(model.Graph.Nodes);
            Assert.True(model.Graph.Inputs.Count is 1 or 2, $"{path}: {model.Graph.Inputs.Count} inputs");
        }
    }

    [Fact(SkipUnless = nameof(SharedData.IsPresent), SkipType = typeof(SharedData), Skip = SharedData.Absent)]
    public void Initializers_listed_as_inputs_are_constants()
    {
        OnnxModel model = OnnxReader.Read(SharedData.PathOf("models", "version-RFB-320.onnx"));
        Assert.Equal("input", Assert.Single(model.Graph.Inputs).Value.Name);
        Assert.Equal(["scores", "boxes"], model.Graph.OutputNames);
    }

    [Fact(
        SkipUnless = nameof(RealModels.HasConformance),
        SkipType = typeof(RealModels),
        Skip = RealModels.ConformanceAbsent)]
    public void Every_conformance_case_is_read_with_its_tensors()
    {
        IReadOnlyList<string> folders = RealModels.Conformance();
        Assert.Equal(556, folders.Count);
        foreach (string folder in folders)
        {
            OnnxModel model = OnnxReader.Read(Path.Combine(folder, "model.onnx"));
            string data = Path.Combine(folder, "test_data_set_0");
            int outputs = 0;
            foreach (string path in Directory.EnumerateFiles(data, "*.pb"))
            {
                using Tensor tensor = TensorFile.Read(path).Tensor;
                Assert.True(tensor.Shape.Rank <= Shape.MaximumRank);
                outputs += Path.GetFileName(path).StartsWith("output", StringComparison.Ordinal) ? 1 : 0;
            }

            Assert.Equal(outputs, model.Graph.Outputs.Length);
        }
    }
}
