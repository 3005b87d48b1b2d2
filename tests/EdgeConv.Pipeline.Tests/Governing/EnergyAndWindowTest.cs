using CsCheck;
using EdgeConv.Core;
using EdgeConv.Pipeline.Governing;
using Xunit;

namespace EdgeConv.Pipeline.Tests.Governing;

public sealed class EnergyAndWindowTest
{
    [Fact]
    public void A_measured_rail_gives_power_times_time() =>
        Assert.Equal(new Energy(50, IsEstimated: false), EnergyMeter.Of(TimeSpan.FromMilliseconds(10), 4, 5));

    [Fact]
    public void Without_a_rail_the_energy_is_marked_as_estimated() =>
        Assert.Equal(new Energy(15, IsEstimated: true), EnergyMeter.Of(TimeSpan.FromMilliseconds(10), 2, null));

    [Fact]
    public void A_quantile_is_the_smallest_value_that_enough_do_not_exceed()
    {
        Gen.Select(Gen.Int[1, 1000].List[1, 60], Gen.Int[1, 40], Gen.Double[0.01, 1]).Sample(
            (values, capacity, quantile) =>
            {
                LatencyWindow window = new(capacity);
                foreach (int value in values)
                    window.Add(TimeSpan.FromTicks(value));
                int[] held = [.. values.TakeLast(capacity).Order()];
                int expected = held.First(v => held.Count(h => h <= v) >= quantile * held.Length);
                Assert.Equal(expected, window.Quantile(quantile).Ticks);
                Assert.Equal(held.Length, window.Count);
            });
    }
}
