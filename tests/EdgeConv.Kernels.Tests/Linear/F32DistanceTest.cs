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
