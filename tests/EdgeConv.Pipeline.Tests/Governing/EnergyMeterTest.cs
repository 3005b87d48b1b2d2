using EdgeConv.Core;
using EdgeConv.Pipeline.Governing;
using Xunit;

namespace EdgeConv.Pipeline.Tests.Governing;

public sealed class EnergyMeterTest
{
    [Fact]
    public void A_measured_rail_gives_power_times_time() =>
        Assert.Equal(new Energy(50, IsEstimated: false), EnergyMeter.Of(TimeSpan.FromMilliseconds(10), 4, 5));

    [Fact]
    public void Without_a_rail_the_energy_is_marked_as_estimated() =>
        Assert.Equal(new Energy(15, IsEstimated: true), EnergyMeter.Of(TimeSpan.FromMilliseconds(10), 2, null));
}
