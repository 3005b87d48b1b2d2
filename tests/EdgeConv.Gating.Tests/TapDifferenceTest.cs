using CsCheck;
using EdgeConv.Core;
using Xunit;

namespace EdgeConv.Gating.Tests;

public sealed class TapDifferenceTest
{
    private static readonly FitOptions Options = new() { Taps = [new TapChoice("t", 3)], Alpha = 0.2 };

    [Fact]
    public void A_fingerprint_does_not_differ_from_itself()
    {
        TapFingerprint tap = Clusters.Fit(Options, 200).Taps[0];
        TapDifference difference = TapDifference.Of(tap, tap);
        Assert.Equal((0, 0), (difference.SquaredDistance, difference.LogDeterminantChange));
        Assert.All(difference.Features, feature => Assert.Equal((0, 0), (feature.Shift, feature.LogVarianceRatio)));
    }

    [Fact]
    public void The_distance_is_symmetric_and_the_sum_of_its_parts() =>
        Gen.Int[0, 1000].Holds(seed =>
        {
            TapFingerprint one = Fit(seed, 0, 1), other = Fit(seed + 1, 2, 3);
            TapDifference there = TapDifference.Of(one, other), back = TapDifference.Of(other, one);
            Assert.Equal(there.SquaredDistance, back.SquaredDistance, 1e-9 * there.SquaredDistance);
            Assert.Equal(there.LogDeterminantChange, -back.LogDeterminantChange, 1e-9);
            Assert.Equal(there.SquaredDistance, there.Features.Sum(feature => feature.Contribution), 1e-9);
        }, count: 50);

    /// <summary>
    /// Moments by hand: means 0 and (3, 0), both W/N = diag(1, 4), N = 1000 each. OAS of diag(1, 4) at n =
    /// 2000: a = 17/4, m = 2.5, s = (4.25 + 6.25)/(2001 (4.25 − 3.125)) = 0.0046643; the first variance
    /// becomes 1 + 1.5 s, so that D² = 9/(1 + 1.5 s).
    /// </summary>
    [Fact]
    public void A_shift_of_three_deviations_is_a_squared_distance_of_nine()
    {
        TapDifference difference = TapDifference.Of(Tap(0, 1, 4), Tap(3, 1, 4));
        double shrinkage = 10.5 / (2001 * 1.125);
        Assert.Equal(9 / (1 + 1.5 * shrinkage), difference.SquaredDistance, 1e-12);
        double trace = 1 / (1 + 1.5 * shrinkage) + 4 / (4 - 1.5 * shrinkage);
        Assert.Equal(trace * (1e-3 + 1e-3), difference.ExpectedByChance, 1e-12);
        Assert.Equal((0, "mean"), (difference.Features[0].Channel, difference.Features[0].Statistic));
        Assert.Equal(3 / Math.Sqrt(1 + 1.5 * shrinkage), difference.Features[0].Shift, 1e-12);
    }

    [Fact]
    public void A_doubled_deviation_is_told_by_variance_and_determinant()
    {
        TapDifference difference = TapDifference.Of(Tap(0, 1, 4), Tap(0, 4, 16));
        Assert.Equal(2 * Math.Log(4), difference.LogDeterminantChange, 1e-9);
        Assert.All(difference.Features, feature => Assert.Equal(Math.Log(4), feature.LogVarianceRatio, 1e-12));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Two_samples_of_one_distribution_are_as_far_apart_as_chance_expects(int classes)
    {
        TapDifference[] differences =
        [
            .. Enumerable.Range(0, 300).Select(i =>
                TapDifference.Of(Fit(2 * i, 0, 1, classes), Fit(2 * i + 1, 0, 1, classes))),
        ];
        double expected = differences.Average(d => d.ExpectedByChance);
        Assert.InRange(differences.Average(d => d.SquaredDistance) / expected, 0.85, 1.15);
    }

    [Fact]
    public void Taps_of_different_features_are_refused()
    {
        TapFingerprint tap = Clusters.Fit(Options, 200).Taps[0];
        FitOptions other = Options with { Taps = [new TapChoice("t", 3) { Statistic = TapStatistic.MeanAndVariance }] };
        FingerprintError error =
            Assert.Throws<FingerprintError>(() => TapDifference.Of(tap, Clusters.Fit(other, 200).Taps[0]));
        Assert.Equal("t: 3 features (mean) cannot be compared with 6 (mean+variance)", error.Message);
    }

    private static TapFingerprint Tap(double mean, double first, double second)
    {
        TapFingerprint any = Clusters.Fit(new FitOptions { Taps = [new TapChoice("t", 2)], Alpha = 0.2 }, 100).Taps[0];
        return any with { Moments = new Moments([1000], [mean, 0], [1000 * first, 0, 1000 * second]) };
    }

    // Samples of a class drawn at random each, so that the shares of the classes vary too.
    private static TapFingerprint Fit(int seed, float shift, float scale, int classes = 1)
    {
        FingerprintFitter fitter = new(FakeSession.Identity, Options with { Classes = classes }, new FixedTime());
        Clusters clusters = new(seed, 3);
        Random random = new(seed);
        for (int i = 0; i < 200; i++)
        {
            int c = random.Next(classes);
            fitter.Add("", c, [.. clusters.Next(c, shift).Select(x => scale * x)]);
        }

        return fitter.Finish().Taps[0];
    }
}
