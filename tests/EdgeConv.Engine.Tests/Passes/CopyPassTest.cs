using EdgeConv.Engine.Onnx.Format;
using EdgeConv.Engine.Tests.Onnx;
using Xunit;

namespace EdgeConv.Engine.Tests.Passes;

/// <summary>Nodes that give out what they take in.</summary>
public class CopyPassTest
{
    private static ModelBuilder Input(int opset = 13) => new ModelBuilder(opset).Input("x", 1, 4, 6, 5)
        .Constant("one", [], 1).Constant("zeros", [4, 1, 1], 0, 0, 0, 0).Constant("scales", 1, 1, 1, 1)
        .Integers("from", 0).Integers("to", 99).Integers("axis", 1).Node("Neg", "x", "a");

    private static string Rewritten(ModelBuilder builder) =>
        EngineCase.Rewritten(builder.Node("Abs", "b", "y").Output("y"));

    public static TheoryData<string, string> Copies => new()
    {
        { "Identity", "a" },
        { "Dropout", "a" },
        { "Concat", "a" },
        { "Max", "a" },
        { "Clip", "a" },
        { "Split", "a" },
        { "Slice", "a from to axis" },
        { "Mul", "a one" },
        { "Mul", "one a" },
        { "Div", "a one" },
        { "Add", "zeros a" },
        { "Sub", "a zeros" },
        { "Resize", "a - scales" },
    };

    [Theory]
    [MemberData(nameof(Copies))]
    public void What_changes_nothing_is_dropped(string name, string inputs) =>
        Assert.Equal("Neg Abs", Rewritten(Input().Node(name, inputs, "b", Attributes(name))));

    [Theory]
    [InlineData("Sub", "zeros a")]
    [InlineData("Div", "one a")]
    public void A_constant_on_the_other_side_is_no_copy(string name, string inputs) =>
        Assert.Equal($"Neg {name} Abs", Rewritten(Input().Node(name, inputs, "b")));

    [Fact]
    public void Numbers_that_broadcast_to_more_are_no_copy() =>
        Assert.Equal("Neg Mul Abs", Rewritten(
            Input().Constant("ones", [2, 1, 1, 1], 1, 1).Node("Mul", "a ones", "b")));

    [Theory]
    [InlineData("AveragePool")]
    [InlineData("MaxPool")]
    public void Windows_of_one_element_are_dropped(string name)
    {
        Assert.Equal("Neg Abs", Rewritten(
            Input().Node(name, "a", "b", ModelBuilder.Ints("kernel_shape", 1, 1))));
        Assert.Equal($"Neg {name} Abs", Rewritten(
            Input().Node(name, "a", "b", ModelBuilder.Ints("kernel_shape", 1, 1),
                ModelBuilder.Ints("strides", 2, 1))));
    }

    [Fact]
    public void A_slice_backwards_is_no_copy() =>
        Assert.Equal("Neg Slice Abs", Rewritten(
            Input().Integers("last", -1).Integers("end", -99).Integers("back", -1)
                .Node("Slice", "a last end axis back", "b")));

    [Fact]
    public void Parts_put_together_again_are_the_whole()
    {
        AttributeProto axis = ModelBuilder.Int("axis", 1);
        ModelBuilder Split() => Input().Node("Split", "a", "p q", axis);
        Assert.Equal("Neg Abs", Rewritten(Split().Node("Concat", "p q", "b", axis)));
        Assert.Equal(
            "Neg Abs", Rewritten(Split().Node("Concat", "p q", "b", ModelBuilder.Int("axis", -3))));
        Assert.Equal("Neg Split Concat Abs", Rewritten(Split().Node("Concat", "q p", "b", axis)));
        Assert.Equal(
            "Neg Split Concat Abs",
            Rewritten(Split().Node("Concat", "p q", "b", ModelBuilder.Int("axis", 2))));
    }

    [Fact]
    public void Requantisation_to_the_same_scale_gives_the_same_numbers()
    {
        Assert.Equal("Neg QuantizeLinear DequantizeLinear Abs", Rewritten(Quantised("s")));
        Assert.Equal(
            "Neg QuantizeLinear DequantizeLinear QuantizeLinear DequantizeLinear Abs",
            Rewritten(Quantised("t")));
    }

    private static ModelBuilder Quantised(string scale)
    {
        ModelBuilder builder = Input().Constant("s", [], .02f).Constant("t", [], .03f);
        builder.Graph.Initializer.Add(new TensorProto { Name = "z", DataType = 2, Int32Data = { 128 } });
        return builder.Node("QuantizeLinear", "a s z", "q").Node("DequantizeLinear", "q s z", "d")
            .Node("QuantizeLinear", $"d {scale} z", "r").Node("DequantizeLinear", $"r {scale} z", "b");
    }

    private static AttributeProto[] Attributes(string name) =>
        name is "Concat" or "Split" ? [ModelBuilder.Int("axis", 1)] : [];
}
