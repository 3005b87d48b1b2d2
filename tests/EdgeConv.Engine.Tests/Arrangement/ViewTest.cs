using EdgeConv.Core;
using Xunit;

namespace EdgeConv.Engine.Tests.Arrangement;

public class ViewTest
{
    [Theory]
    [InlineData(new long[] { 0, -1 }, 0, new[] { 2, 12 })]
    [InlineData(new long[] { -1 }, 0, new[] { 24 })]
    [InlineData(new long[] { 4, 0, 2 }, 0, new[] { 4, 3, 2 })]
    [InlineData(new long[] { 1, 24, 1, 1 }, 1, new[] { 1, 24, 1, 1 })]
    public void Reshape_keeps_zeros_and_finds_the_rest(long[] target, long allowZero, int[] expected)
    {
        using Tensor x = Run.Counting(DataType.Int64, 2, 3, 4);
        using Tensor y = Run.One("Reshape", [x, Run.Ints(target)], ("allowzero", allowZero));
        Assert.Equal(new Shape(expected), y.Shape);
        Assert.True(x.AsBytes().SequenceEqual(y.AsBytes()));
    }

    [Theory]
    [InlineData(new long[] { 5, -1 })]
    [InlineData(new long[] { -1, -1 })]
    [InlineData(new long[] { -2, 12 })]
    [InlineData(new long[] { 2, 3, 4, 0 })]
    [InlineData(new long[] { 25 })]
    [InlineData(new long[] { long.MaxValue, -1 })]
    [InlineData(new long[] { int.MaxValue, int.MaxValue, int.MaxValue, -1 })]
    [InlineData(new long[] { 4294967296, 4294967296, 24 })]
    public void Reshape_refuses_targets_that_do_not_fit(long[] target)
    {
        using Tensor x = Run.Counting(DataType.Int8, 2, 3, 4);
        Run.Refused("Reshape", 13, [x, Run.Ints(target)]);
    }

    [Fact]
    public void Reshape_of_an_empty_tensor_may_name_its_zero()
    {
        using Tensor x = new(DataType.Float32, new Shape(0, 3));
        Assert.Equal(new Shape(3, 0), Run.One("Reshape", [x, Run.Ints(3, 0)], ("allowzero", 1L)).Shape);
        Run.Refused("Reshape", 14, [x, Run.Ints(0, -1)], ("allowzero", 1L));
    }

    [Fact]
    public void Reshape_of_opset_1_takes_an_attribute()
    {
        using Tensor x = Run.Counting(DataType.Float32, 2, 3);
        Assert.Equal(new Shape(3, 2), Run.One("Reshape", 1, [x], ("shape", new long[] { -1, 2 })).Shape);
    }

    [Fact]
    public void A_scalar_reshapes_to_a_vector_and_back()
    {
        using Tensor scalar = Tensor.From(Shape.Scalar, 7f);
        using Tensor vector = Run.One("Reshape", [scalar, Run.Ints(-1)]);
        Assert.Equal(new Shape(1), vector.Shape);
        using Tensor back = Run.One("Reshape", [vector, Run.Ints()]);
        Run.AssertSame(scalar, back);
        Run.AssertSame(scalar, Run.One("Identity", [scalar]));
        Run.AssertSame(scalar, Run.One("Transpose", [scalar]));
        Run.AssertSame(scalar, Run.One("Slice", [scalar, Run.Ints(), Run.Ints()]));
        Assert.Equal(new Shape(1, 1), Run.One("Flatten", [scalar], ("axis", 0L)).Shape);
    }

    [Theory]
    [InlineData(0, 1, 24)]
    [InlineData(1, 2, 12)]
    [InlineData(3, 24, 1)]
    [InlineData(-1, 6, 4)]
    public void Flatten_splits_the_shape_at_its_axis(long axis, int rows, int columns)
    {
        using Tensor x = Run.Counting(DataType.Bool, 2, 3, 4);
        Assert.Equal(new Shape(rows, columns), Run.One("Flatten", [x], ("axis", axis)).Shape);
    }

    [Fact]
    public void Squeeze_undoes_unsqueeze_in_both_notations()
    {
        using Tensor x = Run.Counting(DataType.UInt8, 2, 3);
        long[] axes = [-1, 0, 2];
        using Tensor wide = Run.One("Unsqueeze", [x, Run.Ints(axes)]);
        Assert.Equal(new Shape(1, 2, 1, 3, 1), wide.Shape);
        Assert.Equal(wide.Shape, Run.One("Unsqueeze", 11, [x], ("axes", axes)).Shape);
        Run.AssertSame(x, Run.One("Squeeze", [wide, Run.Ints(axes)]));
        Run.AssertSame(x, Run.One("Squeeze", [wide]));
        Run.AssertSame(x, Run.One("Squeeze", 11, [wide], ("axes", axes)));
    }

    [Fact]
    public void Axes_that_do_not_exist_repeat_or_are_not_one_are_refused()
    {
        using Tensor x = Run.Counting(DataType.UInt8, 2, 1);
        Run.Refused("Squeeze", 13, [x, Run.Ints(0)]);
        Run.Refused("Squeeze", 13, [x, Run.Ints(2)]);
        Run.Refused("Unsqueeze", 13, [x, Run.Ints(1, 1)]);
        Run.Refused("Unsqueeze", 13, [x, Run.Ints(3)]);
        Run.Refused("Unsqueeze", 13, [x, Run.Ints([.. Enumerable.Range(0, 15).Select(axis => (long)axis)])]);
        Run.Refused("Flatten", 13, [x], ("axis", 3L));
        Run.Refused("Transpose", 13, [x], ("perm", new long[] { 0, 0 }));
        Run.Refused("Transpose", 13, [x], ("perm", new long[] { 0 }));
        Run.Refused("Concat", 13, [x, x], ("axis", 2L));
        Run.Refused("Split", 13, [x, Run.Ints(3)]);
        Run.Refused("Split", 11, [x], ("split", new long[] { -1 }));
        Run.Refused("Gather", 13, [x, Run.Ints(0)], ("axis", -3L));
    }

    [Fact]
    public void An_unknown_attribute_is_refused_by_name()
    {
        using Tensor x = Run.Counting(DataType.UInt8, 2, 1);
        ModelError error = Run.Refused("Squeeze", 13, [x], ("axes", new long[] { 1 }));
        Assert.True(error.IsUnsupported);
        Assert.Contains("'axes'", error.Message, StringComparison.Ordinal);
    }
}
