using CsCheck;
using Xunit;

namespace EdgeConv.Gating.Tests;

public sealed class MomentsTest
{
    private static readonly Gen<(int Class, double[] X)[]> Samples =
        Gen.Select(Gen.Int[0, 3], Gen.Double[-1, 1].Array[5], (c, x) => (c, x.Select(v => 100 + v).ToArray()))
            .Array[1, 60];

    [Fact]
    public void Merged_shards_equal_the_batch_in_any_order_and_grouping() =>
        Gen.Select(Samples, Gen.Int[1, 8], Gen.Int[0, 1000]).Holds((samples, shards, seed) =>
        {
            Random random = new(seed);
            Moments[] parts = [.. Enumerable.Range(0, shards).Select(_ => new Moments(5, 4))];
            foreach ((int c, double[] x) in samples)
                parts[random.Next(shards)].Add(c, x);
            List<Moments> pending = [.. parts];
            while (pending.Count > 1)
            {
                int from = random.Next(1, pending.Count), to = random.Next(from);
                pending[to].Merge(pending[from]);
                pending.RemoveAt(from);
            }

            AssertEqual(Batch(samples), pending[0]);
        }, count: 1000);

    [Fact]
    public void One_pass_equals_two_passes() =>
        Samples.Holds(samples =>
        {
            Moments moments = Batch(samples);
            double[] expected = SlowWithinCovariance(samples);
            double[] actual = moments.WithinCovariance();
            for (int i = 0; i < expected.Length; i++)
                Assert.Equal(expected[i], actual[i], 1e-12);
        }, count: 1000);

    [Fact]
    public void Total_scatter_follows_from_within_class_scatter() =>
        Samples.Holds(samples =>
        {
            double[] expected = SlowWithinCovariance([.. samples.Select(s => (0, s.X))]);
            double[] actual = Batch(samples).TotalCovariance();
            for (int i = 0; i < expected.Length; i++)
                Assert.Equal(expected[i], actual[i], 1e-12);
        }, count: 1000);

    [Fact]
    public void A_large_offset_costs_no_precision()
    {
        Moments moments = new(1, 1);
        for (int i = 0; i < 1000; i++)
            moments.Add(0, [1e9 + i % 2]);
        Assert.Equal(0.25, moments.TotalVariance()[0], 1e-9);
    }

    [Fact]
    public void Samples_that_do_not_fit_are_refused()
    {
        Moments moments = new(2, 3);
        Assert.Throws<ArgumentException>(() => moments.Add(3, [1.0, 2]));
        Assert.Throws<ArgumentException>(() => moments.Add(-1, [1.0, 2]));
        Assert.Throws<ArgumentException>(() => moments.Add(0, [1.0]));
        Assert.Throws<ArgumentException>(() => moments.Merge(new Moments(3, 3)));
        Assert.Throws<ArgumentException>(() => moments.Merge(new Moments(2, 2)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Moments(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Moments(1, 0));
        Assert.Equal(0, moments.Count);
    }

    private static Moments Batch(IEnumerable<(int Class, double[] X)> samples)
    {
        Moments moments = new(5, 4);
        foreach ((int c, double[] x) in samples)
            moments.Add(c, x);
        return moments;
    }

    private static double[] SlowWithinCovariance((int Class, double[] X)[] samples)
    {
        double[] covariance = new double[15];
        foreach (var group in samples.GroupBy(s => s.Class))
        {
            double[] mean = [.. Enumerable.Range(0, 5).Select(i => group.Average(s => s.X[i]))];
            foreach ((_, double[] x) in group)
            {
                for (int i = 0, at = 0; i < 5; i++)
                {
                    for (int j = 0; j <= i; j++)
                        covariance[at++] += (x[i] - mean[i]) * (x[j] - mean[j]) / samples.Length;
                }
            }
        }

        return covariance;
    }

    private static void AssertEqual(Moments expected, Moments actual)
    {
        Assert.Equal(expected.Counts, actual.Counts);
        Assert.Equal(expected.Count, actual.Count);
        for (int i = 0; i < expected.Means.Length; i++)
            Assert.Equal(expected.Means[i], actual.Means[i], 1e-12 * 101);
        for (int i = 0; i < expected.Scatter.Length; i++)
            Assert.Equal(expected.Scatter[i], actual.Scatter[i], 1e-12 * 60);
    }
}
