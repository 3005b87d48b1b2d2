using EdgeConv.Engine.Inspection;
using EdgeConv.Engine.Tests.Onnx;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Engine.Tests.Inspection;

public sealed class ModelInspectionTest : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():n}.onnx");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void A_pair_of_192_to_384_channels_costs_11_37_percent_of_the_standard_convolution()
    {
        SeparablePair pair = Assert.Single(Read(Pair(192, 384)).Pairs);
        Assert.Equal(14L * 14 * 192 * 9 + (14L * 14 * 192 * 384), pair.MultiplyAdds);
        Assert.Equal(14L * 14 * 192 * 384 * 9, pair.StandardMultiplyAdds);
        Assert.Equal((1.0 / 384) + (1.0 / 9), pair.Ratio, 12);
        Assert.Equal(0.1137, pair.Ratio, 4);
        Assert.Equal([3, 3], pair.Kernel);
    }

    [Fact]
    public void Parameters_and_multiply_adds_are_counted_by_step()
    {
        InspectedModel model = Read(Pair(8, 16));
        InspectedStep[] steps = [.. model.Steps.Where(step => step.Operator == "Conv")];
        Assert.Equal([8L * 9, 8 * 16], steps.Select(step => step.Parameters));
        Assert.Equal([14L * 14 * 8 * 9, 14L * 14 * 8 * 16], steps.Select(step => step.MultiplyAdds));
        Assert.Equal((8 * 9) + (8 * 16), model.Totals.Parameters);
        Assert.Equal(14L * 14 * ((8 * 9) + (8 * 16)), model.Totals.MultiplyAdds);
        Assert.Equal(["+Relu", ""], steps.Select(step => step.Fused));
        Assert.All(steps, step => Assert.StartsWith("F32", step.Kernel, StringComparison.Ordinal));
        Assert.InRange(
            model.Totals.ArenaBytes, model.Totals.LowerBoundBytes, 2 * model.Totals.LowerBoundBytes);
        Assert.Contains(model.Rewrites, rewrite => rewrite.What == "Relu went into 'Conv@c'");
    }

    [Fact]
    public void Receptive_fields_grow_with_kernel_stride_and_dilation()
    {
        ModelBuilder builder =
            new ModelBuilder().Input("x", 1, 1, 64, 64).Constant("w", [1, 1, 3, 3], new float[9])
            .Node("Conv", "x w", "a", ModelBuilder.Ints("strides", 2, 2))
            .Node("Conv", "a w", "b")
            .Node(
                "MaxPool", "b", "c", ModelBuilder.Ints("kernel_shape", 2, 2),
                    ModelBuilder.Ints("strides", 2, 2))
            .Node("Conv", "c w", "d", ModelBuilder.Ints("dilations", 2, 1))
            .Node("GlobalMaxPool", "d", "e").Output("e");
        InspectedModel model = Read(builder);
        Assert.Equal(
            [[3, 3], [7, 7], [9, 9], [9 + (4 * 4), 9 + (2 * 4)]],
            model.Steps.Where(step => step.Operator is "Conv" or "MaxPool")
                .Select(step => step.ReceptiveField!.ToArray()));
        Assert.Null(model.Steps.Single(step => step.Operator == "GlobalMaxPool").ReceptiveField);
        Assert.Equal([25, 17], model.Totals.ReceptiveField);
    }

    [Fact]
    public void An_enlarged_map_sees_half_as_far()
    {
        ModelBuilder builder = new ModelBuilder().Input("x", 1, 3, 8, 6)
            .Constant("one", [3, 3, 1, 1], new float[9]).Constant("w", [3, 3, 3, 3], new float[81])
            .Constant("scales", 1, 1, 2, 2).Node("Conv", "x one", "a").Node("Resize", "a - scales", "b")
            .Node("Conv", "b w", "c").Node("Conv", "c w", "d").Output("d");
        Assert.Equal([3, 3], Read(builder).Totals.ReceptiveField);
    }

    [Fact]
    public void A_stack_of_pointwise_convolutions_sees_one_pixel()
    {
        ModelBuilder builder =
            new ModelBuilder().Input("x", 1, 2, 8, 8).Constant("w", [2, 2, 1, 1], new float[4])
            .Node("Conv", "x w", "a").Node("Conv", "a w", "b").Node("Conv", "b w", "c").Output("c");
        Assert.Equal([1, 1], Read(builder).Totals.ReceptiveField);
    }

    [Fact]
    public void Pointwise_layers_are_listed_with_what_to_tap()
    {
        File.WriteAllBytes(_path, Pair(8, 16).Node("Relu", "y", "z").Output("z").ToBytes());
        PointwiseLayer layer = Assert.Single(ModelInspection.PointwiseLayers(_path));
        Assert.Equal(
            new PointwiseLayer("Conv@y", "y", 8, 16, 14 * 14)
            {
                IsSeparable = true,
                IsHead = true,
                Height = 14,
                Width = 14,
            },
            layer);
    }

    [Fact]
    public void What_is_predicted_is_told_from_features_and_the_second_half_of_a_pair_from_other_layers()
    {
        ModelBuilder builder =
            new ModelBuilder().Input("x", 1, 4, 8, 8).Constant("p", [4, 4, 1, 1], new float[16])
            .Constant("d", [4, 1, 3, 3], new float[36]).Constant("boxes", [2, 4, 1, 1], new float[8])
            .Constant("scores", [3, 4, 1, 1], new float[12])
            .Node("Conv", "x p", "expand").Node("Relu", "expand", "e")
            .Node("Conv", "e d", "depthwise", ModelBuilder.Int("group", 4), ModelBuilder.Ints("pads", 1, 1, 1, 1))
            .Node("Relu", "depthwise", "r").Node("Conv", "r p", "project").Node("Relu", "project", "f")
            .Node("Conv", "f boxes", "b").Node("Conv", "f scores", "s").Node("Sigmoid", "s", "t")
            .Node("Concat", "b t", "both", ModelBuilder.Int("axis", 1)).Output("both");
        File.WriteAllBytes(_path, builder.ToBytes());
        IReadOnlyList<PointwiseLayer> layers = ModelInspection.PointwiseLayers(_path);
        Assert.Equal(
            [("expand", false, false), ("project", true, false), ("b", false, true), ("s", false, true)],
            layers.Select(layer => (layer.Output, layer.IsSeparable, layer.IsHead)));
    }

    [Fact]
    public void A_concatenation_says_what_it_copies_and_why()
    {
        ModelBuilder builder = Pair(8, 16).Constant("k", [1, 3, 14, 14], new float[3 * 14 * 14])
            .Node("Concat", "y k", "j", ModelBuilder.Int("axis", 1)).Output("j");
        InspectedConcatenation joined = Assert.Single(Read(builder).Concatenations);
        Assert.Equal(("Concat@j", 2), (joined.Node, joined.Inputs));
        Assert.Equal(
            [new InspectedCopy("y", "it is read elsewhere too"), new InspectedCopy("k", "it is constant")],
            joined.Copies);
    }

    // Howard et al. 2017, table 1: MobileNetV1 has 13 pairs. Its receptive field of 315 is the one listed by
    // Araujo, Norris and Sim 2019.
    [Fact(SkipUnless = nameof(SharedData.IsPresent), SkipType = typeof(SharedData), Skip = SharedData.Absent)]
    public void MobileNetV1_has_13_pairs_and_a_receptive_field_of_315()
    {
        string path = SharedData.PathOf("models", "mobilenet_v1_0.25_128_quant_float.onnx");
        InspectedModel model = ModelInspection.Read(path);
        Assert.Equal(13, model.Pairs.Count);
        Assert.Equal([315, 315], model.Totals.ReceptiveField);
        Assert.All(model.Pairs, pair =>
            Assert.Equal((1.0 / pair.OutputChannels) + (1.0 / 9), pair.Ratio, 12));
        Assert.Equal(14, ModelInspection.PointwiseLayers(path).Count);
    }

    private static ModelBuilder Pair(int inputs, int outputs) =>
        new ModelBuilder().Input("x", 1, inputs, 14, 14)
        .Constant("d", [inputs, 1, 3, 3], new float[inputs * 9])
        .Constant("p", [outputs, inputs, 1, 1], new float[inputs * outputs])
        .Node("Conv", "x d", "c", ModelBuilder.Int("group", inputs), ModelBuilder.Ints("pads", 1, 1, 1, 1))
        .Node("Relu", "c", "e").Node("Conv", "e p", "y").Output("y");

    private InspectedModel Read(ModelBuilder builder)
    {
        File.WriteAllBytes(_path, builder.ToBytes());
        return ModelInspection.Read(_path);
    }
}
