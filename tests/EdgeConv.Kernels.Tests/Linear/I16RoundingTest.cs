using EdgeConv.Kernels.Linear;
using Xunit;

namespace EdgeConv.Kernels.Tests.Linear;

public sealed class I16RoundingTest
{
    public static TheoryData<int, float> Cases
    {
        get
        {
            TheoryData<int, float> cases = [];
            foreach (int length in (int[])[.. Enumerable.Range(0, 50), 640, 65_535])
            {
                foreach (float size in (float[])[0, 1e-38f, 1e-20f, 1, 1e15f, 1e30f])
                    cases.Add(length, size);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Integers_times_the_step_are_off_by_at_most_the_stated_error(int length, float size)
    {
        (float[] u, float[] scales) = Problem(length, size);
        short[] x = new short[length];
        double step = I16Rounding.Round(u, scales, x);
        for (int i = 0; i < length; i++)
            Assert.InRange(Math.Abs((double)u[i] * scales[i] / step - x[i]), 0, I16Rounding.GreatestError);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Their_sum_fits_the_products_and_wastes_no_range(int length, float size)
    {
        (float[] u, float[] scales) = Problem(length, size);
        short[] x = new short[length];
        I16Rounding.Round(u, scales, x);
        long sum = x.Sum(value => Math.Abs((long)value)), greatest = x.Max(value => (long?)value) ?? 0;
        Assert.InRange(sum, 0, I8Products.GreatestSum);
        if (length > 0 && size >= 1e-20f)
            Assert.True(greatest >= 31_000 || sum > 0.95 * I8Products.GreatestSum, $"{greatest}, {sum}");
    }

    [Fact]
    public void Lengths_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => I16Rounding.Round(new float[3], new float[4], new short[4]));
        Assert.Throws<ArgumentException>(() => I16Rounding.Round(new float[3], new float[3], new short[2]));
    }

    // Positive, so that Σ |x| is as large as it can be beside the greatest.
    private static (float[] U, float[] Scales) Problem(int length, float size)
    {
        Random random = new(length);
        return ([.. Enumerable.Range(0, length).Select(_ => size * (1 + random.NextSingle()))],
            [.. Enumerable.Range(0, length).Select(_ => 0.5f + random.NextSingle())]);
    }
}
