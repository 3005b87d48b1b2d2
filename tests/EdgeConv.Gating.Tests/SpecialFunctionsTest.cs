using Xunit;

namespace EdgeConv.Gating.Tests;

/// <summary>
/// Expected values from scipy 1.10.1: stats.beta.ppf, stats.chi2.ppf and sf, special.gammaln.
/// </summary>
public sealed class SpecialFunctionsTest
{
    [Theory]
    [InlineData(.95, 5, 996, 0.009129952563871467)]
    [InlineData(.95, 6, 995, 0.010484076911415651)]
    [InlineData(.95, 39, 962, 0.04951287025592598)]
    [InlineData(.95, 40, 961, 0.050634006794887956)]
    public void Beta_quantiles_match(double p, double a, double b, double expected) =>
        Assert.Equal(expected, SpecialFunctions.BetaQuantile(p, a, b), 1e-10 * expected);

    [Theory]
    [InlineData(.95, 13, 22.362032494826934)]
    [InlineData(.99, 13, 27.68824961045705)]
    [InlineData(.999, 13, 34.52817897487089)]
    [InlineData(.99, 64, 93.21685966023843)]
    public void Chi_squared_quantiles_match(double p, double k, double expected) =>
        Assert.Equal(expected, SpecialFunctions.ChiSquaredQuantile(p, k), 1e-10 * expected);

    [Fact]
    public void Chi_squared_survival_matches() =>
        Assert.Equal(0.004709704765471494, SpecialFunctions.ChiSquaredSurvival(13, 30), 1e-14);

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0.5, 0.5723649429247001)]
    [InlineData(10, 12.801827480081469)]
    [InlineData(1001, 5912.128178488163)]
    public void Log_gamma_matches(double x, double expected) =>
        Assert.Equal(expected, SpecialFunctions.LogGamma(x), 1e-13 * Math.Max(1, expected));

    [Theory]
    [InlineData(1e-6)]
    [InlineData(0.3)]
    [InlineData(0.999)]
    public void A_quantile_inverts_its_distribution_function(double p)
    {
        Assert.Equal(p, SpecialFunctions.Beta(2.5, 7, SpecialFunctions.BetaQuantile(p, 2.5, 7)), 1e-12);
        Assert.Equal(p, SpecialFunctions.ChiSquared(9, SpecialFunctions.ChiSquaredQuantile(p, 9)), 1e-12);
    }
}
