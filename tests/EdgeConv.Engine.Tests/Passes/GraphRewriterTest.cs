using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;
using EdgeConv.Engine.Passes;
using EdgeConv.Engine.Tests.Onnx;
using Xunit;

namespace EdgeConv.Engine.Tests.Passes;

public class GraphRewriterTest
{
    // x -> Neg a -> Abs b -> Relu y, and a -> Exp z
    private readonly ModelGraph _graph = Inferred(
        new ModelBuilder().Input("x", 2, 3).Node("Neg", "x", "a").Node("Abs", "a", "b").Node("Relu", "b", "y")
            .Node("Exp", "a", "z").Output("y").Output("z"));

    private static ModelGraph Inferred(ModelBuilder builder)
    {
        ModelGraph graph = builder.Read().Graph;
        ShapeInference.Run(graph, new SessionOptions());
        return graph;
    }

    private GraphRewriter Rewriter(params string[] taps) => new(_graph, taps, OperatorTable.Create);

    private Node Node(string output) => _graph.Nodes.Single(node => node.Outputs[0]!.Name == output);

    private Value Value(string name) => Node(name).Outputs[0]!;

    private string Names => string.Join(' ', _graph.Nodes.Select(node => node.OperatorName));

    private static Node Make(string operatorName, Value input, Value output) => new(
        $"new {operatorName}", operatorName, 13, [input], [output], NodeAttributes.None);

    [Fact]
    public void A_replacement_stands_where_the_last_replaced_node_stood()
    {
        GraphRewriter rewriter = Rewriter();
        Node sine = Make("Sin", Value("a"), Value("y"));
        rewriter.Replace([Node("b"), Node("y")], sine);
        rewriter.Commit();
        Assert.Equal("Neg Sin Exp", Names);
        Assert.NotNull(sine.Operator);
        GraphInvariants.Hold(_graph);
    }

    [Fact]
    public void Several_nodes_may_take_the_place_of_one()
    {
        GraphRewriter rewriter = Rewriter();
        Value between = new("between");
        rewriter.Replace([Node("b")], Make("Sin", Value("a"), between), Make("Cos", between, Value("b")));
        rewriter.Commit();
        Assert.Equal("Neg Sin Cos Relu Exp", Names);
        Assert.Equal(new Shape(2, 3), between.Shape);
        GraphInvariants.Hold(_graph);
    }

    [Fact]
    public void A_value_that_is_still_read_cannot_be_lost()
    {
        Node made = Make("Sin", _graph.Inputs[0].Value, Value("b"));
        GraphRewriter rewriter = Rewriter();
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(
            () => rewriter.Replace([Node("a"), Node("b")], made));
        Assert.Contains("still read", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("y")]
    [InlineData("z")]
    public void An_output_of_the_graph_cannot_be_lost(string output) =>
        Assert.Throws<InvalidOperationException>(() => Rewriter().Remove(Node(output)));

    [Fact]
    public void A_tapped_value_cannot_be_lost()
    {
        GraphRewriter rewriter = Rewriter("b");
        Node made = Make("Sin", Value("a"), Value("y"));
        Assert.Throws<InvalidOperationException>(() => rewriter.Replace([Node("b"), Node("y")], made));
    }

    [Fact]
    public void A_new_node_cannot_read_what_may_come_later()
    {
        GraphRewriter rewriter = Rewriter();
        Node made = Make("Sin", Value("z"), Value("b"));
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(
            () => rewriter.Replace([Node("b")], made));
        Assert.Contains("the nodes it replaces do not", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_keeps_its_shape()
    {
        GraphRewriter rewriter = Rewriter();
        Node made = new("new Transpose", "Transpose", 13, [Value("a")], [Value("b")], NodeAttributes.None);
        Assert.Throws<InvalidOperationException>(() => rewriter.Replace([Node("b")], made));
    }

    [Fact]
    public void Only_a_value_that_is_read_once_has_a_private_producer()
    {
        GraphRewriter rewriter = Rewriter();
        Assert.Null(rewriter.PrivateProducer(Value("a")));
        Assert.Null(rewriter.PrivateProducer(Value("y")));
        Assert.Null(Rewriter("b").PrivateProducer(Value("b")));
        Assert.Same(Node("b"), rewriter.PrivateProducer(Value("b")));
        Assert.Null(rewriter.PrivateProducer(Value("b"), "Neg"));
    }

    [Fact]
    public void A_value_that_one_node_reads_twice_has_no_private_producer()
    {
        ModelGraph graph = Inferred(
            new ModelBuilder().Input("x", 2).Node("Neg", "x", "a").Node("Mul", "a a", "y").Output("y"));
        GraphRewriter rewriter = new(graph, [], OperatorTable.Create);
        Assert.Null(rewriter.PrivateProducer(graph.Nodes[0].Outputs[0]));
    }

    [Fact]
    public void A_bypassed_output_is_made_by_what_was_copied_and_keeps_its_name()
    {
        ModelGraph graph = Inferred(
            new ModelBuilder().Input("x", 2).Node("Neg", "x", "a").Node("Identity", "a", "y").Output("y"));
        GraphRewriter rewriter = new(graph, [], OperatorTable.Create);
        Assert.True(rewriter.TryBypass(graph.Nodes[1], graph.Nodes[1].Inputs[0]!));
        rewriter.Commit();
        Assert.Equal("a", Assert.Single(graph.Outputs).Name);
        Assert.Equal(["y"], graph.OutputNames);
        GraphInvariants.Hold(graph);
    }
}
