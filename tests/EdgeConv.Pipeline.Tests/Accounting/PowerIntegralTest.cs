using EdgeConv.Core;
using EdgeConv.Pipeline.Accounting;
using EdgeConv.Testing.Pipelines;
using Xunit;

namespace EdgeConv.Pipeline.Tests.Accounting;

public sealed class PowerIntegralTest
{
    private readonly ManualTime _time = new();

    // ∫ (3 + 2 t) dt over 0..1 s is 4 J; unevenly spaced readings do not change that.
    [Fact]
    public void A_ramp_is_integrated_exactly_at_uneven_times()
    {
        PowerIntegral power = new(_time);
        double at = 0;
        power.Add(Rails(3));
        foreach (double step in new[] { 0.1, 0.35, 0.05, 0.5 })
        {
            _time.Advance(TimeSpan.FromSeconds(step));
            at += step;
            power.Add(Rails(3 + 2 * at));
        }

        Assert.Equal(4, power.Take()!.Value, 9);
    }

    [Fact]
    public void What_a_source_counts_is_taken_as_it_is()
    {
        PowerIntegral power = new(_time);
        power.Add(Rapl(9, 100));
        _time.Advance(TimeSpan.FromSeconds(2));
        power.Add(Rapl(1, 107));
        Assert.Equal(3.5, power.Take());
    }

    [Fact]
    public void A_counter_that_starts_anew_counts_for_nothing()
    {
        PowerIntegral power = new(_time);
        power.Add(Rapl(4, 100));
        _time.Advance(TimeSpan.FromSeconds(1));
        power.Add(Rapl(6, 0));
        Assert.Equal(5, power.Take());
    }

    [Theory]
    [InlineData(null)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_gap_is_left_out(double? gap)
    {
        PowerIntegral power = new(_time);
        foreach (double? watts in new[] { 2, 2, gap, 8, 8 })
        {
            power.Add(new BoardReading(null, null, watts));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(5, power.Take());
    }

    [Fact]
    public void Two_monitors_are_not_mixed()
    {
        PowerIntegral power = new(_time);
        power.Add(Rails(3));
        _time.Advance(TimeSpan.FromSeconds(1));
        power.Add(Rails(3));
        _time.Advance(TimeSpan.FromSeconds(1));
        power.Add(Rapl(50, 0));
        Assert.Equal(50, power.Take());
    }

    [Fact]
    public void Nothing_measured_is_no_power() => Assert.Null(new PowerIntegral(_time).Take());

    private static BoardReading Rails(double watts) => new(null, null, watts) { PowerSource = PowerSource.Rails };

    private static BoardReading Rapl(double watts, double joules) =>
        new(null, null, watts) { PowerSource = PowerSource.Rapl, EnergyJoules = joules };
}
