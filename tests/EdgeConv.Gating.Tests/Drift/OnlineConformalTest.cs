using CsCheck;
using EdgeConv.Gating.Drift;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Gating.Tests.Drift;

public sealed class OnlineConformalTest
{
    private static readonly Gen<float> Scores = Gen.OneOf(
        Gen.Int[-3, 3].Select(i => (float)i), Gen.Float[-1e3f, 1e3f],
        Gen.Const(-0f), Gen.Const(float.MaxValue), Gen.Const(float.MinValue),
        Gen.Const(float.NegativeInfinity));

    [Fact]
    public void P_is_the_smoothed_rank_of_the_rounded_score_among_all_before_it() =>
        Gen.Select(Gen.Int, Scores.Array[0, 60]).Holds((seed, scores) =>
        {
            OnlineConformal conformal = new(seed);
            Random random = new(seed);
            List<float> before = [];
            foreach (float score in scores.Select(RoundedDown))
            {
                double uniform = 1 - random.NextDouble();
                double rank = before.Count(s => s > score) + uniform * (1 + before.Count(s => s == score));
                Assert.Equal(rank / (before.Count + 1), conformal.Next(score), 1e-15);
                before.Add(score);
            }
        }, count: 500);

    [Fact]
    public void Scores_that_agree_to_eight_bits_are_tied()
    {
        OnlineConformal tied = new(1), same = new(1);
        tied.Next(1.001f);
        same.Next(1f);
        Assert.Equal(same.Next(1f), tied.Next(1.007f));
        Assert.InRange(tied.Next(1.009f), 0, 1.0 / 3);
    }

    [Fact]
    public void The_least_p_belongs_to_what_is_no_number()
    {
        OnlineConformal conformal = new(2);
        conformal.Next(float.PositiveInfinity);
        conformal.Next(1);
        Assert.InRange(conformal.Next(float.NaN), double.Epsilon, 1.0 / 3);
    }

    /// <summary>
    /// Chi-squared tests at 0.1 % on 8 cells of p, and on 8 x 8 cells of two that follow each other.
    /// </summary>
    [Theory]
    [InlineData(int.MaxValue, false)]
    [InlineData(int.MaxValue, true)]
    [InlineData(25, false)]
    [InlineData(25, true)]
    public void P_values_of_exchangeable_scores_are_uniform_and_independent(int limit, bool hasTies)
    {
        const int Side = 8, Draws = 200_000;
        OnlineConformal conformal = new(3, limit);
        Random random = new(4);
        long[] single = new long[Side], pairs = new long[Side * Side];
        int last = 0;
        for (int i = 0; i < Draws; i++)
        {
            float score = hasTies ? random.Next(3) : random.NextSingle();
            int cell = (int)Math.Min(Side - 1, Side * conformal.Next(score));
            single[cell]++;
            pairs[Side * last + cell]++;
            last = cell;
        }

        Assert.InRange(Statistic(single), 0, SpecialFunctions.ChiSquaredQuantile(0.999, Side - 1));
        Assert.InRange(Statistic(pairs), 0, SpecialFunctions.ChiSquaredQuantile(0.999, Side * Side - 1));
    }

    /// <summary>An urn that begins with a ball for each of five blocks, and grows.</summary>
    [Fact]
    public void P_is_the_smoothed_rank_among_the_balls_of_the_urn() =>
        Gen.Select(Gen.Int, Gen.Int[1, 5].Array[1, 40]).Holds((seed, blocks) =>
        {
            OnlineConformal conformal = new(seed);
            conformal.Next(3);
            conformal.Expect([0.4, 0.6, 0.8, 1]);
            Random random = new(seed);
            random.NextDouble();
            List<int> balls = [1, 2, 3, 4, 5];
            foreach (int block in blocks)
            {
                double uniform = 1 - random.NextDouble();
                double rank = balls.Count(b => b < block) + uniform * balls.Count(b => b == block);
                Assert.Equal(rank / balls.Count, conformal.Next((float)-(block / 5.0)), 1e-15);
                balls.Add(block);
            }
        }, count: 500);

    [Fact]
    public void What_no_ball_of_the_urn_is_like_is_a_kind_of_its_own()
    {
        OnlineConformal conformal = new(7);
        conformal.Expect([0.4, 0.6, 0.8, 1]);
        Assert.InRange(conformal.Next(-0.01f), double.Epsilon, 1.0 / 6);
        Assert.InRange(conformal.Next(-0.3f), 2.0 / 7, 3.0 / 7);
    }

    [Fact]
    public void A_score_allocates_nothing()
    {
        OnlineConformal conformal = new(5, 40);
        float score = 0;
        Assert.Equal(0, Allocation.Least(() => conformal.Next(score++), runs: 100));
    }

    private static double Statistic(long[] counts)
    {
        double expected = counts.Sum() / (double)counts.Length;
        return counts.Sum(n => (n - expected) * (n - expected) / expected);
    }

    // Towards minus infinity, to a value whose lower 16 bits are 0 (or 1 each, below 0).
    private static float RoundedDown(float score)
    {
        int bits = BitConverter.SingleToInt32Bits(score + 0f);
        bool isTurned = bits < 0 && score > float.NegativeInfinity;
        return BitConverter.Int32BitsToSingle(isTurned ? bits | 0xFFFF : bits & ~0xFFFF);
    }
}
