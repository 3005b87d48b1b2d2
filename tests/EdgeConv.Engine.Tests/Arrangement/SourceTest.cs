using EdgeConv.Core;
using Xunit;

namespace EdgeConv.Engine.Tests.Arrangement;

public class SourceTest
{
    [Theory]
    [InlineData(0, long.MaxValue, new long[] { 2, 3, 4 })]
    [InlineData(1, -1, new long[] { 3 })]
    [InlineData(-9, 9, new long[] { 2, 3, 4 })]
    [InlineData(2, 1, new long[0])]
    public void Shape_takes_a_part_of_the_extents(long start, long end, long[] expected)
    {
        using Tensor x = Run.Counting(DataType.Int8, 2, 3, 4);
        using Tensor y = Run.One("Shape", [x], ("start", start), ("end", end));
        Assert.Equal(expected, y.AsSpan<long>().ToArray());
        Assert.Equal(24, Run.One("Size", [x]).AsSpan<long>()[0]);
    }

    [Fact]
    public void Constant_of_shape_fills_with_its_value_or_zero()
    {
        Run.AssertSame(Run.Floats([2], 0, 0), Run.One("ConstantOfShape", [Run.Ints(2)]));
        using Tensor value = Tensor.From(new Shape(1), 7L);
        Run.AssertSame(Run.Ints(7, 7), Run.One("ConstantOfShape", [Run.Ints(2)], ("value", value)));
        Run.AssertSame(
            Tensor.From(Shape.Scalar, 7L), Run.One("ConstantOfShape", [Run.Ints()], ("value", value)));
        Assert.Equal(0, Run.One("ConstantOfShape", [Run.Ints(2, 0)]).Length);
    }

    [Fact]
    public void Range_counts_up_and_down()
    {
        static Tensor Scalar(long value) => Tensor.From(Shape.Scalar, value);
        Assert.Equal([1, 4, 7], Run.One("Range", [Scalar(1), Scalar(8), Scalar(3)]).AsSpan<long>().ToArray());
        Assert.Equal([5, 3], Run.One("Range", [Scalar(5), Scalar(1), Scalar(-2)]).AsSpan<long>().ToArray());
        Assert.Equal(0, Run.One("Range", [Scalar(5), Scalar(9), Scalar(-2)]).Length);
        Run.Refused("Range", 11, [Scalar(0), Scalar(9), Scalar(0)]);
        Run.Refused("Range", 11, [Scalar(0), Scalar(long.MaxValue), Scalar(1)]);
        static Tensor Real(float value) => Tensor.From(Shape.Scalar, value);
        Run.Refused("Range", 11, [Real(float.NaN), Real(1), Real(1)]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(-1)]
    [InlineData(7)]
    [InlineData(long.MinValue)]
    public void Eye_has_ones_on_its_diagonal_only(long diagonal)
    {
        using Tensor x = new(DataType.Int32, new Shape(3, 4));
        using Tensor y = Run.One("EyeLike", [x], ("k", diagonal), ("dtype", 1L));
        for (int i = 0; i < 12; i++)
            Assert.Equal((i % 4) - (i / 4) == diagonal ? 1 : 0, y.AsSpan<float>()[i]);
    }

    [Fact]
    public void One_hot_wraps_negative_indices_and_ignores_those_out_of_range()
    {
        Tensor depth = Tensor.From(Shape.Scalar, 3L);
        using Tensor last = Run.One("OneHot", [Run.Ints(0, -1, 5), depth, Run.Floats([2], -1, 1)]);
        Assert.Equal([1, -1, -1, -1, -1, 1, -1, -1, -1], last.AsSpan<float>().ToArray());
        using Tensor first = Run.One("OneHot", [Run.Ints(0, -1, 5), depth, Run.Ints(0, 9)], ("axis", 0L));
        Assert.Equal([9, 0, 0, 0, 0, 0, 0, 9, 0], first.AsSpan<long>().ToArray());
        Run.Refused("OneHot", 11, [Run.Ints(0), Tensor.From(Shape.Scalar, -1L), Run.Ints(0, 9)]);
    }

    [Theory]
    [InlineData("edge", new float[] { 1, 1, 1, 2, 3, 3, 3 })]
    [InlineData("reflect", new float[] { 3, 2, 1, 2, 3, 2, 1 })]
    [InlineData("wrap", new float[] { 2, 3, 1, 2, 3, 1, 2 })]
    [InlineData("constant", new float[] { 9, 9, 1, 2, 3, 9, 9 })]
    public void Padding_repeats_what_its_mode_says(string mode, float[] expected)
    {
        using Tensor x = Run.Floats([3], 1, 2, 3);
        using Tensor y = Run.One("Pad", 19, [x, Run.Ints(2, 2), Run.Floats([], 9)], ("mode", mode));
        Assert.Equal(expected, y.AsSpan<float>().ToArray());
    }

    [Fact]
    public void Padding_by_attributes_of_opset_1_and_2_and_by_axes_of_18_agree()
    {
        using Tensor x = Run.Counting(DataType.Float32, 2, 2);
        using Tensor first = Run.One("Pad", 1, [x], ("paddings", new long[] { 0, 1, 0, 2 }), ("value", 5f));
        using Tensor second = Run.One("Pad", 2, [x], ("pads", new long[] { 0, 1, 0, 2 }), ("value", 5f));
        using Tensor named = Run.One("Pad", 18, [x, Run.Ints(1, 2), Run.Floats([1], 5), Run.Ints(-1)]);
        Assert.Equal([5, 0, 1, 5, 5, 5, 2, 3, 5, 5], first.AsSpan<float>().ToArray());
        Run.AssertSame(first, second);
        Run.AssertSame(first, named);
        Assert.True(Run.Refused("Pad", 13, [x, Run.Ints(0, 0, 0, 0)], ("mode", "wrap")).IsUnsupported);
    }
}
