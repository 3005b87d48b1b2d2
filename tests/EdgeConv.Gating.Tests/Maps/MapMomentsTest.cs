using CsCheck;
using EdgeConv.Gating.Maps;
using Xunit;

namespace EdgeConv.Gating.Tests.Maps;

public class MapMomentsTest
{
    [Theory]
    [InlineData(MapMode.Diagonal)]
    [InlineData(MapMode.Cholesky)]
    public void Each_position_has_the_moments_that_one_layer_of_its_channels_would_have(MapMode mode)
    {
        MapChoice choice = MapSamples.Choice(mode);
        MapSamples samples = new(3, choice);
        MapMoments moments = new(choice);
        Moments[] each = [.. Enumerable.Range(0, choice.Positions).Select(_ => new Moments(choice.Channels, 1))];
        for (int i = 0; i < 50; i++)
        {
            float[] sample = samples.Next();
            moments.Add(sample);
            for (int p = 0; p < each.Length; p++)
                each[p].Add(0, sample.AsSpan(p * choice.Channels, choice.Channels));
        }

        for (int p = 0; p < each.Length; p++)
        {
            double[] expected = mode == MapMode.Diagonal ? each[p].TotalVariance() : each[p].TotalCovariance();
            AssertClose(expected, moments.Covariance(p));
            AssertClose(each[p].Mean(), moments.Means.Slice(p * choice.Channels, choice.Channels).ToArray());
        }

        Assert.Equal(each.Average(m => m.TotalVariance().Average()), moments.MeanVariance(), 1e-9);
    }

    [Fact]
    public void Merged_in_any_grouping_they_are_those_of_one_batch() =>
        Gen.Select(Gen.Int[0, 40], Gen.Int[0, 40], Gen.Bool).Holds((first, second, isDiagonal) =>
        {
            MapChoice choice = MapSamples.Choice(isDiagonal ? MapMode.Diagonal : MapMode.Cholesky);
            float[][] samples = [.. Enumerable.Range(0, first + second + 5)
                .Select(i => new MapSamples(i, choice).Next())];
            MapMoments a = Of(choice, samples[..first]), b = Of(choice, samples[first..(first + second)]);
            MapMoments c = Of(choice, samples[(first + second)..]), batch = Of(choice, samples);
            b.Merge(c);
            a.Merge(b);
            Assert.Equal(batch.Count, a.Count);
            AssertClose(batch.Means.ToArray(), a.Means.ToArray());
            AssertClose(batch.Scatter.ToArray(), a.Scatter.ToArray());
        }, count: 30);

    private static MapMoments Of(MapChoice choice, float[][] samples)
    {
        MapMoments moments = new(choice);
        foreach (float[] sample in samples)
            moments.Add(sample);
        return moments;
    }

    private static void AssertClose(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        double greatest = expected.Max(Math.Abs);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-9 * (1 + greatest)));
    }
}
