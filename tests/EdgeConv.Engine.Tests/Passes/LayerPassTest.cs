using EdgeConv.Engine.Onnx.Format;
using EdgeConv.Engine.Passes;
using EdgeConv.Engine.Tests.Onnx;
using Xunit;

namespace EdgeConv.Engine.Tests.Passes;

/// <summary>Maps of channels folded into the layers before and after them.</summary>
public class LayerPassTest
{
    private static readonly AttributeProto Grouped = ModelBuilder.Int("group", 2);
    private static readonly AttributeProto Padded = ModelBuilder.Ints("pads", 1, 1, 1, 1);

    private static float[] Numbers(int count)
    {
        Random random = new(count);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - .5f)];
    }

    // x [1,4,5,6]; weights of 6 channels, for 4 channels and for 4 channels in 2 groups.
    private static ModelBuilder Input() => new ModelBuilder().Input("x", 1, 4, 5, 6)
        .Constant("w", [6, 4, 3, 3], Numbers(216)).Constant("v", [6, 2, 3, 3], Numbers(108))
        .Constant("t", [4, 6, 3, 3], Numbers(216)).Constant("u", [4, 3, 3, 3], Numbers(108))
        .Constant("b", Numbers(6)).Constant("k", [4, 1, 1], .5f, -2, 3, .25f)
        .Constant("l", [6, 1, 1], .5f, -2, 3, .25f, 1.5f, -1);

    private static ModelBuilder Normalise(ModelBuilder builder, string from, string to, params float[] offset)
    {
        int channels = offset.Length;
        float[] positive = [.. Numbers(channels).Select(number => number + 1)];
        float[] mean = [.. offset.Select(number => number == 0 ? 0 : .3f)];
        return builder.Constant("gamma", Numbers(channels)).Constant("beta", offset).Constant("mean", mean)
            .Constant("variance", positive)
            .Node("BatchNormalization", $"{from} gamma beta mean variance", to);
    }

    [Theory]
    [InlineData("Mul", "x k")]
    [InlineData("Mul", "k x")]
    [InlineData("Add", "x k")]
    [InlineData("Sub", "x k")]
    [InlineData("Sub", "k x")]
    [InlineData("Div", "x k")]
    public void What_an_input_is_normalised_by_goes_into_the_convolution_after(string name, string inputs)
    {
        ModelBuilder Case(params AttributeProto[] attributes) => Input().Node(name, inputs, "a")
            .Node("Conv", "a w b", "y", attributes).Output("y");
        Assert.Equal("Conv", EngineCase.Rewritten(Case()));
        Assert.Equal($"{name} TapStatistics Conv", EngineCase.Rewritten(Case(), "a"));
        bool isScale = name is "Mul" or "Div";
        Assert.Equal(isScale ? "Conv" : $"{name} Conv", EngineCase.Rewritten(Case(Padded)));
        Assert.Equal(
            isScale ? "Conv" : $"{name} Conv",
            EngineCase.Rewritten(Case(ModelBuilder.Text("auto_pad", "SAME_UPPER"))));
    }

    [Fact]
    public void Groups_read_the_channels_that_are_theirs()
    {
        Assert.Equal("Conv", EngineCase.Rewritten(
            Input().Node("Mul", "x k", "a").Node("Conv", "a v", "y", Grouped).Output("y")));
        Assert.Equal("Conv", EngineCase.Rewritten(
            Input().Node("Add", "x k", "a").Node("Conv", "a v b", "y", Grouped).Output("y")));
        Assert.Equal("Conv", EngineCase.Rewritten(
            Input().Constant("d", [4, 1, 3, 3], Numbers(36)).Node("Sub", "k x", "a")
                .Node("Conv", "a d", "y", ModelBuilder.Int("group", 4)).Output("y")));
    }

    [Fact]
    public void Normalisation_before_a_convolution_goes_in_unless_zeros_come_between()
    {
        ModelBuilder Case(AttributeProto[] attributes, params float[] offset) =>
            Normalise(Input(), "x", "a", offset).Node("Conv", "a w", "y", attributes).Output("y");
        Assert.Equal("Conv", EngineCase.Rewritten(Case([], .1f, .2f, .3f, .4f)));
        Assert.Equal("BatchNormalization Conv", EngineCase.Rewritten(Case([Padded], .1f, .2f, .3f, .4f)));
        Assert.Equal("Conv", EngineCase.Rewritten(Case([Padded], 0, 0, 0, 0)));
    }

    [Fact]
    public void A_convolution_takes_in_what_stands_on_both_sides() =>
        Assert.Equal("Conv", EngineCase.Rewritten(
            Normalise(Input().Node("Sub", "x k", "a").Node("Div", "a k", "d").Node("Conv", "d w b", "c")
                .Node("Mul", "c l", "m"), "m", "y", .1f, .2f, .3f, .4f, .5f, .6f).Output("y")));

    [Theory]
    [InlineData("x t", false)]
    [InlineData("x t b", false)]
    [InlineData("x u", true)]
    [InlineData("x u b", true)]
    public void Normalisation_goes_into_a_transposed_convolution(string inputs, bool isGrouped) =>
        Assert.Equal("ConvTranspose", EngineCase.Rewritten(
            Normalise(
                Input().Node("ConvTranspose", inputs, "c", isGrouped ? [Grouped] : []),
                "c", "y", .1f, .2f, .3f, .4f, .5f, .6f).Output("y")));

    private static ModelBuilder Product(
        string name, string inputs, string after, params AttributeProto[] attributes) =>
        new ModelBuilder().Input("x", 2, 4)
            .Constant("w", [4, 3], Numbers(12)).Constant("v", [3, 4], Numbers(12))
            .Constant("b", 1, 2, 3).Constant("s", [], .5f).Constant("rows", [2, 1], 1, 2)
            .Constant("k", .5f, -2, 3)
            .Node(name, inputs, "p", attributes).Node(after, "p k", "y").Output("y");

    [Theory]
    [InlineData("Mul")]
    [InlineData("Add")]
    [InlineData("Sub")]
    [InlineData("Div")]
    public void Arithmetic_goes_into_a_matrix_product(string after)
    {
        Assert.Equal("Gemm", EngineCase.Rewritten(Product("MatMul", "x w", after)));
        Assert.Equal("Gemm", EngineCase.Rewritten(Product("Gemm", "x w b", after)));
        Assert.Equal("Gemm", EngineCase.Rewritten(Product(
            "Gemm", "x v s", after, ModelBuilder.Int("transB", 1), ModelBuilder.Number("alpha", 2),
            ModelBuilder.Number("beta", 3))));
        Assert.Equal($"Gemm {after}", EngineCase.Rewritten(Product("Gemm", "x w rows", after)));
    }

    [Fact]
    public void Normalisation_goes_into_a_matrix_product() =>
        Assert.Equal("Gemm", EngineCase.Rewritten(
            Normalise(new ModelBuilder().Input("x", 2, 4).Constant("w", [4, 3], Numbers(12))
                .Node("MatMul", "x w", "p"), "p", "y", .1f, .2f, .3f).Output("y")));

    [Fact]
    public void Constants_and_activation_go_into_one_convolution() =>
        Assert.Equal("Conv", EngineCase.Rewritten(
            Normalise(Input().Node("Conv", "x w", "c", Padded), "c", "n", .1f, .2f, .3f, .4f, .5f, .6f)
                .Node("Sigmoid", "n", "g").Node("Mul", "n g", "y").Output("y"),
            PassLevel.Fuse));
}
