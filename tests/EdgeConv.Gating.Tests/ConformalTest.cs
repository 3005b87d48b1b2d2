using CsCheck;
using Xunit;

namespace EdgeConv.Gating.Tests;

public sealed class ConformalTest
{
    [Theory]
    [InlineData(9, .1, 9)]
    [InlineData(9, .05, 10)]
    [InlineData(99, .05, 95)]
    [InlineData(100, .05, 96)]
    [InlineData(999, .001, 999)]
    [InlineData(1000, .01, 991)]
    public void Threshold_ranks(int count, double alpha, int expected) =>
        Assert.Equal(expected, Conformal.ThresholdRank(count, alpha));

    /// <summary>scipy 1.10.1: the largest j with beta.ppf(1 − δ, j + 1, n − j) ≤ α.</summary>
    [Theory]
    [InlineData(.05, .05, new[] { 0, 1, 4, 8, 16, 38, 83, 130, 224, 463 })]
    [InlineData(.05, .01, new[] { -1, -1, -1, 0, 1, 4, 12, 20, 38, 83 })]
    [InlineData(.05, .001, new[] { -1, -1, -1, -1, -1, -1, -1, 0, 1, 4 })]
    [InlineData(.01, .05, new[] { -1, 0, 3, 6, 13, 34, 77, 122, 214, 449 })]
    [InlineData(.01, .01, new[] { -1, -1, -1, -1, 0, 2, 9, 17, 33, 77 })]
    [InlineData(.01, .001, new[] { -1, -1, -1, -1, -1, -1, -1, -1, 0, 2 })]
    public void Pac_ranks(double delta, double alpha, int[] expected)
    {
        int[] counts = [59, 100, 200, 300, 500, 1000, 2000, 3000, 5000, 10000];
        Assert.Equal(expected, counts.Select(n => Conformal.PacRank(n, alpha, delta)));
    }

    [Theory]
    [InlineData(.05, .05, 59)]
    [InlineData(.05, .01, 299)]
    [InlineData(.05, .001, 2995)]
    [InlineData(.01, .05, 90)]
    [InlineData(.01, .01, 459)]
    [InlineData(.01, .001, 4603)]
    public void Fewest_samples_for_a_confidence(double delta, double alpha, int expected)
    {
        Assert.Equal(expected, Conformal.MinimumPacCount(alpha, delta));
        Assert.Equal(0, Conformal.PacRank(expected, alpha, delta));
        Assert.Equal(-1, Conformal.PacRank(expected - 1, alpha, delta));
    }

    [Theory]
    [InlineData(.001, 999)]
    [InlineData(.05, 19)]
    [InlineData(.3, 3)]
    public void Fewest_samples_that_can_flag(double alpha, int expected)
    {
        Assert.Equal(expected, Conformal.MinimumCount(alpha));
        Assert.Equal(alpha, Conformal.Threshold(expected, alpha, null));
        Assert.Equal(0, Conformal.Threshold(expected - 1, alpha, null));
    }

    [Fact]
    public void P_is_at_most_alpha_exactly_above_the_score_of_the_threshold_rank() =>
        Gen.Select(Gen.Int[1, 200], Gen.Double[0.001, 0.999], Gen.Int[0, 220]).Holds((count, alpha, score) =>
        {
            CalibrationBlocks blocks = new([[.. Enumerable.Range(1, count).Select(i => (float)i)]]);
            bool isFlagged = blocks.PValue([score], out _) <= alpha;
            Assert.Equal(score > Conformal.ThresholdRank(count, alpha), isFlagged || score > count);
        }, count: 5000);

    // Uniform scores: the false-alarm rate of a threshold at the k-th smallest is 1 − that score.
    [Fact]
    public void Realised_false_alarm_rates_follow_the_beta_distribution()
    {
        const int Count = 300, Splits = 4000;
        int rank = Conformal.ThresholdRank(Count, 0.05), above = Count - rank;
        Random random = new(6);
        double[] quantiles = [.. Enumerable.Range(0, Splits).Select(_ => Rate(random)).Order()];
        double greatestGap = quantiles
            .Select((rate, i) => SpecialFunctions.Beta(above + 1, Count - above, rate) - (i + 0.5) / Splits)
            .Max(Math.Abs);
        Assert.InRange(greatestGap, 0, 1.95 / Math.Sqrt(Splits));

        double Rate(Random source)
        {
            float[] scores = [.. Enumerable.Range(0, Count).Select(_ => source.NextSingle()).Order()];
            return 1 - scores[rank - 1];
        }
    }

    [Fact]
    public void The_promise_with_confidence_is_broken_in_at_most_its_share_of_calibration_sets()
    {
        const int Count = 1000, Splits = 4000;
        const double Alpha = 0.05, Delta = 0.05;
        int above = Conformal.PacRank(Count, Alpha, Delta);
        Random random = new(7);
        int broken = 0;
        for (int i = 0; i < Splits; i++)
        {
            float[] scores = [.. Enumerable.Range(0, Count).Select(_ => random.NextSingle()).Order()];
            broken += 1 - scores[Count - 1 - above] > Alpha ? 1 : 0;
        }

        Assert.InRange(broken / (double)Splits, 0.02, Delta + 0.007);
    }
}
