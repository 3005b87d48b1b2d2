using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Onnx.Format;
using EdgeConv.Engine.Passes;
using EdgeConv.Engine.Tests.Onnx;
using Xunit;

namespace EdgeConv.Engine.Tests.Passes;

/// <summary>What runs with channels last, and where the order of axes changes.</summary>
public class ChannelsLastTest
{
    private const string Border = "Transpose";

    /// <summary>Operators between two convolutions: name, inputs behind the first, attributes.</summary>
    public static TheoryData<string, string> Between => new()
    {
        { "Relu", "a" },
        { "Neg", "a" },
        { "Clip", "a least most" },
        { "Add", "a plane" },
        { "Add", "a channels" },
        { "Mul", "number a" },
        { "Mul", "channels a" },
        { "Mul", "a plane" },
        { "Sub", "a a" },
        { "MaxPool", "a" },
        { "AveragePool", "a" },
        { "GlobalAveragePool", "a" },
        { "GlobalMaxPool", "a" },
        { "Concat", "a a" },
        { "Slice", "a from to axis" },
        { "Pad", "a pads" },
        { "Resize", "a - scales" },
    };

    [Theory]
    [MemberData(nameof(Between))]
    public void Order_changes_at_the_ends_only(string name, string inputs)
    {
        ModelBuilder builder = Convolution("x", "a").Node(name, inputs, "b", Attributes(name))
            .Node("Conv", name == "Concat" ? "b wide" : "b weights", "y").Output("y");
        string[] operators = Rewritten(builder);
        Assert.Equal(Border, operators[0]);
        Assert.DoesNotContain(Border, operators[1..^1]);
    }

    [Theory]
    [InlineData("a s")]
    [InlineData("s a")]
    public void Squeeze_and_excitation_scales_each_channel_of_each_image(string product)
    {
        ModelBuilder builder = Weights(new ModelBuilder().Input("x", 2, 4, 6, 5)).Node("Conv", "x weights", "a")
            .Node("GlobalAveragePool", "a", "p").Node("Conv", "p weights", "e").Node("Sigmoid", "e", "s")
            .Node("Mul", product, "b").Node("Conv", "b weights", "y").Output("y");
        Assert.Equal([Border, "Conv", "GlobalAveragePool", "Conv", "Conv", Border], Rewritten(builder));
    }

    [Fact]
    public void The_shuffle_of_channels_needs_no_other_order()
    {
        ModelBuilder builder = Convolution("x", "a").Integers("five", 1, 2, 2, 6, 5)
            .Integers("four", 1, 4, 6, 5).Node("Reshape", "a five", "g")
            .Node("Transpose", "g", "t", ModelBuilder.Ints("perm", 0, 2, 1, 3, 4))
            .Node("Reshape", "t four", "b").Node("Conv", "b weights", "y").Output("y");
        Assert.Equal([Border, "Conv", "Reshape", Border, "Reshape", "Conv", Border], Rewritten(builder));
    }

    [Fact]
    public void A_concatenation_shuffled_and_cut_into_halves_is_one_node()
    {
        Assert.Equal([Border, "Conv", "Neg", "ChannelShuffle", "Add", Border], Rewritten(
            Shuffled(0, 4).Node("Slice", "b begin middle channel", "low")
                .Node("Slice", "b middle end channel", "high")
                .Node("Add", "low high", "y").Output("y")));
        Assert.Equal([Border, "Conv", "Neg", "ChannelShuffle", "Sub", Border], Rewritten(
            Shuffled(0, 4).Node("Slice", "b middle end channel", "high")
                .Node("Slice", "b begin middle channel", "low")
                .Node("Sub", "low high", "y").Output("y")));
        Assert.Equal([Border, "Conv", "Neg", "ChannelShuffle", "Sub", Border], Rewritten(
            Shuffled(0, 4).Node("Split", "b", "low high", ModelBuilder.Int("axis", 1))
                .Node("Sub", "low high", "y").Output("y")));
    }

    [Fact]
    public void A_shuffle_that_is_cut_otherwise_is_cut_behind_it()
    {
        string[] behind = [Border, "Conv", "Neg", "ChannelShuffle", "Slice", "Slice"];
        Assert.Equal([.. behind, "Slice", "Add", Border], Rewritten(
            Shuffled(1, 5).Node("Slice", "b begin middle channel", "low")
                .Node("Slice", "b middle end channel", "high")
                .Node("Slice", "low begin end channel", "less").Node("Add", "less high", "y").Output("y")));
        Assert.Equal([.. behind, "Sub", Border, Border], Rewritten(
            Shuffled(0, 4).Node("Slice", "b begin middle channel", "low")
                .Node("Slice", "b middle end channel", "high")
                .Node("Sub", "low high", "y").Output("y").Output("b")));
    }

    [Fact]
    public void Parts_of_a_split_have_channels_last_too() =>
        Assert.Equal([Border, "Conv", "Split", "Add", Border], Rewritten(Convolution("x", "a")
            .Node("Split", "a", "low high", ModelBuilder.Int("axis", 2)).Node("Add", "low high", "y")
            .Output("y")));

    [Fact]
    public void A_model_that_was_exported_from_channels_last_has_no_permutation_left()
    {
        ModelBuilder builder = Weights(new ModelBuilder().Input("x", 1, 6, 5, 4))
            .Node("Transpose", "x", "p", ModelBuilder.Ints("perm", 0, 3, 1, 2))
            .Node("Conv", "p weights", "c")
            .Node("Transpose", "c", "y", ModelBuilder.Ints("perm", 0, 2, 3, 1)).Output("y");
        Assert.Equal(["Conv"], Rewritten(builder));
    }

    [Fact]
    public void A_value_that_is_wanted_in_both_orders_is_permuted_once()
    {
        ModelBuilder builder = Convolution("x", "a").Node("Conv", "a weights", "b")
            .Node("Softmax", "a", "s", ModelBuilder.Int("axis", 1))
            .Node("ArgMax", "a", "m", ModelBuilder.Int("axis", 1))
            .Output("b").Output("s").Output("m");
        Assert.Equal(3, Rewritten(builder).Count(name => name == Border));
    }

    [Fact]
    public void A_convolution_with_computed_weights_stays_as_the_model_has_it()
    {
        ModelBuilder builder = Weights(new ModelBuilder().Input("x", 1, 4, 6, 5).Input("w", 4, 4, 1, 1))
            .Node("Conv", "x w", "y").Output("y");
        Assert.Equal(["Conv"], Rewritten(builder));
    }

    [Fact]
    public void Signals_run_with_channels_last_too()
    {
        ModelBuilder builder = new ModelBuilder().Input("x", 1, 4, 30).Constant("w", [4, 1, 3], Numbers(12))
            .Node("Conv", "x w", "c", ModelBuilder.Int("group", 4)).Node("Relu", "c", "r")
            .Node("MaxPool", "r", "y", ModelBuilder.Ints("kernel_shape", 2)).Output("y");
        Assert.Equal([Border, "Conv", "MaxPool", Border], Rewritten(builder));
    }

    [Fact]
    public void A_single_position_needs_no_copy()
    {
        ModelBuilder builder = Convolution("x", "a").Node("GlobalAveragePool", "a", "p")
            .Node("Flatten", "p", "y").Output("y");
        using CompiledModel model = ModelCompiler.Compile(builder.Read(), new());
        Assert.Equal(["Transpose", "Flatten"], model.Graph.Nodes.Where((_, i) => model.Plan.IsElided[i])
            .Select(node => node.OperatorName));
    }

    [Fact]
    public void A_tap_sees_the_same_channels() => Assert.Contains(
        TapStatistics.Name, Rewritten(
            Convolution("x", "a").Node("MaxPool", "a", "p", ModelBuilder.Ints("kernel_shape", 2, 2))
                .Node("Relu", "p", "y").Output("y"),
            "p"));

    [Fact]
    public void A_tap_on_a_permutation_of_the_model_keeps_its_name()
    {
        ModelBuilder builder = Convolution("x", "a")
            .Node("Transpose", "a", "t", ModelBuilder.Ints("perm", 0, 2, 3, 1)).Node("Neg", "t", "y").Output("y");
        using CompiledModel model = ModelCompiler.Compile(builder.Read(), new() { Taps = ["t"] });
        Assert.Equal("t", Assert.Single(model.Taps).Name);
    }

    [Fact]
    public void A_shuffle_that_moves_the_batch_stays_as_it_is()
    {
        ModelBuilder builder = Weights(new ModelBuilder().Input("x", 2, 4, 2, 2)).Node("Conv", "x weights", "a")
            .Integers("five", 1, 2, 4, 2, 2).Integers("four", 2, 4, 2, 2).Node("Reshape", "a five", "g")
            .Node("Transpose", "g", "t", ModelBuilder.Ints("perm", 0, 2, 1, 3, 4))
            .Node("Reshape", "t four", "y").Output("y");
        Rewritten(builder);
    }

    [Fact]
    public void An_empty_batch_runs()
    {
        ModelBuilder builder = Weights(new ModelBuilder().Input("x", 0, 4, 3, 3)).Node("Conv", "x weights", "c")
            .Node("Transpose", "c", "t", ModelBuilder.Ints("perm", 0, 1, 2, 3))
            .Node("Conv", "t weights", "y").Output("y").Output("t").Output("c");
        Rewritten(builder);
    }

    [Fact]
    public void A_dilated_window_as_large_as_the_image_is_no_global_pool()
    {
        ModelBuilder builder = Weights(new ModelBuilder(19).Input("x", 1, 4, 2, 2)).Node("Conv", "x weights", "c")
            .Node("AveragePool", "c", "y", ModelBuilder.Ints("kernel_shape", 2, 2),
                ModelBuilder.Ints("dilations", 2, 2), ModelBuilder.Ints("pads", 0, 0, 1, 1)).Output("y");
        Rewritten(builder);
    }

    [Fact]
    public void A_filter_of_a_million_rows_runs()
    {
        const int Rows = 1_000_000;
        ModelBuilder builder = new ModelBuilder().Input("x", 1, 2, 1, 2)
            .Constant("w", [2, 1, Rows, 1], [.. Enumerable.Range(0, 2 * Rows).Select(i => (float)(i % 7))])
            .Node("Conv", "x w", "y", ModelBuilder.Int("group", 2), ModelBuilder.Ints("pads", Rows - 1, 0, 0, 0))
            .Output("y");
        Rewritten(builder);
    }

    private static string[] Rewritten(ModelBuilder builder, params string[] taps) =>
        EngineCase.Rewritten(builder, PassLevel.ChannelsLast, taps).Split(' ');

    private static ModelBuilder Convolution(string input, string output) =>
        Weights(new ModelBuilder().Input("x", 1, 4, 6, 5)).Node("Conv", $"{input} weights", output);

    // b is a and -a, shuffled.
    private static ModelBuilder Shuffled(int begin, int middle) => Convolution("x", "a").Node("Neg", "a", "n")
        .Node("Concat", "a n", "c", ModelBuilder.Int("axis", 1)).Integers("five", 1, 2, 4, 6, 5)
        .Integers("four", 1, 8, 6, 5).Node("Reshape", "c five", "g")
        .Node("Transpose", "g", "t", ModelBuilder.Ints("perm", 0, 2, 1, 3, 4)).Node("Reshape", "t four", "b")
        .Integers("begin", begin).Integers("middle", middle).Integers("end", 8).Integers("channel", 1);

    private static ModelBuilder Weights(ModelBuilder builder) => builder
        .Constant("weights", [4, 4, 1, 1], Numbers(16)).Constant("wide", [4, 8, 1, 1], Numbers(32))
        .Constant("least", [], -.5f).Constant("most", [], .7f).Constant("number", [], 3)
        .Constant("plane", [1, 4, 6, 5], Numbers(120)).Constant("channels", [1, 4, 1, 1], 1, 2, 3, 4)
        .Constant("scales", 1, 1, 2, 3).Integers("from", 1, 0).Integers("to", 9, 4).Integers("axis", 2, -3)
        .Integers("pads", 0, 0, 1, 2, 0, 0, 3, 0);

    private static float[] Numbers(int count) =>
        [.. Enumerable.Range(0, count).Select(i => MathF.Sin(i + 1))];

    private static AttributeProto[] Attributes(string name) => name switch
    {
        "MaxPool" or "AveragePool" =>
            [ModelBuilder.Ints("kernel_shape", 3, 2), ModelBuilder.Ints("pads", 1, 0, 0, 1)],
        "Concat" => [ModelBuilder.Int("axis", 1)],
        "Resize" => [ModelBuilder.Text("mode", "nearest"), ModelBuilder.Text("nearest_mode", "floor"),
            ModelBuilder.Text("coordinate_transformation_mode", "asymmetric")],
        _ => [],
    };
}
