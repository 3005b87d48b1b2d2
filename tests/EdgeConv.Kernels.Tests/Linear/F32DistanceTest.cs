using EdgeConv.Kernels.Linear;
using Xunit;

namespace EdgeConv.Kernels.Tests.Linear;

public sealed class F32DistanceTest
{
    public static TheoryData<int> Lengths => [.. Enumerable.Range(0, 70), 257, 1280];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Dot_matches_the_plain_sum_at_every_length(int length)
    {
        (float[] a, float[] b) = Vectors(length);
        using GuardedFloats x = new(a), y = new(b);
        double expected = a.Zip(b).Sum(p => (double)p.First * p.Second);
        double scale = a.Zip(b).Sum(p => Math.Abs((double)p.First * p.Second));
        Assert.InRange(F32Distance.Dot(x.Span, y.Span), expected - 1e-6 * scale, expected + 1e-6 * scale);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Squared_matches_the_plain_sum_at_every_length(int length)
    {
        (float[] a, float[] b) = Vectors(length);
        using GuardedFloats x = new(a), y = new(b);
        double expected = a.Zip(b).Sum(p => Math.Pow((double)p.First - p.Second, 2));
        Assert.Equal(expected, F32Distance.Squared(x.Span, y.Span), 1e-6 * expected);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Squared_is_off_by_at_most_the_stated_error(int length)
    {
        for (int seed = 0; seed < 20; seed++)
        {
            (float[] a, float[] b) = Vectors(length + 2000 * seed);
            double expected = a.Take(length).Zip(b).Sum(p => Math.Pow((double)p.First - p.Second, 2));
            double error = F32Distance.SquaredError(length) * expected;
            float squared = F32Distance.Squared(a.AsSpan(0, length), b.AsSpan(0, length));
            Assert.InRange(squared, expected - error, expected + error);
        }
    }

    [Fact]
    public void Vectors_of_different_length_are_refused()
    {
        Assert.Throws<ArgumentException>(() => F32Distance.Dot(new float[3], new float[4]));
        Assert.Throws<ArgumentException>(() => F32Distance.Squared(new float[4], new float[3]));
    }

    private static (float[] A, float[] B) Vectors(int length)
    {
        Random random = new(length);
        return ([.. Enumerable.Range(0, length).Select(_ => random.NextSingle() - 0.5f)],
            [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() - 0.5f)]);
    }
}
