using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Tests.Onnx;
using Xunit;

namespace EdgeConv.Engine.Tests.Graph;

public class ArityTest
{
    private static void Check(int opset, string name, string inputs, string outputs = "y") =>
        Arity.Check(new ModelBuilder(opset)
            .Input("x", 1).Input("a", 1).Node(name, inputs, outputs).Output("y").Read().Graph.Nodes[0]);

    private static string Refusal(int opset, string name, string inputs, string outputs = "y") =>
        Assert.Throws<ModelError>(() => Check(opset, name, inputs, outputs)).Message;

    [Fact]
    public void Versions_that_take_attributes_refuse_the_inputs_of_later_ones()
    {
        Check(6, "Clip", "x");
        Check(11, "Clip", "x - a");
        Assert.Equal(
            "m.onnx: node 'Clip@y' (Clip): has 2 inputs, in opset 6 it has at most 1",
            Refusal(6, "Clip", "x a"));
        Assert.Equal(
            "m.onnx: node 'Split@y' (Split): has 2 inputs, in opset 11 it has at most 1",
            Refusal(11, "Split", "x a"));
    }

    [Fact]
    public void Required_inputs_must_be_there()
    {
        Assert.Equal("m.onnx: node 'Conv@y' (Conv): input 1 is missing", Refusal(13, "Conv", "x - a"));
        Assert.Equal("m.onnx: node 'Conv@y' (Conv): input 1 is missing", Refusal(13, "Conv", "x"));
        Assert.Equal("m.onnx: node 'Sum@y' (Sum): input 1 is missing", Refusal(13, "Sum", "x - a"));
        Assert.Equal("m.onnx: node 'Sum@y' (Sum): input 0 is missing", Refusal(13, "Sum", ""));
    }

    [Fact]
    public void Operators_older_than_themselves_and_outputs_too_many_are_refused()
    {
        Assert.Equal(
            "m.onnx: node 'Where@y' (Where): does not exist in opset 8, only from 9 on",
            Refusal(8, "Where", "x x x"));
        Assert.Equal(
            "m.onnx: node 'Relu@y z' (Relu): has 2 outputs, in opset 13 it has at most 1",
            Refusal(13, "Relu", "x", "y z"));
        Check(13, "Split", "x", "y z");
        Check(13, "NoSuchOperator", "x a x a", "y z");
    }
}
