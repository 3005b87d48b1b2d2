using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Onnx;
using EdgeConv.Engine.Onnx.Format;
using Xunit;

namespace EdgeConv.Engine.Tests.Onnx;

public sealed class OnnxWriterTest
{
    [Fact]
    public void What_is_written_is_read_again()
    {
        AttributeProto texts = new() { Name = "texts", Type = 8 };
        texts.Strings.Add(Google.Protobuf.ByteString.CopyFromUtf8("α"));
        AttributeProto numbers = new() { Name = "numbers", Type = 6 };
        numbers.Floats.Add(1.5f);
        AttributeProto tensor = new() { Name = "tensor", Type = 4, T = new TensorProto { DataType = 7 } };
        tensor.T.Int64Data.Add(-3);
        ModelBuilder builder = new ModelBuilder().Input("x", 1, 2).Constant("w", 1, 2).Integers("i", 4, 5)
            .Node("Any", "x - w i", "y", ModelBuilder.Int("int", -7), ModelBuilder.Number("number", 0.25f),
                ModelBuilder.Text("text", "SAME"), ModelBuilder.Ints("ints", 1, 2), numbers, texts, tensor)
            .Output("y");
        ModelGraph graph = builder.Read().Graph;
        graph.Inputs[0].Value.Type = graph.Outputs[0].Type = DataType.Float32;
        graph.Inputs[0].Value.Shape = graph.Outputs[0].Shape = new Shape(1, 2);
        byte[] file = OnnxWriter.Write(graph, 13, new Dictionary<string, string> { ["k"] = "v" });
        OnnxModel read = OnnxReader.Parse(file, "m.onnx");
        Node node = Assert.Single(read.Graph.Nodes);
        Assert.Equal((13, "edgeconv", "v"), (read.Opset, read.Producer, read.Metadata["k"]));
        Assert.Equal(("Any@y", "Any"), (node.Name, node.OperatorName));
        Assert.Equal(["x", null, "w", "i"], node.Inputs.Select(input => input?.Name));
        Assert.Equal([1f, 2f], node.Inputs[2]!.Constant!.AsSpan<float>().ToArray());
        Assert.Equal([4L, 5L], node.Inputs[3]!.Constant!.AsSpan<long>().ToArray());
        Assert.Equal([1, 2], read.Graph.Inputs[0].Dimensions!);
        Assert.Equal(["y"], read.Graph.OutputNames);
        Assert.Equal(-7, node.Attributes.GetInt(node, "int"));
        Assert.Equal(0.25f, node.Attributes.GetFloat(node, "number", 0));
        Assert.Equal("SAME", node.Attributes.GetString(node, "text", ""));
        Assert.Equal([1L, 2L], node.Attributes.GetInts(node, "ints")!);
        Assert.Equal([1.5f], node.Attributes.GetFloats(node, "numbers")!);
        Assert.Equal(["α"], (string[])node.Attributes.Values["texts"]);
        Assert.Equal(-3, node.Attributes.GetTensor(node, "tensor")!.AsSpan<long>()[0]);
    }

    [Theory]
    [InlineData(DataType.Float32)]
    [InlineData(DataType.Float64)]
    [InlineData(DataType.Int8)]
    [InlineData(DataType.UInt8)]
    [InlineData(DataType.Int32)]
    [InlineData(DataType.Int64)]
    [InlineData(DataType.Bool)]
    public void The_code_of_a_type_is_the_one_that_is_read(DataType type) =>
        Assert.Equal(type, ElementTypes.Find(ElementTypes.CodeOf(type), ""));
}
