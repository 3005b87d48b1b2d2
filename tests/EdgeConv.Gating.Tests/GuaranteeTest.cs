using Xunit;

namespace EdgeConv.Gating.Tests;

public sealed class GuaranteeTest
{
    /// <summary>scipy 1.10.1: beta.ppf(.95, 39, 962) and beta.ppf(.95, 5, 996).</summary>
    [Theory]
    [InlineData(0.05, 0.04951287025592598, 39.0 / 1001)]
    [InlineData(0.01, 0.009129952563871467, 5.0 / 1001)]
    public void The_bound_with_confidence_is_a_quantile_of_beta(double alpha, double bound, double threshold)
    {
        Guarantee guarantee = new(1000, alpha, 0.05);
        Assert.Equal(bound, guarantee.Bound, 1e-12);
        Assert.Equal(threshold, guarantee.Threshold, 1e-15);
    }

    [Fact]
    public void On_average_the_bound_is_what_the_ranks_reach()
    {
        Assert.Equal(0.05, new Guarantee(99, 0.05, null).Bound, 1e-15);
        Assert.Equal(5 / 101.0, new Guarantee(100, 0.05, null).Bound, 1e-15);
        Assert.Equal(0, new Guarantee(10, 0.05, null).Bound);
    }

    [Fact]
    public void It_is_said_in_one_line()
    {
        Assert.Equal(
            "with 95 % confidence at most 5 % of in-distribution inputs are flagged: 1000 calibration samples "
                + "reach 4.95 %, flagging p up to 0.038961",
            new Guarantee(1000, 0.05, 0.05).ToString());
        Assert.Equal(
            "on average over calibration sets at most 5 % of in-distribution inputs are flagged: 100 calibration "
                + "samples reach 4.95 %, flagging p up to 0.05",
            new Guarantee(100, 0.05, null).ToString());
    }
}
