using EdgeConv.Kernels.Statistics;
using EdgeConv.Kernels.Tests.Support;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Kernels.Tests;

/// <summary>Sums of pixels that arrive a few at a time, against the definition of mean and variance.</summary>
public sealed unsafe class ChannelSumsTest : IDisposable
{
    private const float Untouched = 77.25f;

    private readonly GuardedMemory _pixels = new(1 << 20);
    private readonly GuardedMemory _sums = new(1 << 20);

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Mean_and_variance_match_the_definition_at_every_number_of_channels(KernelSet set)
    {
        foreach (int channels in Grid.Sizes(70))
        {
            foreach (int count in (int[])[1, 2, 3, 64, 65, 130, 700])
                RequireMoments(set, Values(channels * count, 100), channels, [count], shares: 1);
        }
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Parts_of_any_size_and_several_shares_add_up(KernelSet set)
    {
        Random random = new(3);
        for (int round = 0; round < 50; round++)
        {
            int channels = random.Next(1, 40), shares = random.Next(1, 4);
            int[] parts = [.. Enumerable.Range(0, random.Next(1, 9)).Select(_ => random.Next(0, 200))];
            if (parts.Sum() != 0)
                RequireMoments(set, Values(channels * parts.Sum(), -3), channels, parts, shares);
        }
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void First_pixels_unlike_all_others_cost_the_variance_few_digits(KernelSet set)
    {
        foreach (int odd in (int[])[1, 64, 300])
        {
            float[] x = Values(5000, 1000);
            x.AsSpan(0, odd).Clear();
            RequireMoments(set, x, 1, [x.Length], shares: 1);
            RequireMoments(set, x, 1, [.. Enumerable.Repeat(50, 100)], shares: 1);
        }
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void A_constant_channel_has_no_variance(KernelSet set)
    {
        float[] x = new float[3 * 333];
        Array.Fill(x, 0.1f);
        float[] moments = Reduce(set, x, 3, [333], shares: 1, Statistic.MeanAndVariance, default);
        Assert.Equal([0.1f, 0.1f, 0.1f, 0, 0, 0], moments);
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void What_is_not_finite_shows_in_its_channel_alone(KernelSet set)
    {
        float[] x = Values(200, 0);
        (x[20], x[31]) = (float.NaN, float.PositiveInfinity);
        float[] moments = Reduce(set, x, 10, [20], shares: 1, Statistic.MeanAndVariance, default);
        Assert.Equal(float.NaN, moments[0]);
        Assert.False(float.IsFinite(moments[1]));
        Assert.Equal([float.NaN, float.NaN], moments[10..12]);
        Assert.All(moments[2..10].Concat(moments[12..]), value => Assert.True(float.IsFinite(value)));
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Values_are_clamped_once_they_are_added(KernelSet set)
    {
        foreach (int channels in Grid.Sizes(40))
        {
            foreach (Statistic kind in (Statistic[])[Statistic.Mean, Statistic.MeanAndVariance])
            {
                float[] x = Values(channels * 67, 0), clamped = [.. x.Select(value => Math.Clamp(value, -0.25f, 0.5f))];
                float[] moments = Reduce(set, x, channels, [67], shares: 1, kind, Activation.Clip(-0.25f, 0.5f));
                Assert.Equal(clamped, _written);
                Assert.Equal(Reduce(set, x, channels, [67], shares: 1, kind, default), moments);
            }
        }
    }

    public void Dispose()
    {
        _pixels.Dispose();
        _sums.Dispose();
    }

    private static float[] Values(int count, float offset) =>
        [.. Numbers.Reals(count, count).Select(value => offset + value)];

    private float[] _written = [];

    private void RequireMoments(KernelSet set, float[] x, int channels, int[] parts, int shares)
    {
        float[] means = Reduce(set, x, channels, parts, shares, Statistic.Mean, default);
        float[] moments = Reduce(set, x, channels, parts, shares, Statistic.MeanAndVariance, default);
        for (int channel = 0; channel < channels; channel++)
        {
            (double mean, double variance, double most) = Numbers.MomentsOf(x, channel, channels);
            Assert.Equal(mean, means[channel], 1e-6 * most);
            Assert.Equal(mean, moments[channel], 1e-7 * most);
            Assert.Equal(variance, moments[channels + channel], 3e-6 * variance);
        }
    }

    // The parts go to the shares in turns; between the pixels and behind the channels lies what must stay.
    private float[] Reduce(
        KernelSet set, float[] x, int channels, int[] parts, int shares, Statistic kind, Activation clamp)
    {
        int gap = 3, stride = channels + gap, count = x.Length / channels;
        float[] spread = new float[(count * stride) - gap];
        Array.Fill(spread, Untouched);
        for (int i = 0; i < x.Length; i++)
            spread[(i / channels * stride) + (i % channels)] = x[i];
        float* first = _pixels.AtEnd<float>(spread);
        int bytes = (int)ChannelSums.BytesFor(channels, kind);
        byte* memory = _sums.AtEnd<byte>(bytes * shares);
        for (int share = 0; share < shares; share++)
            new ChannelSums(memory + (share * bytes), channels, kind).Clear();
        ChannelSumsKernel kernel = KernelTable.ChannelSums(set);
        for (int i = 0, start = 0; i < parts.Length; start += parts[i++])
        {
            SummedPixels pixels = new()
            {
                First = first + (start * stride),
                Stride = stride,
                Count = parts[i],
                ChannelStart = 0,
                ChannelEnd = channels,
            };
            ChannelSums sums = new(memory + (i % shares * bytes), channels, kind);
            if (clamp == Activation.None)
                kernel.Add(pixels, sums);
            else
                kernel.AddAndClamp(pixels, clamp, sums);
        }

        _written = [.. Enumerable.Range(0, x.Length).Select(i => first[(i / channels * stride) + (i % channels)])];
        for (int i = 0; i < spread.Length; i++)
            Assert.True(i % stride < channels || first[i] == Untouched);
        float[] statistics = new float[kind == Statistic.Mean ? channels : 2 * channels];
        fixed (float* target = statistics)
            new ChannelSums(memory, channels, kind).Reduce(shares, bytes, target);
        return statistics;
    }
}
