using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Onnx;
using EdgeConv.Engine.Passes;
using EdgeConv.Engine.Planning;
using EdgeConv.Engine.Tests.Execution;
using EdgeConv.Engine.Tests.Onnx;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Engine.Tests.Planning;

/// <summary>
/// Sizes of arenas without the scratch memory of kernels, which differs from machine to machine.
/// </summary>
public class ArenaSizeTest
{
    [Fact]
    public void A_chain_of_separable_blocks_takes_two_feature_maps()
    {
        ArenaLayout layout = Plan(SmallModels.SeparableBlocks().Read());
        Assert.Equal(2 * ((8 * 16 * 16 * sizeof(float)) + Tensor.TailPadding), layout.Bytes);
    }

    // The two greatest neighbouring feature maps of the first layers, in floats; later branches fit beside
    // them.
    [Theory(
        SkipUnless = nameof(SharedData.IsPresent),
        SkipType = typeof(SharedData),
        Skip = SharedData.Absent)]
    [InlineData("mobilenet_v1_0.25_128_quant_float.onnx", 64 * 64 * (8 + 16))]
    [InlineData("vww_96_float.onnx", 48 * 48 * (8 + 16))]
    [InlineData("version-RFB-320_simplified.onnx", 120 * 160 * (16 + 32))]
    [InlineData("yunet_n_320_320.onnx", 160 * 160 * (16 + 16))]
    public void A_trained_model_takes_its_two_greatest_feature_maps(string model, long floats)
    {
        ArenaLayout layout = Plan(OnnxReader.Read(SharedData.PathOf("models", model)));
        Assert.Equal((floats * sizeof(float)) + (2 * Tensor.TailPadding), layout.Bytes);
        Assert.Equal(layout.LowerBound, layout.Bytes);
    }

    // Layer by layer the expanded image of block 1 and its input alone take 4.8 and 0.8 MB. Kernels' scratch
    // memory is counted here.
    [Fact]
    public void Streamed_blocks_of_MobileNetV2_fit_into_two_megabytes()
    {
        ModelBuilder Head() => SmallModels.MobileNetV2Head();
        using CompiledModel layers =
            ModelCompiler.Compile(Head().Read(), new SessionOptions(), PassLevel.ChannelsLast);
        using CompiledModel streamed = ModelCompiler.Compile(Head().Read(), new SessionOptions());
        Assert.All(streamed.Blocks, block => Assert.Null(block.Obstacle));
        Assert.InRange(layers.Plan.Layout.Bytes, 6_000_000, 7_000_000);
        Assert.InRange(streamed.Plan.Layout.Bytes, 1_000_000, 2_000_000);
    }

    private static ArenaLayout Plan(OnnxModel model)
    {
        using CompiledModel compiled =
            ModelCompiler.Compile(model, new SessionOptions(), PassLevel.ChannelsLast);
        return MemoryPlanner.Plan(compiled.Graph, new long[compiled.Graph.Nodes.Count]).Layout;
    }
}
