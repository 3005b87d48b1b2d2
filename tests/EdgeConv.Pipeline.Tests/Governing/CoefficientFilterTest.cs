using EdgeConv.Pipeline.Governing;
using Xunit;

namespace EdgeConv.Pipeline.Tests.Governing;

public sealed class CoefficientFilterTest
{
    private static readonly double[] s_one = [1];
    private readonly CoefficientFilter _filter = new([3], [1], [0.01], 0.02);

    public CoefficientFilterTest()
    {
        for (int i = 0; i < 60; i++)
            Measure(3 + (i % 2 == 0 ? 0.02 : -0.02));
    }

    [Fact]
    public void Two_outliers_that_are_alike_are_a_jump()
    {
        Measure(3.6);
        Assert.False(_filter.HasRisen);
        Assert.Equal(3, _filter[0], 0.05);
        Measure(3.62);
        Assert.True(_filter.HasRisen);
        Assert.Equal(3.6, _filter[0], 0.1);
    }

    [Fact]
    public void Two_outliers_that_differ_are_none()
    {
        Measure(3.6);
        Measure(4.4);
        Assert.False(_filter.HasRisen);
        Assert.Equal(3, _filter[0], 0.05);
    }

    [Fact]
    public void A_jump_downwards_is_taken_in_but_is_no_rise()
    {
        Measure(2.4);
        Measure(2.42);
        Assert.False(_filter.HasRisen);
        Assert.Equal(2.4, _filter[0], 0.1);
    }

    private void Measure(double value) => _filter.Update(s_one, value, 1);
}
