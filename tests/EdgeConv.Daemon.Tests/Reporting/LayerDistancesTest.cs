using EdgeConv.Daemon.Reporting;
using EdgeConv.Engine.Inspection;
using Xunit;

namespace EdgeConv.Daemon.Tests.Reporting;

public sealed class LayerDistancesTest
{
    private const int Channels = 6;
    private const int Diagonal = 0, Tied = 1, Relative = 2, WithVariance = 3, Scaled = 4;

    [Fact]
    public void An_input_far_from_all_classes_is_odder_by_every_distance()
    {
        LayerDistances layer = Fitted(Channels, classes: 2, samples: 200);
        double[] near = layer.Score(Sample(new Random(99), 0)), far = layer.Score([9, 9, 9, -9, -9, -9, 5, 5, 5, 5, 5, 5]);
        Assert.All(Enumerable.Range(0, LayerDistances.Names.Count), i => Assert.True(far[i] > near[i], LayerDistances.Names[i]));
    }

    [Fact]
    public void Of_one_class_or_of_few_samples_nothing_is_relative()
    {
        Assert.Equal([Relative], Missing(Fitted(Channels, classes: 1, samples: 200)));
        Assert.Equal([Relative], Missing(Fitted(Channels, classes: 2, samples: 2 * Channels)));
        Assert.Equal([], Missing(Fitted(Channels, classes: 2, samples: 2 * Channels + 1)));
    }

    [Fact]
    public void Many_channels_have_no_variances()
    {
        int many = LayerDistances.MostChannelsWithVariance + 1;
        LayerDistances layer = new(many, 1);
        Random random = new(1);
        for (int i = 0; i < 20; i++)
            layer.Add(0, [.. Enumerable.Range(0, 2 * many).Select(_ => random.NextSingle())]);
        layer.Finish();
        Assert.Equal([Relative, WithVariance, Scaled], Missing(layer, many));
    }

    [Fact]
    public void Gain_changes_every_distance_but_the_scaled_one()
    {
        LayerDistances layer = Fitted(Channels, classes: 2, samples: 200);
        float[] sample = Sample(new Random(5), 1);
        double[] before = layer.Score(sample), after = layer.Score([.. sample.Select(value => 3 * value)]);
        Assert.Equal(before[Scaled], after[Scaled], 1e-3 * before[Scaled]);
        Assert.All((int[])[Diagonal, Tied, WithVariance], i => Assert.True(after[i] > 1.5 * before[i], LayerDistances.Names[i]));
    }

    [Fact]
    public void What_is_beyond_numbers_is_as_odd_as_can_be()
    {
        float[] broken = Sample(new Random(5), 1);
        broken[0] = float.NaN;
        double[] scores = Fitted(Channels, classes: 2, samples: 200).Score(broken);
        Assert.All(scores, score => Assert.Equal(float.MaxValue, score));
    }

    [Fact]
    public void Of_many_layers_the_taps_and_evenly_spread_others_are_compared_in_their_order()
    {
        PointwiseLayer[] layers = [.. Enumerable.Range(0, 50).Select(i => new PointwiseLayer($"n{i}", $"l{i}", 8, 8, 10))];
        IReadOnlyList<string> chosen = LayerComparison.Choose(layers, ["l49", "l7", "elsewhere"]);
        Assert.Equal(LayerComparison.MostLayers, chosen.Count);
        Assert.Contains("l7", chosen);
        Assert.Equal("l49", chosen[^1]);
        int[] places = [.. chosen.Select(name => int.Parse(name[1..], System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal(places.Order(), places);
        Assert.All(places.Zip(places.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 1, 8));
    }

    [Fact]
    public void Layers_of_one_position_and_heads_are_not_compared() =>
        Assert.Equal(["a"], LayerComparison.Choose(
            [new("n", "a", 8, 8, 4), new("n", "squeeze", 8, 8, 1), new("n", "boxes", 8, 8, 4) { IsHead = true }], []));

    private static int[] Missing(LayerDistances layer, int channels = Channels)
    {
        double[] scores = layer.Score([.. Enumerable.Range(0, 2 * channels).Select(i => 0.1f * i)]);
        return [.. Enumerable.Range(0, scores.Length).Where(i => double.IsNaN(scores[i]))];
    }

    private static LayerDistances Fitted(int channels, int classes, int samples)
    {
        LayerDistances layer = new(channels, classes);
        Random random = new(3);
        for (int i = 0; i < samples; i++)
            layer.Add(i % classes, Sample(random, i % classes));
        layer.Finish();
        return layer;
    }

    // Means around 1 for the first class and 3 for the second, variances around 1.
    private static float[] Sample(Random random, int classIndex) =>
    [
        .. Enumerable.Range(0, Channels).Select(_ => 1 + 2 * classIndex + random.NextSingle()),
        .. Enumerable.Range(0, Channels).Select(_ => 0.5f + random.NextSingle()),
    ];
}
