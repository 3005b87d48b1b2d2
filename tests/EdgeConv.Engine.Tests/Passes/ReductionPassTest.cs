using EdgeConv.Engine.Tests.Onnx;
using Xunit;

namespace EdgeConv.Engine.Tests.Passes;

/// <summary>Means over pictures, squeeze-and-excitation with them, and views behind them.</summary>
public class ReductionPassTest
{
    private static ModelBuilder Input(int opset = 13) => new ModelBuilder(opset).Input("x", 1, 4, 5, 6);

    private static ModelBuilder Mean(
        ModelBuilder builder, string from, string to, long keep, params long[] axes) => builder.Node(
            "ReduceMean", from, to, ModelBuilder.Ints("axes", axes), ModelBuilder.Int("keepdims", keep));

    [Theory]
    [InlineData(1, "GlobalAveragePool")]
    [InlineData(0, "GlobalAveragePool Flatten")]
    public void A_mean_over_all_positions_is_a_global_pool(long keep, string expected) =>
        Assert.Equal(expected, EngineCase.Rewritten(Mean(Input(), "x", "y", keep, -1, 2).Output("y")));

    [Fact]
    public void From_opset_18_the_axes_are_an_input() =>
        Assert.Equal("GlobalAveragePool", EngineCase.Rewritten(
            Input(18).Integers("axes", 3, 2).Node("ReduceMean", "x axes", "y").Output("y")));

    [Theory]
    [InlineData(1, "GlobalAveragePool")]
    [InlineData(0, "GlobalAveragePool Flatten")]
    public void A_mean_of_means_is_one_mean(long keep, string expected)
    {
        ModelBuilder builder = Mean(Mean(Input(), "x", "m", keep, 3), "m", "y", keep, 2).Output("y");
        Assert.Equal(expected, EngineCase.Rewritten(builder));
    }

    [Fact]
    public void A_mean_that_is_read_stays_apart() =>
        Assert.Equal("ReduceMean TapStatistics ReduceMean", EngineCase.Rewritten(
            Mean(Mean(Input(), "x", "m", 1, 3), "m", "y", 1, 2).Output("y"), "m"));

    [Fact]
    public void Axes_of_the_second_mean_count_what_the_first_has_left()
    {
        ModelBuilder builder = Mean(Mean(Input(), "x", "m", 0, 1), "m", "y", 0, 1).Output("y");
        Assert.Equal("ReduceMean", EngineCase.Rewritten(builder));
    }

    [Fact]
    public void Means_that_keep_axes_and_do_not_stay_apart() =>
        Assert.Equal("ReduceMean ReduceMean", EngineCase.Rewritten(
            Mean(Mean(Input(), "x", "m", 1, 3), "m", "y", 0, 2).Output("y")));

    [Fact]
    public void An_average_over_the_whole_picture_is_a_global_pool()
    {
        ModelBuilder Pool(params long[] window) => Input().Node(
            "AveragePool", "x", "y", ModelBuilder.Ints("kernel_shape", window)).Output("y");
        Assert.Equal("GlobalAveragePool", EngineCase.Rewritten(Pool(5, 6)));
        Assert.Equal("AveragePool", EngineCase.Rewritten(Pool(5, 5)));
        Assert.Equal("AveragePool", EngineCase.Rewritten(Input().Node(
            "AveragePool", "x", "y", ModelBuilder.Ints("kernel_shape", 5, 6),
            ModelBuilder.Ints("pads", 1, 0, 0, 0), ModelBuilder.Ints("strides", 9, 9)).Output("y")));
    }

    [Fact]
    public void Squeeze_and_excitation_is_the_same_however_it_is_written()
    {
        const string expected = "GlobalAveragePool Conv Relu Conv HardSigmoid Mul";
        Assert.Equal(expected, EngineCase.Rewritten(
            Excite(Input().Node("GlobalAveragePool", "x", "s"))));
        Assert.Equal(expected, EngineCase.Rewritten(Excite(Mean(Input(), "x", "s", 1, 2, 3))));
        Assert.Equal(expected, EngineCase.Rewritten(
            Excite(Mean(Mean(Input(), "x", "m", 1, 3), "m", "s", 1, 2))));
        Assert.Equal(expected, EngineCase.Rewritten(
            Excite(Mean(Input(), "x", "m", 0, 2, 3).Integers("pixel", 1, 4, 1, 1)
                .Node("Reshape", "m pixel", "s"))));
    }

    // s -> 1x1 Conv to 2 channels -> Relu -> 1x1 Conv to 4 -> clip(x + 3, 0, 6) / 6 -> times x
    private static ModelBuilder Excite(ModelBuilder builder) => builder
        .Constant("w1", [2, 4, 1, 1], .1f, -.2f, .3f, .4f, -.5f, .6f, .7f, .8f)
        .Constant("w2", [4, 2, 1, 1], .1f, -.2f, .3f, .4f, -.5f, .6f, .7f, .8f)
        .Constant("zero", [], 0).Constant("three", [], 3).Constant("six", [], 6)
        .Node("Conv", "s w1", "a").Node("Relu", "a", "b").Node("Conv", "b w2", "c")
        .Node("Add", "c three", "p").Node("Clip", "p zero six", "q").Node("Div", "q six", "g")
        .Node("Mul", "g x", "y").Output("y");

    [Fact]
    public void Views_in_a_row_become_one()
    {
        ModelBuilder builder = Input().Integers("a", 0, 20, -1).Integers("one", 1)
            .Node("Reshape", "x a", "r").Node("Flatten", "r", "f").Node("Unsqueeze", "f one", "u")
            .Node("Squeeze", "u one", "s").Node("Neg", "s", "y").Output("y");
        Assert.Equal("Reshape Neg", EngineCase.Rewritten(builder));
        Assert.Equal("Reshape Neg TapStatistics", EngineCase.Rewritten(builder, "y"));
    }

    [Fact]
    public void Views_that_come_back_to_the_shape_they_began_with_go() =>
        Assert.Equal("Neg", EngineCase.Rewritten(
            Input().Integers("a", 4, 30).Integers("b", 1, 4, 5, 6).Node("Reshape", "x a", "r")
                .Node("Reshape", "r b", "s").Node("Neg", "s", "y").Output("y")));

    [Fact]
    public void A_view_that_something_else_reads_stays() =>
        Assert.Equal("Reshape Neg Flatten Neg", EngineCase.Rewritten(
            Input().Integers("a", 4, 30).Node("Reshape", "x a", "r").Node("Neg", "r", "z")
                .Node("Flatten", "r", "f", ModelBuilder.Int("axis", 0)).Node("Neg", "f", "y")
                .Output("y").Output("z")));

    [Fact]
    public void A_transpose_behind_a_global_pool_is_a_view() =>
        Assert.Equal("GlobalAveragePool Reshape", EngineCase.Rewritten(
            Input().Node("GlobalAveragePool", "x", "p")
                .Node("Transpose", "p", "t", ModelBuilder.Ints("perm", 0, 2, 3, 1))
                .Node("Flatten", "t", "y").Output("y")));

    [Fact]
    public void Transposes_there_and_back_go() =>
        Assert.Equal("Neg", EngineCase.Rewritten(
            Input().Node("Transpose", "x", "t", ModelBuilder.Ints("perm", 0, 2, 3, 1))
                .Node("Transpose", "t", "u", ModelBuilder.Ints("perm", 0, 3, 1, 2))
                .Node("Neg", "u", "y").Output("y")));

    [Fact]
    public void A_target_computed_from_a_shape_is_a_constant() =>
        Assert.Equal("Reshape Neg", EngineCase.Rewritten(
            Input().Integers("zero", 0).Integers("rest", -1).Node("Shape", "x", "s")
                .Node("Gather", "s zero", "n").Node("Concat", "n rest", "t", ModelBuilder.Int("axis", 0))
                .Node("Reshape", "x t", "r").Node("Neg", "r", "y").Output("y")));
}
