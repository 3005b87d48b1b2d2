using EdgeConv.Core;
using EdgeConv.Engine.Operators;
using Xunit;

namespace EdgeConv.Engine.Tests.Arrangement;

public class GatherAndScatterTest
{
    [Fact]
    public void Gathering_every_index_is_the_identity_along_any_axis()
    {
        foreach (DataType type in Enum.GetValues<DataType>())
        {
            using Tensor x = Run.Counting(type, 2, 3, 4);
            for (int axis = 0; axis < 3; axis++)
            {
                Tensor all = Run.Ints([.. Enumerable.Range(0, x.Shape[axis]).Select(i => (long)i)]);
                Run.AssertSame(x, Run.One("Gather", [x, all], ("axis", (long)axis)));
                Tensor negative =
                    Run.Ints([.. Enumerable.Range(0, x.Shape[axis]).Select(i => (long)i - x.Shape[axis])]);
                Run.AssertSame(x, Run.One("Gather", [x, negative], ("axis", (long)axis - 3)));
            }
        }
    }

    [Fact]
    public void Gather_by_a_scalar_removes_the_axis()
    {
        using Tensor x = Run.Counting(DataType.Float32, 2, 3);
        using Tensor y = Run.One("Gather", [x, Tensor.From(Shape.Scalar, -1)], ("axis", 1L));
        Assert.Equal(new Shape(2), y.Shape);
        Assert.Equal([2, 5], y.AsSpan<float>().ToArray());
    }

    [Fact]
    public void Indices_out_of_range_are_refused_while_running_and_when_constant()
    {
        using Tensor x = Run.Counting(DataType.Float32, 2, 3);
        foreach (long index in new[] { 2, -3, long.MinValue, long.MaxValue })
        {
            Run.Refused("Gather", 13, [x, Run.Ints(index)]);
            Run.Refused("GatherElements", 13, [x, Tensor.From(new Shape(1, 1), index)]);
            Run.Refused("GatherND", 13, [x, Tensor.From(new Shape(1, 1), index)]);
            Run.Refused(
                "ScatterElements", 13, [x, Tensor.From(new Shape(1, 1), index), Run.Floats([1, 1], 0)]);
            Run.Refused(
                "ScatterND", 13, [x, Tensor.From(new Shape(1, 1), index), Run.Floats([1, 3], 0, 0, 0)]);
            Operator made = Run.Make("Gather", 13, 1, [x, Run.Ints(index)]);
            made.Node.Inputs[1]!.Constant = Run.Ints(index);
            Assert.Throws<ModelError>(() => made.Infer(new InferenceContext(made.Node)));
        }
    }

    [Fact]
    public void Gather_elements_matches_the_definition()
    {
        using Tensor x = Run.Counting(DataType.Int64, 3, 3);
        using Tensor y = Run.One(
            "GatherElements", [x, Tensor.From<long>(new Shape(2, 3), 1, 2, 0, 2, 0, 0)], ("axis", 0L));
        Assert.Equal([3, 7, 2, 6, 1, 2], y.AsSpan<long>().ToArray());
        Run.Refused("GatherElements", 13, [x, new Tensor(DataType.Int64, new Shape(2, 4))], ("axis", 0L));
    }

    [Fact]
    public void Gather_nd_takes_blocks_within_each_batch()
    {
        using Tensor x = Run.Counting(DataType.Int32, 2, 2, 2);
        using Tensor y =
            Run.One("GatherND", [x, Tensor.From<long>(new Shape(2, 1), 1, 0)], ("batch_dims", 1L));
        Assert.Equal([2, 3, 4, 5], y.AsSpan<int>().ToArray());
        using Tensor single = Run.One("GatherND", [x, Run.Ints(1, 0, 1)]);
        Assert.Equal(Shape.Scalar, single.Shape);
        Assert.Equal(5, single.AsSpan<int>()[0]);
    }

    [Fact]
    public void Scattering_what_was_gathered_restores_the_tensor()
    {
        using Tensor x = Run.Counting(DataType.Float64, 3, 4);
        using Tensor zero = new(DataType.Float64, x.Shape);
        Tensor rows = Tensor.From<long>(new Shape(3, 1), 2, 0, 1);
        using Tensor gathered = Run.One("GatherND", [x, rows]);
        Run.AssertSame(x, Run.One("ScatterND", [zero, rows, gathered]));
    }

    [Theory]
    [InlineData("none", 5)]
    [InlineData("add", 8)]
    [InlineData("mul", 10)]
    [InlineData("max", 5)]
    [InlineData("min", 1)]
    public void Scatter_joins_updates_by_its_reduction(string reduction, float expected)
    {
        using Tensor x = Run.Floats([1, 3], 7, 1, 7);
        Tensor updates = Run.Floats([1, 2], 2, 5);
        using Tensor y = Run.One("ScatterElements", 18,
            [x, Tensor.From<long>(new Shape(1, 2), 1, 1), updates], ("axis", 1L), ("reduction", reduction));
        Assert.Equal([7, expected, 7], y.AsSpan<float>().ToArray());
        using Tensor nd = Run.One("ScatterND", 18,
            [x, Tensor.From<long>(new Shape(2, 2), 0, 1, 0, 1), Run.Floats([2], 2, 5)],
            ("reduction", reduction));
        Run.AssertSame(y, nd);
    }

    [Fact]
    public void A_tensor_smaller_than_inferred_is_handled_while_running()
    {
        using Tensor x = Run.Counting(DataType.Float32, 3, 2);
        Tensor indices = Run.Ints(2, 1, 0);
        Operator made = Run.Make("Gather", 13, 1, [x, indices]);
        TensorType type = made.Infer(new InferenceContext(made.Node))[0];
        using Tensor y = new(type.Type, type.Shape);
        indices.Reshape(new Shape(1));
        made.Run([x, indices], [y]);
        Assert.Equal(new Shape(1, 2), y.Shape);
        Assert.Equal([4, 5], y.AsSpan<float>().ToArray());
        Assert.Throws<ModelError>(() => made.Run([x, new Tensor(DataType.Int64, new Shape(9))], [y]));
    }
}
