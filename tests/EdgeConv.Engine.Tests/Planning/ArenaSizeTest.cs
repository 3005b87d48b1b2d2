using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Onnx;
using EdgeConv.Engine.Planning;
using EdgeConv.Engine.Tests.Execution;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Engine.Tests.Planning;

/// <summary>Sizes of arenas without the scratch memory of kernels, which differs from machine to machine.</summary>
public class ArenaSizeTest
{
    [Fact]
    public void A_chain_of_separable_blocks_takes_two_feature_maps()
    {
        ArenaLayout layout = Plan(SmallModels.SeparableBlocks().Read());
        Assert.Equal(2 * ((8 * 16 * 16 * sizeof(float)) + Tensor.TailPadding), layout.Bytes);
    }

    // Chains of layers: the two greatest neighbouring feature maps. Read off the plans once; they change only with
    // the passes or the planner, and then should shrink.
    [Theory(SkipUnless = nameof(SharedData.IsPresent), SkipType = typeof(SharedData), Skip = SharedData.Absent)]
    [InlineData("mobilenet_v1_0.25_128_quant_float.onnx", 0)]
    [InlineData("vww_96_float.onnx", 0)]
    [InlineData("version-RFB-320_simplified.onnx", 0)]
    [InlineData("yunet_n_320_320.onnx", 0)]
    public void A_trained_model_takes_the_memory_it_took(string model, long bytes)
    {
        ArenaLayout layout = Plan(OnnxReader.Read(SharedData.PathOf("models", model)));
        Assert.Equal(bytes, layout.Bytes);
        Assert.InRange(layout.Bytes, layout.LowerBound, layout.LowerBound * 5 / 4);
    }

    private static ArenaLayout Plan(OnnxModel model)
    {
        using CompiledModel compiled = ModelCompiler.Compile(model, new SessionOptions());
        return MemoryPlanner.Plan(compiled.Graph, new long[compiled.Graph.Nodes.Count]).Layout;
    }
}
