using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Onnx;
using EdgeConv.Engine.Scaling;
using EdgeConv.Engine.Tests.Execution;
using EdgeConv.Engine.Tests.Onnx;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Engine.Tests.Scaling;

public sealed class BlockFinderTest
{
    // The table in the family's README: repeats 1, 1, 2, 1.
    [Fact]
    public void The_fashion_network_has_four_stages()
    {
        IReadOnlyList<NetworkStage> stages =
            Find(OnnxReader.Read(Repository.PathOf("deploy", "models", "fashion", "fashion-s.onnx")));
        Assert.Equal([1, 1, 2, 1], stages.Select(stage => stage.Blocks.Count));
        SeparableBlock[] blocks = [.. stages.SelectMany(stage => stage.Blocks)];
        Assert.Equal([8, 16, 16, 32, 32], blocks.Select(block => block.InputChannels));
        Assert.Equal([16, 64, 64, 128, 128], blocks.Select(block => block.HiddenChannels));
        Assert.Equal([0, 0, 8, 8, 8], blocks.Select(block => block.SqueezedChannels));
        Assert.Equal([false, true, false, true, false], blocks.Select(block => block.IsResidual));
        Assert.All(blocks, block => Assert.NotNull(block.Expand));
    }

    [Fact]
    public void Blocks_without_expansion_and_residual_are_a_stage_with_their_activations()
    {
        NetworkStage stage = Assert.Single(Find(SmallModels.SeparableBlocks().Read()));
        Assert.Equal(["d0 e0 p0 q0", "d1 e1 p1 q1", "d2 e2 p2 q2"], stage.Blocks.Select(
            block => string.Join(' ', block.Nodes.Select(node => node.Outputs[0]!.Name))));
        Assert.All(stage.Blocks, block => Assert.False(block.IsResidual));
        Assert.All(stage.Blocks, block => Assert.Null(block.Expand));
    }

    [Fact]
    public void Another_kernel_or_expansion_begins_a_stage()
    {
        ModelBuilder builder = new ModelBuilder().Input("x", 1, 8, 8, 8);
        Separable(builder, "x", "a", kernel: 3);
        Separable(builder, "a", "b", kernel: 3);
        Separable(builder, "b", "c", kernel: 5);
        builder.Constant("we", [16, 8, 1, 1], new float[128]).Node("Conv", "c we", "e");
        Separable(builder, "e", "f", kernel: 5, channels: 16);
        Assert.Equal([2, 1, 1], Find(builder.Output("f").Read()).Select(stage => stage.Blocks.Count));
    }

    [Fact]
    public void A_depthwise_layer_alone_is_no_block()
    {
        ModelBuilder builder = new ModelBuilder().Input("x", 1, 8, 8, 8).Constant("w", [8, 1, 3, 3], new float[72])
            .Node("Conv", "x w", "y", ModelBuilder.Int("group", 8)).Output("y");
        Assert.Empty(Find(builder.Read()));
    }

    private static void Separable(ModelBuilder builder, string from, string to, int kernel, int channels = 8)
    {
        int pad = kernel / 2;
        builder.Constant($"{to}.wd", [channels, 1, kernel, kernel], new float[channels * kernel * kernel])
            .Constant($"{to}.wp", [channels, channels, 1, 1], new float[channels * channels])
            .Node("Conv", $"{from} {to}.wd", $"{to}.d",
                ModelBuilder.Int("group", channels), ModelBuilder.Ints("pads", pad, pad, pad, pad))
            .Node("Conv", $"{to}.d {to}.wp", to);
    }

    private static IReadOnlyList<NetworkStage> Find(OnnxModel model)
    {
        ShapeInference.Run(model.Graph, new SessionOptions());
        return BlockFinder.Stages(model.Graph);
    }
}
