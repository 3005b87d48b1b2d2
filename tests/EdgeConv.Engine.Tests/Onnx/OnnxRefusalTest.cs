using EdgeConv.Core;
using EdgeConv.Engine.Onnx.Format;
using Xunit;

namespace EdgeConv.Engine.Tests.Onnx;

public class OnnxRefusalTest
{
    private static ModelBuilder Small() =>
        new ModelBuilder().Input("x", 1).Node("Relu", "x", "y").Output("y");

    private static void Refused(ModelBuilder builder, string message, bool unsupported = false)
    {
        ModelError error = builder.Refusal();
        Assert.Equal(message, error.Message);
        Assert.Equal(unsupported, error.IsUnsupported);
    }

    [Fact]
    public void A_circle_names_a_node_on_it() => Refused(
        new ModelBuilder().Input("x", 1)
            .Node("A", "x", "a").Node("D", "c", "d").Node("B", "a c", "b").Node("C", "b", "c").Output("d"),
        "m.onnx: node 'C@c' (C): depends on its own output");

    [Fact]
    public void A_node_that_feeds_itself_is_a_circle() => Refused(
        new ModelBuilder().Input("x", 1).Node("A", "a x", "a").Output("a"),
        "m.onnx: node 'A@a' (A): depends on its own output");

    [Fact]
    public void An_unknown_input_names_node_and_input() => Refused(
        Small().Node("Add", "y weights", "z"),
        "m.onnx: node 'Add@z' (Add): input 1 'weights' is no graph input, initializer or output of a node");

    [Fact]
    public void A_value_defined_twice_names_the_second_place()
    {
        Refused(Small().Node("Abs", "x", "y"), "m.onnx: node 'Abs@y' (Abs): 'y' is defined twice");
        Refused(Small().Node("Abs", "y", "x"), "m.onnx: node 'Abs@x' (Abs): 'x' is defined twice");
        Refused(Small().Constant("k", 1).Constant("k", 1), "m.onnx: initializer 'k': 'k' is defined twice");
    }

    [Fact]
    public void Inputs_and_outputs_are_listed_once()
    {
        Refused(Small().Input("x", 1), "m.onnx: input 'x': is listed twice");
        Refused(Small().Output("y"), "m.onnx: output 'y': is listed twice");
        Refused(Small().Output("z"), "m.onnx: output 'z': no node produces it");
        Refused(new ModelBuilder().Input("x", 1), "m.onnx: the graph has no outputs");
    }

    [Fact]
    public void Operators_of_another_domain_are_unsupported()
    {
        ModelBuilder builder = Small();
        builder.Graph.Node[0].Domain = "com.microsoft";
        Refused(
            builder,
            "m.onnx: node 'Relu@y' (Relu): operators of domain 'com.microsoft' are not supported",
            true);
    }

    [Theory]
    [InlineData(22, "m.onnx: operator set 22; 1 to 21 are supported", true)]
    [InlineData(0, "m.onnx: operator set 0 does not exist", false)]
    public void Operator_sets_are_those_we_know(int opset, string message, bool unsupported)
    {
        ModelBuilder builder = Small();
        builder.Model.OpsetImport[0].Version = opset;
        Refused(builder, message, unsupported);
    }

    [Fact]
    public void What_we_do_not_run_is_named()
    {
        ModelBuilder functions = Small();
        functions.Model.Functions.Add(new Unread());
        Refused(functions, "m.onnx: functions are not supported; inline them when exporting", true);
        ModelBuilder training = Small();
        training.Model.TrainingInfo.Add(new Unread());
        Refused(training, "m.onnx: training information is not supported; export for inference", true);
        ModelBuilder sparse = Small();
        sparse.Graph.SparseInitializer.Add(new Unread());
        Refused(sparse, "m.onnx: sparse initializers are not supported", true);
        ModelBuilder newer = Small();
        newer.Model.IrVersion = 99;
        Refused(newer, "m.onnx: IR version 99; up to 13 are supported", true);
    }

    [Fact]
    public void Attributes_that_are_graphs_or_twice_there_are_named()
    {
        AttributeProto graph = new() { Name = "then_branch", Type = 5, G = new Unread() };
        Refused(
            Small().Node("If", "x", "z", graph),
            "m.onnx: node 'If@z' (If): attribute 'then_branch' is a graph; control flow is not supported",
            true);
        Refused(
            Small().Node("A", "x", "z", ModelBuilder.Int("k", 1), ModelBuilder.Int("k", 2)),
            "m.onnx: node 'A@z' (A): attribute 'k' is given twice");
        Refused(
            Small().Node("A", "x", "z", new AttributeProto { Name = "k", Type = 77 }),
            "m.onnx: node 'A@z' (A): attribute 'k' is of a kind that does not exist");
    }

    [Fact]
    public void Inputs_that_are_no_tensors_or_of_another_type_are_unsupported()
    {
        ModelBuilder sequence = Small();
        sequence.Graph.Input.Add(new ValueInfoProto { Name = "s", Type = new TypeProto() });
        Refused(sequence, "m.onnx: input 's': is no tensor", true);
        Refused(Small().TypedInput("h", 10, 1), "m.onnx: input 'h': float16 is not supported", true);
    }
}
