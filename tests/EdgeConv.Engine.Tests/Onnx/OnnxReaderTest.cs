using System.Security.Cryptography;
using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Onnx;
using EdgeConv.Engine.Onnx.Format;
using Google.Protobuf;
using Xunit;

namespace EdgeConv.Engine.Tests.Onnx;

public class OnnxReaderTest
{
    private static ModelBuilder Small() => new ModelBuilder()
        .Input("x", -1, 3)
        .Constant("k", 1, 2, 3)
        .Node("Add", "x k", "y")
        .Node("Relu", "y", "z")
        .Output("z");

    [Fact]
    public void A_graph_keeps_its_inputs_constants_nodes_and_outputs()
    {
        OnnxModel model = Small().Read();
        GraphInput input = Assert.Single(model.Graph.Inputs);
        Assert.Equal(("x", DataType.Float32), (input.Value.Name, input.Type));
        Assert.Equal([-1, 3], input.Dimensions!);
        Assert.Equal(["Add", "Relu"], model.Graph.Nodes.Select(node => node.OperatorName));
        Assert.Equal([1, 2, 3], model.Graph.Nodes[0].Inputs[1]!.Constant!.AsSpan<float>().ToArray());
        Assert.Same(model.Graph.Nodes[1], model.Graph.Outputs[0].Producer);
        Assert.Equal(["z"], model.Graph.OutputNames);
        Assert.Equal((13, "test"), (model.Opset, model.Producer));
    }

    [Fact]
    public void Notes_of_the_file_are_kept_and_of_a_key_that_is_there_twice_the_last_counts()
    {
        ModelBuilder builder = Small();
        Assert.Empty(builder.Read().Metadata);
        foreach ((string key, string value) in new[] { ("a", "1"), ("labels", "x,y"), ("a", "2") })
            builder.Model.MetadataProps.Add(Note(key, ByteString.CopyFromUtf8(value)));
        Assert.Equal(
            new Dictionary<string, string> { ["a"] = "2", ["labels"] = "x,y" }, builder.Read().Metadata);
    }

    [Fact]
    public void A_note_that_is_no_text_keeps_no_model_from_running()
    {
        ModelBuilder builder = Small();
        builder.Model.MetadataProps.Add(Note("a", ByteString.CopyFrom(0xff, 0x41)));
        Assert.Equal("\ufffdA", builder.Read().Metadata["a"]);
    }

    private static StringStringEntryProto Note(string key, ByteString value) =>
        new() { Key = ByteString.CopyFromUtf8(key), Value = value };

    [Fact]
    public void The_identity_is_the_hash_of_the_file()
    {
        byte[] bytes = Small().ToBytes();
        ModelIdentity identity = OnnxReader.Parse(bytes, "/models/net.v2.onnx").Identity;
        Assert.Equal("net.v2", identity.Name);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), identity.Sha256);
    }

    [Fact]
    public void Initializers_listed_as_inputs_are_not_inputs()
    {
        OnnxModel model = Small().Input("k", 3).Read();
        Assert.Equal("x", Assert.Single(model.Graph.Inputs).Value.Name);
    }

    [Fact]
    public void Constant_nodes_become_constants()
    {
        AttributeProto numbers = new() { Name = "value_floats", Type = 6, Floats = { 5, 6 } };
        OnnxModel model = new ModelBuilder()
            .Input("x", 2).Node("Constant", "", "k", numbers).Node("Add", "x k", "y").Output("y").Read();
        Node add = Assert.Single(model.Graph.Nodes);
        Assert.Equal([5, 6], add.Inputs[1]!.Constant!.AsSpan<float>().ToArray());
    }

    [Fact]
    public void Nodes_out_of_order_are_sorted_and_the_others_keep_their_order()
    {
        OnnxModel model = new ModelBuilder()
            .Input("x", 1)
            .Node("C", "b1 b2", "c").Node("A", "x", "a").Node("B", "a", "b1").Node("B", "a", "b2")
            .Output("c").Read();
        Assert.Equal(["A@a", "B@b1", "B@b2", "C@c"], model.Graph.Nodes.Select(node => node.Name));
    }

    [Fact]
    public void Node_names_that_are_missing_or_repeated_are_made_unique()
    {
        ModelBuilder builder = new ModelBuilder()
            .Input("x", 1).Node("A", "x", "a").Node("A", "a", "b").Node("A", "b", "c").Output("c");
        foreach ((NodeProto node, string name) in builder.Graph.Node.Zip(["", "A_0", "A_0"]))
            node.Name = name;
        Assert.Equal(["A_0_", "A_0", "A_2"], builder.Read().Graph.Nodes.Select(node => node.Name));
    }

    [Fact]
    public void Optional_inputs_left_out_are_null()
    {
        OnnxModel model = new ModelBuilder().Input("x", 1).Node("Clip", "x - x", "y -").Output("y").Read();
        Node clip = model.Graph.Nodes[0];
        Assert.Null(clip.Inputs[1]);
        Assert.Same(clip.Inputs[0], clip.Inputs[2]);
        Assert.Null(clip.Outputs[1]);
    }

    [Fact]
    public void Attributes_have_the_types_of_the_file()
    {
        AttributeProto untyped = new() { Name = "untyped", I = 7 };
        TensorProto two = new() { DataType = 1, FloatData = { 2 } };
        AttributeProto tensor = new() { Name = "t", Type = 4, T = two };
        Node node = new ModelBuilder().Input("x", 1).Node(
            "A", "x", "y",
            ModelBuilder.Int("i", 3), ModelBuilder.Number("f", .5f), ModelBuilder.Text("s", "é"),
            ModelBuilder.Ints("is", 1, 2), tensor, untyped).Output("y").Read().Graph.Nodes[0];
        Assert.Equal(3, node.Attributes.GetInt(node, "i"));
        Assert.Equal(.5f, node.Attributes.GetFloat(node, "f", 0));
        Assert.Equal("é", node.Attributes.GetString(node, "s", ""));
        Assert.Equal([1, 2], node.Attributes.GetInts(node, "is")!);
        Assert.Equal([2f], node.Attributes.GetTensor(node, "t")!.AsSpan<float>().ToArray());
        Assert.Equal(7, node.Attributes.GetInt(node, "untyped"));
    }

    [Fact]
    public void A_file_without_operator_set_is_of_the_first_one_when_its_format_is_as_old()
    {
        ModelBuilder builder = Small();
        builder.Model.OpsetImport.Clear();
        Assert.Contains("names no operator set", builder.Refusal().Message, StringComparison.Ordinal);
        builder.Model.IrVersion = 2;
        Assert.Equal(1, builder.Read().Opset);
    }

    [Fact]
    public void A_missing_file_an_empty_file_a_folder_and_a_device_are_named()
    {
        string empty = Path.GetTempFileName();
        try
        {
            Assert.Contains("empty", Refusal(empty), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(empty);
        }

        Assert.Equal($"{empty}: no such file", Refusal(empty));
        Assert.Contains("is a folder", Refusal(Path.GetTempPath()), StringComparison.Ordinal);
        Assert.Contains("no regular file", Refusal("/dev/zero"), StringComparison.Ordinal);

        static string Refusal(string path) => Assert.Throws<ModelError>(() => OnnxReader.Read(path)).Message;
    }

    [Fact]
    public void Text_is_no_model()
    {
        ModelError error = Assert.Throws<ModelError>(
            () => OnnxReader.Parse("node: the quick brown fox"u8, "notes.onnx"));
        Assert.StartsWith("notes.onnx: ", error.Message, StringComparison.Ordinal);
    }
}
