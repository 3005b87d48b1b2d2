using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Inspection;
using EdgeConv.Engine.Onnx;
using EdgeConv.Engine.Scaling;
using EdgeConv.Engine.Tests.Execution;
using EdgeConv.Engine.Tests.Onnx;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Engine.Tests.Scaling;

public sealed class BaseNetworkTest : IDisposable
{
    private const string Wanted =
        "convolutions, activations, pooling and linear layers in one line can be scaled";

    private static readonly SessionOptions Options = new();
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():n}.onnx");

    public static TheoryData<string> Own => [.. GoldenCases.LinearModels.Select(path => Path.GetFileName(path)!)];

    public void Dispose() => File.Delete(_path);

    [Theory]
    [MemberData(nameof(Own))]
    public void At_phi_0_it_is_the_base_network(string model)
    {
        string path = PathOf(model);
        using BaseNetwork network = BaseNetwork.Read(path, Options);
        ScaledNetwork scaled = network.Scale(ScalingConstants.EfficientNet.At(0));
        Assert.Equal(network.Blocks, scaled.Blocks);
        Assert.Equal(network.Extents, scaled.Extents);
        InspectedTotals was = ModelInspection.Read(path).Totals;
        InspectedTotals made = ModelInspection.Parse(scaled.File, "made", Options).Totals;
        Assert.Equal(was with { ReceptiveField = [] }, made with { ReceptiveField = [] });
        using ISession expected = new EngineSessionFactory().Load(path, Options);
        Assert.Equal(OutputOf(expected), OutputOf(scaled));
    }

    // What train.py has built of the same base, constants and rounding: deploy/models/fashion/README.md.
    [Theory]
    [InlineData(1.25, 1.25, 1.18, 1, "fashion-m.onnx", 9)]
    [InlineData(1.25, 1.25, 1.18, 2, "fashion-l.onnx", 10)]
    [InlineData(1.2, 1.1, 1.15, -1, "fashion-phi-1.onnx", 5)]
    [InlineData(1.2, 1.1, 1.15, 1, "fashion-phi1.onnx", 9)]
    [InlineData(1.2, 1.1, 1.15, 2, "fashion-phi2.onnx", 9)]
    public void The_members_that_were_trained_come_of_the_smallest(
        double alpha, double beta, double gamma, int phi, string member, int blocks)
    {
        using BaseNetwork network = BaseNetwork.Read(PathOf("fashion-s.onnx"), Options);
        ScaledNetwork scaled = network.Scale(new ScalingConstants(alpha, beta, gamma).At(phi));
        InspectedModel made = ModelInspection.Parse(scaled.File, "made", Options);
        InspectedModel trained = ModelInspection.Read(PathOf(member));
        Assert.Equal(blocks, scaled.Blocks);
        Assert.Equal(trained.Totals with { ReceptiveField = [] }, made.Totals with { ReceptiveField = [] });
        Assert.Equal(trained.Totals.ReceptiveField, made.Totals.ReceptiveField);
        Assert.Equal(trained.Steps.Select(Describe), made.Steps.Select(Describe));
    }

    // All its channels double exactly, and are there twice then.
    [Fact]
    public void Twice_as_wide_it_computes_the_same()
    {
        using BaseNetwork network = BaseNetwork.Read(PathOf("fashion-s.onnx"), Options);
        using ISession was = new EngineSessionFactory().Load(PathOf("fashion-s.onnx"), Options);
        float[] expected = OutputOf(was), found = OutputOf(network.Scale(new NetworkScale(1, 2, 1)));
        Assert.Equal(expected.Length, found.Length);
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }

    [Theory]
    [InlineData("fashion-s.onnx", -2)]
    [InlineData("fashion-s.onnx", 1)]
    [InlineData("fashion-l.onnx", -1)]
    [InlineData("heart.onnx", 2)]
    public void Channels_are_multiples_of_8_but_those_of_the_answer(string model, double phi)
    {
        using BaseNetwork network = BaseNetwork.Read(PathOf(model), Options);
        ModelGraph graph = OnnxReader.Parse(network.Scale(ScalingConstants.EfficientNet.At(phi)).File, "made").Graph;
        int[] channels = [.. graph.Nodes.Where(node => node.OperatorName == "Conv")
            .Select(node => node.Inputs[1]!.Constant!.Shape[0])];
        Assert.All(channels, count => Assert.Equal(0, count % 8));
    }

    [Fact]
    public void A_block_is_repeated_with_a_residual_where_the_network_has_any()
    {
        using BaseNetwork network = BaseNetwork.Read(PathOf("fashion-s.onnx"), Options);
        // Twice 1, 1, 2, 1 blocks, all of which but the first of a stage that changes channels or size have one.
        ModelGraph graph = OnnxReader.Parse(network.Scale(new NetworkScale(2, 1, 1)).File, "made").Graph;
        Assert.Equal(1 + 2 + 3 + 1, graph.Nodes.Count(node => node.OperatorName == "Add"));
        using BaseNetwork plain = Read(SmallModels.SeparableBlocks());
        ScaledNetwork deeper = plain.Scale(new NetworkScale(1.5, 1, 1));
        Assert.Equal(5, deeper.Blocks);
        Assert.DoesNotContain(OnnxReader.Parse(deeper.File, "made").Graph.Nodes, node => node.OperatorName == "Add");
    }

    [Fact]
    public void Of_fewer_blocks_the_first_ones_stay()
    {
        using BaseNetwork network = Read(SmallModels.SeparableBlocks());
        ScaledNetwork shallow = network.Scale(new NetworkScale(0.5, 1, 1));
        Assert.Equal(2, shallow.Blocks);
        ModelGraph graph = OnnxReader.Parse(shallow.File, "made").Graph;
        Assert.Equal(
            ["d0", "e0", "p0", "q0", "d1", "e1", "p1", "q1"], graph.Nodes.Select(node => node.Outputs[0]!.Name));
    }

    [Fact]
    public void A_pool_over_the_whole_image_stays_one_and_a_row_of_all_positions_grows()
    {
        ModelBuilder All(int kernel) => SmallModels.SeparableBlocks(size: 16)
            .Node("AveragePool", "q2", "a",
                ModelBuilder.Ints("kernel_shape", kernel, kernel), ModelBuilder.Ints("strides", 8, 8))
            .Integers("to", 1, -1).Node("Reshape", "a to", "f")
            .Constant("w", [Features(kernel), 3], new float[Features(kernel) * 3])
            .Node("MatMul", "f w", "y").Output("y");
        int Features(int kernel) => kernel == 16 ? 8 : 32;
        Assert.Equal([16, 3], WeightsOf(All(kernel: 16)));
        Assert.Equal([256, 3], WeightsOf(All(kernel: 8)));

        int[] WeightsOf(ModelBuilder builder)
        {
            builder.Graph.Output.RemoveAt(0);
            using BaseNetwork network = Read(builder);
            ModelGraph graph = OnnxReader.Parse(network.Scale(new NetworkScale(1, 2, 2)).File, "made").Graph;
            Assert.Equal("Flatten", graph.Nodes[^2].OperatorName);
            return graph.Nodes[^1].Inputs[1]!.Constant!.Shape.Dimensions.ToArray();
        }
    }

    [Fact]
    public void What_cannot_be_scaled_is_named()
    {
        Refuse(new ModelBuilder().Input("x", 1, 8, 8, 8).Node("Relu", "x", "y").Output("y"),
            "has no block that could be repeated: a depthwise convolution between others of 1x1");
        Refuse(SmallModels.SeparableBlocks().Output("q1"), "1 inputs and 2 outputs; with one of each it can be scaled");
        Refuse(new ModelBuilder().Input("x", 1, 8).Node("Relu", "x", "y").Output("y"),
            "takes x float32[1,8]; a picture or series of float32 [N,C,...] can be scaled");
        Refuse(new ModelBuilder().Input("x", 1, 8, 8, 8).Constant("w", [8, 2, 1, 1], new float[16])
                .Node("Conv", "x w", "y", ModelBuilder.Int("group", 4)).Output("y"),
            $"node 'Conv@y' (Conv): has 4 groups of 2 channels; {Wanted}");
        Refuse(new ModelBuilder().Input("x", 1, 8, 8, 8).Node("Concat", "x x", "y", ModelBuilder.Int("axis", 1))
                .Output("y"),
            $"node 'Concat@y' (Concat): is no operator that can be given other channels; {Wanted}");
    }

    [Fact]
    public void A_network_that_joins_several_resolutions_is_refused_by_the_node_that_enlarges() => Assert.Equal(
        $"{PathOf(GoldenCases.Branching)}: node '/refine_quarter/Resize' (Resize): is no operator that can be given " +
        $"other channels; {Wanted}",
        Assert.Throws<ModelError>(() => BaseNetwork.Read(PathOf(GoldenCases.Branching), Options)).Message);

    [Fact]
    public void A_scale_out_of_the_question_is_told_before_anything_is_made()
    {
        using BaseNetwork network = BaseNetwork.Read(PathOf("fashion-s.onnx"), Options);
        Assert.Null(network.ObstacleTo(ScalingConstants.EfficientNet.At(5)));
        Assert.Equal("leaves nothing of the input of 20x20", network.ObstacleTo(ScalingConstants.EfficientNet.At(-20)));
        Assert.StartsWith("makes a network of some 2.6e+17 multiply-adds and ",
            network.ObstacleTo(ScalingConstants.EfficientNet.At(40)), StringComparison.Ordinal);
        Assert.NotNull(network.ObstacleTo(ScalingConstants.EfficientNet.At(1e6)));
        Assert.Throws<ArgumentException>(() => network.Scale(ScalingConstants.EfficientNet.At(40)));
    }

    [Fact]
    public void An_image_too_small_for_a_layer_names_the_node()
    {
        using BaseNetwork network = Read(SmallModels.SeparableBlocks(size: 16).Node("MaxPool", "q2", "m",
            ModelBuilder.Ints("kernel_shape", 9, 9)).Output("m"), takeLast: true);
        ModelError error = Assert.Throws<ModelError>(() => network.Scale(new NetworkScale(1, 1, 0.5)));
        Assert.Contains("node 'MaxPool@m' (MaxPool)", error.Message, StringComparison.Ordinal);
    }

    private static (string Name, string Output, long Parameters, long MultiplyAdds) Describe(InspectedStep step) =>
        (step.Operator + step.Fused, string.Join('x', step.Outputs[0].Shape), step.Parameters, step.MultiplyAdds);

    private static string PathOf(string model) => GoldenCases.Models.Single(path => Path.GetFileName(path) == model);

    private BaseNetwork Read(ModelBuilder builder, bool takeLast = false)
    {
        if (takeLast)
            builder.Graph.Output.RemoveAt(0);
        File.WriteAllBytes(_path, builder.ToBytes());
        return BaseNetwork.Read(_path, Options);
    }

    private void Refuse(ModelBuilder builder, string problem)
    {
        ModelError error = Assert.Throws<ModelError>(() => Read(builder));
        Assert.Equal($"{_path}: {problem}", error.Message);
    }

    private static float[] OutputOf(ScaledNetwork network)
    {
        using ISession session = EngineSessionFactory.Load(OnnxReader.Parse(network.File, "made"), Options);
        return OutputOf(session);
    }

    private static float[] OutputOf(ISession session)
    {
        SmallModels.Fill(session);
        session.Run();
        return session.GetOutput(0).AsSpan<float>().ToArray();
    }
}
