using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;
using EdgeConv.Engine.Tests.Onnx;
using Xunit;

namespace EdgeConv.Engine.Tests.Graph;

public class ShapeInferenceTest
{
    private const int Int64 = 7;

    private static ModelGraph Infer(ModelBuilder builder, SessionOptions? options = null)
    {
        ModelGraph graph = builder.Read().Graph;
        ShapeInference.Run(graph, options ?? new SessionOptions(), ReferenceOperators.Create);
        return graph;
    }

    private static string Refusal(ModelBuilder builder, SessionOptions? options = null) =>
        Assert.Throws<ModelError>(() => Infer(builder, options)).Message;

    private static SessionOptions Shaped(string name, params int[] extents) =>
        new() { InputShapes = new Dictionary<string, Shape> { [name] = new Shape(extents) } };

    private static SessionOptions Bound(string name, params long[] values) => new()
    {
        BoundInputs = new Dictionary<string, Tensor>
        {
            [name] = Tensor.From<long>(new Shape(values.Length), values),
        },
    };

    private static ModelBuilder Free() =>
        new ModelBuilder().Input("x", -1, 3).Node("Relu", "x", "y").Output("y");

    private static ModelBuilder Target() => new ModelBuilder()
        .Input("x", 2, 3).TypedInput("s", Int64, 2).Node("Reshape", "x s", "y").Output("y");

    [Fact]
    public void A_free_first_dimension_is_1_unless_a_shape_is_given()
    {
        Assert.Equal(new Shape(1, 3), Infer(Free()).Outputs[0].Shape);
        Assert.Equal(new Shape(5, 3), Infer(Free(), Shaped("x", 5, 3)).Outputs[0].Shape);
    }

    [Fact]
    public void Any_other_free_dimension_must_be_given()
    {
        ModelBuilder builder = new ModelBuilder().Input("x", -1, 3, -1).Node("Relu", "x", "y").Output("y");
        Assert.Equal(
            "m.onnx: input 'x': the model takes [?,3,?] and leaves the extents '?' open; give them all, as "
            + "--shape x=1x3x224",
            Refusal(builder));
        Assert.Equal(new Shape(1, 3, 7), Infer(builder, Shaped("x", 1, 3, 7)).Outputs[0].Shape);
    }

    [Fact]
    public void A_shape_against_the_declaration_is_refused()
    {
        Assert.Equal(
            "m.onnx: input 'x': shape [5,4], the model takes [?,3]", Refusal(Free(), Shaped("x", 5, 4)));
        Assert.Equal("m.onnx: input 'x': shape [3], the model takes [?,3]", Refusal(Free(), Shaped("x", 3)));
        Assert.Equal("m.onnx: has no input 'z'; its inputs are 'x'", Refusal(Free(), Shaped("z", 3)));
    }

    [Fact]
    public void An_input_without_a_declared_shape_needs_one()
    {
        ModelBuilder builder = Free();
        builder.Graph.Input[0].Type.TensorType.Shape = null;
        Assert.Equal("m.onnx: input 'x': the model declares no shape for it; give one", Refusal(builder));
        Assert.Equal(new Shape(2), Infer(builder, Shaped("x", 2)).Outputs[0].Shape);
    }

    [Fact]
    public void Nodes_with_constant_inputs_become_constants()
    {
        ModelGraph graph = Infer(new ModelBuilder()
            .Input("x", 2).Constant("a", 1, 2).Constant("b", 3, 4)
            .Node("Add", "a b", "c").Node("Identity", "c", "d").Node("Mul", "x d", "y").Output("y"));
        Node mul = Assert.Single(graph.Nodes);
        Assert.Equal([4f, 6f], mul.Inputs[1]!.Constant!.AsSpan<float>().ToArray());
        Assert.Null(mul.Inputs[1]!.Producer);
    }

    [Fact]
    public void The_shape_of_a_value_is_constant_although_the_value_is_not()
    {
        ModelGraph graph = Infer(
            new ModelBuilder().Input("x", -1, 3).Input("z", 3, -1)
                .Node("Relu", "x", "r").Node("Shape", "r", "s").Node("Reshape", "z s", "y").Output("y"),
            new SessionOptions
            {
                InputShapes = new Dictionary<string, Shape>
                {
                    ["x"] = new Shape(2, 3),
                    ["z"] = new Shape(3, 2),
                },
            });
        Assert.Equal(new Shape(2, 3), graph.Outputs[0].Shape);
        Assert.Equal(["Relu", "Reshape"], graph.Nodes.Select(node => node.OperatorName));
    }

    [Fact]
    public void An_input_that_decides_a_shape_is_named_and_can_be_bound()
    {
        Assert.Equal(["s"], ShapeInference.ValueInputs(Target().Read().Graph, ReferenceOperators.Create));
        Assert.Equal(
            "m.onnx: node 'Reshape@y' (Reshape): input 1 's' decides a shape and must be known when the "
            + "model is loaded; it is computed from 's'",
            Refusal(Target()));
        ModelGraph graph = Infer(Target(), Bound("s", 3, 2));
        Assert.Equal(new Shape(3, 2), graph.Outputs[0].Shape);
        Assert.True(graph.Inputs[1].Value.IsConstant);
    }

    [Fact]
    public void Inputs_that_decide_shapes_are_found_through_chains_but_not_through_shapes()
    {
        ModelGraph graph = new ModelBuilder()
            .Input("x", 2, 3).TypedInput("s", Int64, 2).TypedInput("t", Int64, 2).Input("u", 2, 2)
            .Node("Add", "s t", "a").Node("Identity", "a", "b").Node("Reshape", "x b", "y")
            .Node("Shape", "u", "v").Node("Reshape", "x v", "w").Output("y").Output("w").Read().Graph;
        Assert.Equal(["s", "t"], ShapeInference.ValueInputs(graph, ReferenceOperators.Create));
    }

    [Fact]
    public void A_bound_value_is_copied_and_must_fit_the_declaration()
    {
        SessionOptions options = Bound("s", 3, 2);
        ModelGraph graph = Infer(Target(), options);
        options.BoundInputs["s"].Dispose();
        Assert.Equal([3L, 2L], graph.Inputs[1].Value.Constant!.AsSpan<long>().ToArray());
        Assert.Equal(
            "m.onnx: input 's': shape [3], the model takes [2]", Refusal(Target(), Bound("s", 3, 2, 1)));
        Assert.Equal(
            "m.onnx: input 'x': a value of int64 for an input of float32",
            Refusal(Target(), Bound("x", 3, 2)));
    }

    [Fact]
    public void Values_that_change_their_shape_with_the_data_may_only_leave_the_graph()
    {
        ModelBuilder builder = new ModelBuilder().Input("x", 3).Node("NonZero", "x", "i").Output("i");
        Assert.Equal("i", Infer(builder).Outputs[0].Name);
        Assert.Equal(
            "m.onnx: node 'Shape@s' (Shape): input 'i' changes its shape with the data; only graph outputs "
            + "may",
            Refusal(builder.Node("Shape", "i", "s").Output("s")));
    }

    [Fact]
    public void A_value_larger_than_the_limit_is_refused()
    {
        ModelBuilder builder = new ModelBuilder()
            .Input("a", 30000, 1).Input("b", 1, 30000).Node("Add", "a b", "y").Output("y");
        Assert.Equal(
            "m.onnx: node 'Add@y' (Add): output 'y' float32[30000,30000] takes more than 1024 MB",
            Refusal(builder));
    }

    [Fact]
    public void Folding_stops_before_it_takes_too_much_memory()
    {
        ModelGraph graph = Infer(new ModelBuilder()
            .Constant("a", [8200, 1], new float[8200]).Constant("b", [1, 8200], new float[8200])
            .Node("Add", "a b", "c").Node("Identity", "a", "d").Output("c").Output("d"));
        Assert.Equal(["Add@c"], graph.Nodes.Select(node => node.Name));
    }

    [Fact]
    public void What_an_operator_throws_becomes_an_error_of_the_model()
    {
        ModelGraph graph = Free().Read().Graph;
        ModelError error = Assert.Throws<ModelError>(() => ShapeInference.Run(
            graph, new SessionOptions(), node => throw new OverflowException("too big")));
        Assert.Equal(
            "m.onnx: node 'Relu@y' (Relu): its attributes and inputs do not fit together (too big)",
            error.Message);
    }

    [Fact]
    public void Operators_of_the_table_are_used_unless_others_are_given()
    {
        ModelGraph graph = new ModelBuilder().Input("x", 1).Node("NoSuch", "x", "y").Output("y").Read().Graph;
        Assert.Equal(
            "m.onnx: node 'NoSuch@y' (NoSuch): operator 'NoSuch' is not supported",
            Assert.Throws<ModelError>(() => ShapeInference.Run(graph, new SessionOptions())).Message);
        Assert.DoesNotContain("NoSuch", OperatorTable.Names);
    }
}
