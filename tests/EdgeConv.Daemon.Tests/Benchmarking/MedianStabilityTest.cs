using EdgeConv.Daemon.Benchmarking;
using Xunit;

namespace EdgeConv.Daemon.Tests.Benchmarking;

public sealed class MedianStabilityTest
{
    [Fact]
    public void Five_windows_are_never_enough_however_alike()
    {
        Assert.False(MedianStability.IsStable(Enumerable.Repeat(1.0, 5)));
        Assert.True(MedianStability.IsStable(Enumerable.Repeat(1.0, 6)));
    }

    // Of 100 ordered samples the interval reaches from rank 40 to rank 61 (binomial distribution, n 100, p 1/2).
    [Fact]
    public void The_interval_of_a_hundred_windows_reaches_from_rank_40_to_61() => Assert.Equal(
        (61 - 40) / 2.0 / 50, MedianStability.UncertaintyOf(Enumerable.Range(1, 100).Select(i => (double)i)), 12);

    [Fact]
    public void Order_does_not_matter()
    {
        double[] windows = [3, 1, 4, 1.5, 9, 2.6, 5, 3.5];
        Assert.Equal(
            MedianStability.UncertaintyOf(windows), MedianStability.UncertaintyOf(windows.Reverse()));
    }

    [Fact]
    public void Outliers_do_not_matter_once_there_are_many_windows()
    {
        IEnumerable<double> calm = Enumerable.Repeat(1.0, 30);
        Assert.True(MedianStability.IsStable(calm.Concat(Enumerable.Repeat(100.0, 5))));
    }

    // The interval must hold the true median in about 95 of 100 draws; 1000 draws, so 0.95 ± 0.02 at 3 sigma.
    [Theory]
    [InlineData(8)]
    [InlineData(30)]
    [InlineData(101)]
    public void The_interval_encloses_the_true_median_in_at_least_nineteen_of_twenty_draws(int windows)
    {
        Random random = new(7);
        int enclosed = 0;
        for (int draw = 0; draw < 1000; draw++)
        {
            double[] sample = [.. Enumerable.Range(0, windows).Select(_ => random.NextDouble())];
            double reach = MedianStability.UncertaintyOf(sample) * Quantiles.Of([.. sample.Order()], 0.5);
            Array.Sort(sample);
            // The two ranks lie alike around the middle, so the ends are found again from the width.
            enclosed += Encloses(sample, 2 * reach, 0.5) ? 1 : 0;
        }

        Assert.InRange(enclosed, 930, 1000);
    }

    private static bool Encloses(double[] sorted, double width, double median)
    {
        for (int lower = 0; lower < sorted.Length / 2; lower++)
        {
            double least = sorted[lower], greatest = sorted[^(lower + 1)];
            if (Math.Abs(greatest - least - width) < 1e-12)
                return least <= median && median <= greatest;
        }

        return false;
    }
}
