using EdgeConv.Daemon.Benchmarking;
using Xunit;

namespace EdgeConv.Daemon.Tests.Benchmarking;

public sealed class RunTimesTest
{
    [Fact]
    public void A_few_times_are_all_kept_in_order()
    {
        RunTimes times = new();
        foreach (double time in new[] { 3.0, 1, 2 })
            times.Add(time);
        Assert.Equal(3, times.Count);
        Assert.Equal([1.0, 2, 3], times.Sorted());
    }

    [Fact]
    public void Of_many_times_a_bounded_number_is_kept_whose_quantiles_are_those_of_all()
    {
        RunTimes times = new();
        const int Many = 5_000_000;
        for (int i = 0; i < Many; i++)
            times.Add(i);
        double[] kept = times.Sorted();
        Assert.Equal(Many, times.Count);
        Assert.Equal(1 << 20, kept.Length);
        // Ten standard deviations of a sampled quantile: sqrt(q (1 - q) / kept) of the range, at most 0.0005.
        foreach (double quantile in new[] { 0.1, 0.5, 0.99 })
            Assert.InRange(Quantiles.Of(kept, quantile) / Many, quantile - 0.005, quantile + 0.005);
    }
}
