using CsCheck;
using EdgeConv.Kernels.Linear;
using Xunit;

namespace EdgeConv.Gating.Tests;

/// <summary>Whatever is left out on the way, the result is that of all means one after another.</summary>
public sealed class MahalanobisEvaluatorTest
{
    private static readonly float[] Sizes = [1e-22f, 1e-10f, 1, 1e6f, 1e14f, 1e20f];

    /// <summary>Means and inputs of every kind that rounding might get wrong.</summary>
    private static readonly Gen<Case> Cases =
        from seed in Gen.Int[0, int.MaxValue - 1]
        from dimension in Gen.OneOf(Gen.Int[1, 40], Gen.Const(96))
        from classes in Gen.OneOf(Gen.Const(1), Gen.Int[32, 40], Gen.Int[500, 1100])
        from size in Gen.Int[0, Sizes.Length - 1].Select(i => Sizes[i])
        from kind in Gen.Enum<Kind>()
        select new Case(seed, dimension, classes, size, kind);

    private enum Kind
    {
        Spread,
        Repeated,
        Steps,
        OneFeature,
        Close,
        Zero,
    }

    [Fact]
    public void Nearest_mean_is_to_the_bit_that_of_the_plain_search() => Cases.Holds(shape =>
    {
        Random random = new(shape.Seed);
        float[] means = Means(shape, random);
        MahalanobisEvaluator evaluator = Evaluator(means, shape.Dimension);
        foreach (float[] u in Inputs(shape, means, random))
            AssertPlain(evaluator, means, u);
    }, count: 400);

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    [InlineData(float.MaxValue)]
    [InlineData(3e18f)]
    public void Values_that_overflow_give_what_the_plain_search_gives(float value)
    {
        Case shape = new(3, 96, 1000, 1, Kind.Spread);
        float[] means = Means(shape, new Random(3));
        MahalanobisEvaluator evaluator = Evaluator(means, shape.Dimension);
        float[] u = new float[shape.Dimension];
        u[^1] = value;
        AssertPlain(evaluator, means, u);
        means[500 * shape.Dimension] = value;
        evaluator = Evaluator(means, shape.Dimension);
        AssertPlain(evaluator, means, u);
        AssertPlain(evaluator, means, new float[shape.Dimension]);
    }

    [Theory]
    [InlineData(1, 20)]
    [InlineData(100, 20)]
    [InlineData(10_000, 20)]
    public void Few_of_a_thousand_means_are_left_to_compare(float distance, int most)
    {
        Case shape = new(5, 640, 1000, 1, Kind.Spread);
        Random random = new(5);
        float[] means = Means(shape, random);
        MeanScreen screen = MeanScreen.Of(means, shape.Dimension)!;
        float[] u = [.. Normal(shape.Dimension, random).Select(value => value * distance)];
        Assert.True(screen.TryLook(u));
        int left = 0;
        for (int c = screen.Next(0); c < shape.Classes; c = screen.Next(c + 1))
            left++;
        Assert.InRange(left, 1, most);
    }

    [Fact]
    public void An_evaluation_of_many_means_allocates_nothing()
    {
        Case shape = new(7, 640, 1000, 1, Kind.Spread);
        float[] means = Means(shape, new Random(7)), u = new float[640];
        MahalanobisEvaluator evaluator = Evaluator(means, shape.Dimension);
        evaluator.SquaredDistance(u);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++)
            evaluator.SquaredDistance(u);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    // Σ = 1 and no centre: features are whitened already.
    private static MahalanobisEvaluator Evaluator(float[] means, int dimension)
    {
        float[] ones = new float[dimension];
        Array.Fill(ones, 1f);
        return new(new WhitenedGaussian { Centre = new float[dimension], Factor = ones, Means = means });
    }

    private static void AssertPlain(MahalanobisEvaluator evaluator, float[] means, float[] u)
    {
        float best = float.PositiveInfinity;
        int nearest = 0;
        for (int c = 0; c < means.Length / u.Length; c++)
        {
            float distance = F32Distance.Squared(u, means.AsSpan(c * u.Length, u.Length));
            if (!(distance < best))
                continue;
            best = distance;
            nearest = c;
        }

        float found = evaluator.SquaredDistance(u);
        Assert.Equal(nearest, evaluator.Nearest);
        Assert.Equal(BitConverter.SingleToInt32Bits(best), BitConverter.SingleToInt32Bits(found));
    }

    private static float[] Means(Case shape, Random random)
    {
        float[] means = Normal(shape.Classes * shape.Dimension, random);
        for (int i = 0; i < means.Length; i++)
        {
            int c = i / shape.Dimension, feature = i % shape.Dimension;
            means[i] = shape.Size * shape.Kind switch
            {
                Kind.Repeated => means[c % 3 * shape.Dimension + feature],
                Kind.Steps => MathF.Round(means[i]),
                Kind.OneFeature => feature == 5 ? 1e4f * means[i] : means[i],
                Kind.Close => 1 + 1e-6f * means[i],
                Kind.Zero => 0,
                _ => means[i],
            };
        }

        return means;
    }

    // Near a mean, on it, between two as near to one as to the other, far, and at the origin.
    private static IEnumerable<float[]> Inputs(Case shape, float[] means, Random random)
    {
        float[] first = [.. means.Take(shape.Dimension)], last = [.. means.TakeLast(shape.Dimension)];
        float[] normal = Normal(shape.Dimension, random);
        return
        [
            first, last, new float[shape.Dimension],
            [.. last.Zip(normal, (mean, value) => mean + shape.Size * value)],
            [.. first.Zip(last, (a, b) => a / 2 + b / 2)],
            [.. normal.Select(value => 1e3f * shape.Size * value)],
            [.. normal.Select(value => 1e7f * shape.Size * value)],
        ];
    }

    private static float[] Normal(int count, Random random) =>
    [
        .. Enumerable.Range(0, count).Select(_ => (float)(
            Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))),
    ];

    private sealed record Case(int Seed, int Dimension, int Classes, float Size, Kind Kind);
}
