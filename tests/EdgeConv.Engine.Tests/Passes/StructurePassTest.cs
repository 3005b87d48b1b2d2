using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Passes;
using EdgeConv.Engine.Tests.Onnx;
using Xunit;

namespace EdgeConv.Engine.Tests.Passes;

public class StructurePassTest
{
    private static ModelBuilder Input() => new ModelBuilder().Input("x", 2, 3);

    [Fact]
    public void Nodes_that_nothing_reads_are_dropped_with_what_only_they_read()
    {
        ModelBuilder builder = Input().Node("Neg", "x", "y").Node("Neg", "y", "a").Node("Add", "a a", "b")
            .Output("y");
        Assert.Equal("Neg", PassCase.Rewritten(builder));
        Assert.Equal("Neg Neg Add", PassCase.Rewritten(builder, "b"));
    }

    [Theory]
    [InlineData("Identity", "a")]
    [InlineData("Dropout", "a")]
    [InlineData("Concat", "a")]
    [InlineData("Cast", "a")]
    [InlineData("Reshape", "a same")]
    [InlineData("Pad", "a none")]
    public void Copies_are_dropped(string name, string inputs)
    {
        ModelBuilder builder = Input().Integers("same", 2, 3).Integers("none", 0, 0, 0, 0)
            .Node("Neg", "x", "a").Node(name, inputs, "b").Node("Neg", "b", "y").Output("y");
        Assert.Equal("Neg Neg", PassCase.Rewritten(builder));
        Assert.Equal("Neg Neg", PassCase.Rewritten(builder, "a"));
        Assert.Equal($"Neg {name} Neg", PassCase.Rewritten(builder, "b"));
    }

    [Fact]
    public void An_output_behind_a_copy_keeps_its_name()
    {
        ModelGraph graph = PassCase.Graph(
            Input().Node("Neg", "x", "a").Node("Identity", "a", "y").Output("y"));
        Assert.Equal("Neg", Assert.Single(graph.Nodes).OperatorName);
        Assert.Equal("y", graph.OutputNames[0]);
        Assert.Same(graph.Nodes[0].Outputs[0], graph.Outputs[0]);
    }

    [Fact]
    public void A_copy_of_an_input_or_of_another_output_stays()
    {
        Assert.Equal("Identity", PassCase.Rewritten(Input().Node("Identity", "x", "y").Output("y")));
        Assert.Equal(
            "Neg Identity",
            PassCase.Rewritten(
                Input().Node("Neg", "x", "a").Node("Identity", "a", "y").Output("a").Output("y")));
    }

    [Fact]
    public void A_dropout_whose_mask_is_read_stays()
    {
        ModelBuilder builder = Input().Node("Dropout", "x", "y mask").Node("Neg", "y", "z").Output("z");
        Assert.Equal("Neg", PassCase.Rewritten(builder));
        ModelGraph graph = builder.Output("mask").Read().Graph;
        ShapeInference.Run(graph, new Core.SessionOptions(), Graph.ReferenceOperators.Create);
        Assert.Empty(PassList.Run(graph, [], PassLevel.CleanUp, Graph.ReferenceOperators.Create));
    }

    [Fact]
    public void Transposes_that_undo_each_other_go_and_others_become_one()
    {
        ModelBuilder Twice(params long[] second) => new ModelBuilder().Input("x", 2, 3, 4)
            .Node("Transpose", "x", "a", ModelBuilder.Ints("perm", 2, 0, 1))
            .Node("Transpose", "a", "b", ModelBuilder.Ints("perm", second))
            .Node("Neg", "b", "y").Output("y");
        Assert.Equal("Neg", PassCase.Rewritten(Twice(1, 2, 0)));
        Assert.Equal("Transpose Neg", PassCase.Rewritten(Twice(2, 0, 1)));
        Assert.Equal("Transpose Transpose Neg", PassCase.Rewritten(Twice(1, 2, 0), "a"));
    }

    [Fact]
    public void A_transpose_that_moves_only_axes_of_extent_1_is_a_view()
    {
        ModelBuilder Once(params long[] extents) => new ModelBuilder().Input("x", extents)
            .Node("Transpose", "x", "a", ModelBuilder.Ints("perm", 0, 2, 1))
            .Node("Neg", "a", "y").Output("y");
        Assert.Equal("Reshape Neg", PassCase.Rewritten(Once(2, 1, 3)));
        Assert.Equal("Transpose Neg", PassCase.Rewritten(Once(2, 3, 3)));
        Assert.Equal("Neg", PassCase.Rewritten(Once(2, 1, 1)));
    }

    [Theory]
    [InlineData("MatMul")]
    [InlineData("Gemm")]
    public void A_constant_added_to_a_product_becomes_its_bias(string name)
    {
        ModelBuilder Case(long[] dimensions) =>
            Input().Constant("w", [3, 4], .1f, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
            .Constant("b", dimensions, 1, 2, 3, 4).Node(name, "x w", "p").Node("Add", "b p", "y").Output("y");
        Assert.Equal("Gemm", PassCase.Rewritten(Case([4])));
        Assert.Equal($"{name} Add", PassCase.Rewritten(Case([4]), "p"));
    }

    [Fact]
    public void Each_rewrite_is_listed_with_its_pass_and_node()
    {
        ModelGraph graph = Input().Node("Neg", "x", "a").Node("Identity", "a", "b").Node("Neg", "b", "y")
            .Output("y")
            .Read().Graph;
        ShapeInference.Run(graph, new Core.SessionOptions(), Graph.ReferenceOperators.Create);
        Assert.Equal(
            [new Rewrite("drop copies", "Identity@b", "Identity dropped, it copies 'a'")],
            PassList.Run(graph, [], PassLevel.CleanUp, Graph.ReferenceOperators.Create));
        Assert.Contains("drop copies", PassList.Names);
    }
}
