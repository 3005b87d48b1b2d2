using System.CommandLine;
using EdgeConv.Core;
using EdgeConv.Daemon.Commands;
using EdgeConv.Daemon.Profiling;
using Xunit;

namespace EdgeConv.Daemon.Tests.Profiling;

public sealed class BatteryLifeTest
{
    private static readonly PointLine s_point = new()
    {
        Model = "m",
        Member = 0,
        Threads = 1,
        Figures = new PointFigures
        {
            ServiceMs = 20,
            P99Ms = 30,
            Runs = 100,
            EnergyMj = 86.4,
            EnergyUncertaintyMj = 43.2,
            EnergyEstimated = true,
            MeasuredAt = DateTimeOffset.UnixEpoch,
        },
    };

    // 48 Wh are two days at 1 W; 86.4 mJ a million times a day are another 1 W, with half a W of uncertainty.
    [Fact]
    public void A_battery_lasts_for_its_energy_over_the_mean_power()
    {
        BatteryLife life = BatteryLife.Of(new DutyCycles(48, [0, 1_000_000, 5_000_000], null), 1, [s_point]);
        Assert.Equal(new Days(2, 0), life.Days[0][0]);
        Assert.Equal(1, life.Days[0][1]!.Value, 12);
        Assert.Equal(0.25, life.Days[0][1]!.Uncertainty, 12);
        Assert.Null(life.Days[0][2]);
    }

    [Theory]
    [InlineData("--battery 0", "--battery 0: more than 0 and at most 1000000 Wh would be right")]
    [InlineData("--battery NaN", "--battery NaN: more than 0 and at most 1000000 Wh would be right")]
    [InlineData("--battery 10 --per-day -5", "--per-day -5: 0 or more would be right")]
    [InlineData("--battery 10 --rest-watts -1", "--rest-watts -1: more than 0 and at most 1000 W would be right")]
    [InlineData("--per-day 5", "--battery: is missing; --per-day and --rest-watts tell of a battery in Wh")]
    public void A_number_that_cannot_be_is_named(string arguments, string message)
    {
        BatteryOptions options = new();
        Command command = new("profile") { options.WattHours, options.PerDay, options.RestWatts };
        Assert.Equal(message,
            Assert.Throws<ConfigError>(() => options.Parse(command.Parse(arguments.Split(' ')))).Message);
    }
}
