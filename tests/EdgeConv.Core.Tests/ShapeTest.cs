using Xunit;

namespace EdgeConv.Core.Tests;

public sealed class ShapeTest
{
    [Fact]
    public void A_scalar_has_one_element() => Assert.Equal(1, Shape.Scalar.ElementCount);

    [Fact]
    public void A_zero_extent_makes_it_empty() => Assert.Equal(0, new Shape(2, 0, 3).ElementCount);

    [Theory]
    [InlineData(65536L, 65536L)]
    [InlineData(1L << 40, 1L)]
    [InlineData(-1L, 4L)]
    [InlineData((long)int.MaxValue, 0L, 2L)]
    [InlineData(long.MaxValue, long.MaxValue)]
    public void Untrusted_extents_that_overflow_are_refused_with_a_reason(params long[] dimensions)
    {
        Assert.False(Shape.TryCreate(dimensions, out Shape? shape, out string? problem));
        Assert.Null(shape);
        Assert.NotEmpty(problem);
    }

    [Fact]
    public void Negative_axes_count_from_the_end() => Assert.Equal(224, new Shape(1, 3, 224)[-1]);

    [Fact]
    public void Equality_is_by_extents()
    {
        Assert.Equal(new Shape(1, 2), new Shape(1, 2));
        Assert.NotEqual(new Shape(1, 2), new Shape(2, 1));
        Assert.NotEqual(new Shape(2), new Shape(2, 1));
        Assert.Equal("[1,2]", new Shape(1, 2).ToString());
    }
}
