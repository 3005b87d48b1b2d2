using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Passes;
using EdgeConv.Engine.Tests.Onnx;
using Xunit;

namespace EdgeConv.Engine.Tests.Passes;

public class ConvolutionPassTest
{
    private static float[] Numbers(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
    }

    // x [1,2,4,5] -> Conv 3x3 -> c [1,3,2,3]
    private static ModelBuilder Conv(bool bias = true)
    {
        ModelBuilder builder = new ModelBuilder()
            .Input("x", 1, 2, 4, 5).Constant("w", [3, 2, 3, 3], Numbers(54, 1));
        return bias
            ? builder.Constant("b", Numbers(3, 2)).Node("Conv", "x w b", "c")
            : builder.Node("Conv", "x w", "c");
    }

    private static ModelBuilder Normalised(ModelBuilder builder) => builder
        .Constant("g", 1.5f, -.5f, 2).Constant("beta", .1f, .2f, .3f).Constant("mean", .3f, -.2f, 0)
        .Constant("var", .5f, 1, 2).Node("BatchNormalization", "c g beta mean var", "y").Output("y");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Batch_normalization_goes_into_the_convolution(bool bias)
    {
        ModelGraph graph = PassCase.Graph(Normalised(Conv(bias)));
        Node conv = Assert.Single(graph.Nodes);
        Assert.Equal(("Conv@c", "y"), (conv.Name, conv.Outputs[0]!.Name));
        Assert.Equal(3, conv.Inputs[2]!.Constant!.Length);
    }

    [Fact]
    public void A_convolution_that_something_else_reads_keeps_its_value()
    {
        Assert.Equal("Conv BatchNormalization", PassCase.Rewritten(Normalised(Conv()), "c"));
        Assert.Equal("Conv BatchNormalization", PassCase.Rewritten(Normalised(Conv()).Output("c")));
        Assert.Equal(
            "Conv BatchNormalization Relu",
            PassCase.Rewritten(Normalised(Conv()).Node("Relu", "c", "r").Output("r")));
        Assert.Equal("Conv", PassCase.Rewritten(Normalised(Conv()), "y"));
    }

    [Fact]
    public void A_variance_that_makes_infinity_is_left_alone()
    {
        ModelBuilder builder = Normalised(Conv());
        builder.Graph.Node[1].Attribute.Add(ModelBuilder.Number("epsilon", -.5f));
        Assert.Equal(
            "Conv BatchNormalization",
            string.Join(' ', UncheckedRewrite(builder).Nodes.Select(node => node.OperatorName)));
    }

    [Theory]
    [InlineData("Mul", "c k")]
    [InlineData("Mul", "k c")]
    [InlineData("Add", "c k")]
    [InlineData("Sub", "c k")]
    [InlineData("Sub", "k c")]
    [InlineData("Div", "c k")]
    public void Arithmetic_by_one_constant_a_channel_goes_into_the_convolution(string name, string inputs)
    {
        float[] constant = [2, -3, .5f];
        ModelBuilder Case(params long[] dimensions) =>
            Conv().Constant("k", dimensions, constant).Node(name, inputs, "y").Output("y");
        Assert.Equal("Conv", PassCase.Rewritten(Case(3, 1, 1)));
        Assert.Equal("Conv", PassCase.Rewritten(Case(1, 3, 1, 1)));
        Assert.Equal($"Conv {name}", PassCase.Rewritten(Case(3)));
    }

    [Fact]
    public void Arithmetic_that_is_not_one_number_a_channel_stays()
    {
        Assert.Equal("Conv", PassCase.Rewritten(Conv().Constant("k", 2).Node("Mul", "c k", "y").Output("y")));
        Assert.Equal(
            "Conv Div", PassCase.Rewritten(Conv().Constant("k", 2).Node("Div", "k c", "y").Output("y")));
        Assert.Equal(
            "Conv Add",
            PassCase.Rewritten(Conv().Constant("k", [2, 1, 1, 1], 1, 2).Node("Add", "c k", "y").Output("y")));
        Assert.Equal(
            "Conv Add",
            PassCase.Rewritten(Conv().Constant("k", [2, 1], 1, 2).Node("Add", "c k", "y").Output("y")));
        Assert.Equal("Conv Mul", PassCase.Rewritten(Conv().Node("Mul", "c c", "y").Output("y")));
    }

    [Fact]
    public void A_chain_of_arithmetic_and_normalization_goes_in_at_once()
    {
        ModelBuilder builder = Conv().Constant("k", [3, 1, 1], 2, -3, .5f)
            .Node("Mul", "c k", "m").Node("Add", "k m", "a").Constant("g", 1.5f, -.5f, 2)
            .Constant("v", 1, 2, 3).Node("BatchNormalization", "a g g g v", "n")
            .Node("Relu", "n", "y").Output("y");
        Assert.Equal("Conv Relu", PassCase.Rewritten(builder));
        Assert.Equal("Conv BatchNormalization Relu", PassCase.Rewritten(builder, "a"));
    }

    private static ModelBuilder Padded(string pads, params float[] value)
    {
        ModelBuilder builder = new ModelBuilder().Input("x", 1, 2, 4, 5)
            .Constant("w", [3, 2, 3, 3], Numbers(54, 1))
            .Integers("p", [.. pads.Split(',').Select(long.Parse)]);
        if (value.Length > 0)
            builder.Constant("v", [], value);
        return builder.Node("Pad", value.Length > 0 ? "x p v" : "x p", "q")
            .Node("Conv", "q w", "y", ModelBuilder.Ints("pads", 0, 1, 1, 0)).Output("y");
    }

    [Fact]
    public void Padding_with_zeros_goes_into_the_convolution()
    {
        Node conv = Assert.Single(PassCase.Graph(Padded("0,0,1,2,0,0,3,4")).Nodes);
        Assert.Equal([1, 3, 4, 4], conv.Attributes.GetInts(conv, "pads")!);
        Assert.Equal("Conv", PassCase.Rewritten(Padded("0,0,1,2,0,0,3,4", 0)));
    }

    [Theory]
    [InlineData("0,0,1,1,0,0,1,1", 1f)]
    [InlineData("1,0,1,1,0,0,1,1", 0f)]
    [InlineData("0,0,-1,1,0,0,1,1", 0f)]
    public void Other_padding_stays(string pads, float value) =>
        Assert.Equal("Pad Conv", PassCase.Rewritten(Padded(pads, value)));

    private static ModelGraph UncheckedRewrite(ModelBuilder builder)
    {
        ModelGraph graph = builder.Read().Graph;
        ShapeInference.Run(graph, new Core.SessionOptions(), Graph.ReferenceOperators.Create);
        PassList.Run(graph, [], PassLevel.CleanUp, Graph.ReferenceOperators.Create);
        return graph;
    }
}
