using EdgeConv.Engine.Tests.Onnx;
using Xunit;

namespace EdgeConv.Engine.Tests.Passes;

/// <summary>Activations as exporters write them.</summary>
public class ActivationPassTest
{
    private static ModelBuilder Input(int opset = 14) => new ModelBuilder(opset).Input("x", 1, 3, 4, 5)
        .Constant("zero", [], 0).Constant("one", [], 1).Constant("three", [], 3).Constant("six", [], 6)
        .Constant("sixth", [], 1 / 6f).Constant("half", [], .5f).Constant("slope", [], .2f);

    private static ModelBuilder Gate(int opset = 14) =>
        Input(opset).Node("Add", "x three", "p").Node("Clip", "p zero six", "q");

    [Theory]
    [InlineData("q six", "Div")]
    [InlineData("q sixth", "Mul")]
    [InlineData("sixth q", "Mul")]
    public void Clip_of_x_plus_3_by_6_is_a_hard_sigmoid(string inputs, string name)
    {
        Assert.Equal("HardSigmoid", EngineCase.Rewritten(Gate().Node(name, inputs, "y").Output("y")));
        Assert.Equal(
            $"Add Clip TapStatistics {name}",
            EngineCase.Rewritten(Gate().Node(name, inputs, "y").Output("y"), "q"));
    }

    [Theory]
    [InlineData("q six", "Div", "x g")]
    [InlineData("q sixth", "Mul", "g x")]
    public void X_times_that_hard_sigmoid_is_a_hard_swish(string inputs, string name, string product) =>
        Assert.Equal("HardSwish", EngineCase.Rewritten(
            Gate().Node(name, inputs, "g").Node("Mul", product, "y").Output("y")));

    [Theory]
    [InlineData("r six", "Div")]
    [InlineData("r sixth", "Mul")]
    public void The_division_may_come_last(string inputs, string name) =>
        Assert.Equal("HardSwish", EngineCase.Rewritten(
            Gate().Node("Mul", "q x", "r").Node(name, inputs, "y").Output("y")));

    [Fact]
    public void Other_numbers_are_no_hard_swish()
    {
        Assert.Equal("Add Clip Mul Mul", EngineCase.Rewritten(
            Gate().Node("Mul", "x q", "r").Node("Mul", "r slope", "y").Output("y")));
        Assert.Equal("Add Clip Div", EngineCase.Rewritten(
            Input().Node("Add", "x one", "p").Node("Clip", "p zero six", "q").Node("Div", "q six", "y")
                .Output("y")));
        Assert.Equal("HardSigmoid Mul", EngineCase.Rewritten(
            Input().Node("HardSigmoid", "x", "g").Node("Mul", "x g", "y").Output("y")));
    }

    [Fact]
    public void Hard_swish_of_MobileNetV3_as_one_hard_sigmoid_and_a_product() =>
        Assert.Equal("HardSwish", EngineCase.Rewritten(
            Input(13).Node("HardSigmoid", "x", "g", ModelBuilder.Number("alpha", 1 / 6f))
                .Node("Mul", "g x", "y").Output("y")));

    [Fact]
    public void X_times_its_sigmoid_is_silu()
    {
        Assert.Equal("Silu", EngineCase.Rewritten(
            Input().Node("Sigmoid", "x", "g").Node("Mul", "g x", "y").Output("y")));
        Assert.Equal("Sigmoid Mul Neg", EngineCase.Rewritten(
            Input().Node("Sigmoid", "x", "g").Node("Mul", "g x", "y").Node("Neg", "g", "z").Output("y")
                .Output("z")));
    }

    [Fact]
    public void A_line_clipped_to_0_and_1_is_a_hard_sigmoid() =>
        Assert.Equal("HardSigmoid", EngineCase.Rewritten(
            Input().Node("Mul", "slope x", "m").Node("Add", "m half", "a").Node("Clip", "a zero one", "y")
                .Output("y")));

    [Fact]
    public void Clamps_in_a_row_become_one()
    {
        Assert.Equal("Clip", EngineCase.Rewritten(
            Input().Node("Relu", "x", "r").Node("Min", "r six", "y").Output("y")));
        Assert.Equal("Clip", EngineCase.Rewritten(
            Input().Node("Max", "x zero", "r").Node("Min", "r six", "y").Output("y")));
        Assert.Equal("Relu", EngineCase.Rewritten(
            Input().Node("Clip", "x zero", "r").Node("Relu", "r", "y").Output("y")));
        Assert.Equal("Clip", EngineCase.Rewritten(
            Input().Node("Clip", "x one six", "r").Node("Clip", "r zero three", "y").Output("y")));
        Assert.Equal("Clip", EngineCase.Rewritten(
            Input().Node("Clip", "x three six", "r").Node("Clip", "r zero one", "y").Output("y")));
    }

    [Fact]
    public void A_minimum_of_two_values_is_no_clamp() =>
        Assert.Equal("Relu Min", EngineCase.Rewritten(
            Input().Node("Relu", "x", "r").Node("Min", "r x", "y").Output("y")));

    [Fact]
    public void Bounds_written_as_attributes_are_read_below_opset_11() =>
        Assert.Equal("HardSigmoid", EngineCase.Rewritten(
            Input(10).Node("Add", "x three", "p")
                .Node("Clip", "p", "q", ModelBuilder.Number("min", 0), ModelBuilder.Number("max", 6))
                .Node("Div", "q six", "y").Output("y")));
}
