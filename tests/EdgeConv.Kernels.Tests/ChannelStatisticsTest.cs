using EdgeConv.Kernels.Statistics;
using EdgeConv.Kernels.Tests.Support;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Kernels.Tests;

public sealed unsafe class ChannelStatisticsTest
{
    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Mean_and_population_variance_match_the_definition_at_every_length(KernelSet set)
    {
        using GuardedMemory memory = new(1 << 16);
        foreach (int pixels in Grid.Sizes(150).Append(1023).Append(1024).Append(3136))
        {
            float[] x = Numbers.Reals(2 * pixels, pixels);
            float[] mean = new float[2], variance = new float[2];
            KernelTable.ChannelStatistics(set).PlaneMeanAndVariance(
                new ReadOnlySpan<float>(memory.AtEnd<float>(x), x.Length), mean, variance);
            for (int channel = 0; channel < 2; channel++)
            {
                (double average, double spread) = Definition(x.AsSpan(channel * pixels, pixels));
                Assert.Equal(average, mean[channel], 1e-6);
                Assert.Equal(spread, variance[channel], 1e-6);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Pixels_give_the_same_as_planes_for_every_number_of_channels(KernelSet set)
    {
        using GuardedMemory memory = new(1 << 18);
        ChannelStatisticsKernel kernel = KernelTable.ChannelStatistics(set);
        foreach (int channels in Grid.Sizes(70))
        {
            foreach (int count in (int[])[1, 2, 7, 256, 257, 700])
            {
                float[] planes = [.. Numbers.Reals(channels * count, count).Select(value => 100 + value)];
                float[] pixels = new float[planes.Length];
                for (int i = 0; i < planes.Length; i++)
                    pixels[(i % count * channels) + (i / count)] = planes[i];
                float[] mean = new float[channels], variance = new float[channels];
                ReadOnlySpan<float> x = new(memory.AtEnd<float>(pixels), pixels.Length);
                kernel.PixelMeanAndVariance(x, mean, variance);
                float[] meanAlone = new float[channels];
                for (int share = 0; share < 3; share++)
                    kernel.PixelMean(x, meanAlone, new Share(share, 3));
                for (int channel = 0; channel < channels; channel++)
                {
                    (double average, double spread) = Definition(planes.AsSpan(channel * count, count));
                    Assert.Equal(average, mean[channel], 1e-5);
                    Assert.Equal(average, meanAlone[channel], 5e-5);
                    Assert.Equal(spread, variance[channel], 1e-6);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void A_mean_far_from_zero_costs_the_variance_no_digits(KernelSet set)
    {
        float[] x = [.. Numbers.Reals(2000, 5).Select(value => 10000 + value)];
        float[] mean = new float[1], variance = new float[1];
        KernelTable.ChannelStatistics(set).PlaneMeanAndVariance(x, mean, variance);
        (double average, double spread) = Definition(x);
        Assert.Equal(average, mean[0], 1e-3);
        Assert.Equal(spread, variance[0], 1e-5 * spread);
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void A_constant_channel_has_no_variance(KernelSet set)
    {
        float[] x = new float[77];
        Array.Fill(x, 0.1f);
        float[] mean = new float[1], variance = new float[1];
        KernelTable.ChannelStatistics(set).PlaneMeanAndVariance(x, mean, variance);
        Assert.Equal(0.1f, mean[0], 1e-8f);
        Assert.Equal(0, variance[0], 1e-14f);
    }

    [Fact]
    public void Positions_that_do_not_fill_the_channels_are_refused()
    {
        ChannelStatisticsKernel kernel = KernelTable.ChannelStatistics();
        Assert.Throws<ArgumentException>(() => kernel.PixelMean(new float[7], new float[2], Share.All));
        Assert.Throws<ArgumentException>(() => kernel.PixelMean([], new float[2], Share.All));
        Assert.Throws<ArgumentException>(
            () => kernel.PixelMeanAndVariance(new float[8], new float[2], new float[1]));
    }

    private static (double Mean, double Variance) Definition(ReadOnlySpan<float> x)
    {
        double mean = 0, variance = 0;
        foreach (float value in x)
            mean += value;
        mean /= x.Length;
        foreach (float value in x)
            variance += (value - mean) * (value - mean);
        return (mean, variance / x.Length);
    }
}
