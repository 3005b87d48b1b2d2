using EdgeConv.Devices.Tests.Support;

namespace EdgeConv.Devices.Tests.Board;

public sealed class FaultTest
{
    private const int InputOutput = 5;
    private const int TryAgain = 11;
    private const int PermissionDenied = 13;
    private const int NoDevice = 19;
    private const int Invalid = 22;
    private const int NoData = 61;

    [Theory]
    [InlineData(InputOutput)]
    [InlineData(TryAgain)]
    [InlineData(PermissionDenied)]
    [InlineData(NoDevice)]
    [InlineData(Invalid)]
    [InlineData(NoData)]
    public void A_sensor_that_answers_with_an_error_is_null_and_the_others_are_read(int errno)
    {
        using FakeBoard fake = new("jetson-orin-nano");
        BoardReading good = Read(fake.Root);
        Assert.Equal(good with { PowerWatts = null, PowerSource = null }, ReadWith(fake, "curr1_input", errno));
        Assert.Equal(good with { ClockHertz = null, ClockLimitHertz = null }, ReadWith(fake, "scaling_cur_freq", errno));
        // The hottest of all zones stands in for the processor's.
        Assert.Equal(good with { TemperatureCelsius = 48.25 }, ReadWith(fake, "thermal_zone0/temp", errno));
        Assert.Equal(new BoardReading(null, null, null), ReadWith(fake, "", errno));
    }

    [Fact]
    public void Counters_that_only_root_may_read_give_no_power_and_leave_it_to_the_battery()
    {
        using FakeBoard fake = new("mini-pc");
        fake.Write("power_supply/BAT0", "status", "Discharging\n");
        BoardReading reading = ReadWith(fake, "energy_uj", PermissionDenied);
        Assert.Equal((6.421, PowerSource.Battery, null), (reading.PowerWatts, reading.PowerSource, reading.EnergyJoules));
    }

    private static BoardReading ReadWith(FakeBoard fake, string end, int errno) =>
        Read(new SysRoot(fake.Root.Root, new FaultyReader(end, errno)));

    private static BoardReading Read(SysRoot root) => new Devices.Board.Board(root, new ManualTime()).Read();
}
