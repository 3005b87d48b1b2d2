using EdgeConv.Kernels.Linear;
using Xunit;

namespace EdgeConv.Kernels.Tests.Linear;

public sealed class F64LinearTest
{
    public static TheoryData<int> Lengths => [.. Enumerable.Range(0, 35)];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Dot_matches_the_plain_sum_at_every_length(int length)
    {
        double[] a = Vector(length, 1), b = Vector(length, 2);
        Assert.Equal(a.Zip(b).Sum(p => p.First * p.Second), F64Linear.Dot(a, b), 1e-14);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Rank_one_update_adds_the_outer_product(int length)
    {
        double[] x = Vector(length, 3), start = Vector(PackedLower.Length(length), 4);
        double[] updated = [.. start];
        F64Linear.RankOneUpdate(updated, x, 0.75);
        for (int row = 0; row < length; row++)
        {
            for (int column = 0; column <= row; column++)
            {
                int at = PackedLower.RowStart(row) + column;
                Assert.Equal(start[at] + 0.75 * x[row] * x[column], updated[at], 1e-15);
            }
        }
    }

    [Fact]
    public void Lengths_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => F64Linear.Dot(new double[2], new double[3]));
        Assert.Throws<ArgumentException>(() => F64Linear.AddMultiple(new double[2], new double[3], 1));
        Assert.Throws<ArgumentException>(() => F64Linear.RankOneUpdate(new double[4], new double[2], 1));
    }

    private static double[] Vector(int length, int seed)
    {
        Random random = new(seed * 1000 + length);
        return [.. Enumerable.Range(0, length).Select(_ => random.NextDouble() - 0.5)];
    }
}
