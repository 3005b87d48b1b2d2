using EdgeConv.Devices.Tests.Support;

namespace EdgeConv.Devices.Tests.Board;

public sealed class BatteryTest
{
    private const string Battery = "power_supply/BAT0";

    [Theory]
    [InlineData("status=Discharging capacity=42 power_now=6500000", 0.42, 6.5, true)]
    [InlineData("status=Discharging capacity=42 power_now=-6500000", 0.42, 6.5, true)]
    [InlineData("status=Discharging capacity=100 voltage_now=3700000 current_now=-1000000", 1.0, 3.7, true)]
    [InlineData("status=Charging charge_now=1500000 charge_full=6000000", 0.25, null, false)]
    [InlineData("status=Full energy_now=48000000 energy_full=50000000 power_now=0", 0.96, 0.0, false)]
    [InlineData("status=Unknown capacity=0", 0.0, null, null)]
    [InlineData("status=Discharging capacity=255 power_now=65535000000", null, null, true)]
    [InlineData("status=Discharging energy_now=5 energy_full=0 voltage_now=x current_now=1", null, null, true)]
    [InlineData("status=Discharging present=0 capacity=42 power_now=6500000", null, null, null)]
    public void A_battery_tells_how_full_it_is_and_what_flows(
        string files, double? share, double? watts, bool? isDischarging)
    {
        using FakeBoard fake = new("empty");
        Write(fake, Battery, "type=Battery " + files);
        BoardReading reading = Read(fake);
        Assert.Equal((share, watts, isDischarging), (reading.BatteryShare, reading.BatteryWatts, reading.IsDischarging));
    }

    [Theory]
    [InlineData("Discharging", 6.5, PowerSource.Battery)]
    [InlineData("Charging", null, null)]
    [InlineData("Unknown", null, null)]
    public void The_battery_s_power_is_the_board_s_only_while_it_discharges(
        string status, double? watts, PowerSource? source)
    {
        using FakeBoard fake = new("empty");
        Write(fake, Battery, $"type=Battery status={status} power_now=6500000");
        Assert.Equal((watts, source), (Read(fake).PowerWatts, Read(fake).PowerSource));
    }

    [Fact]
    public void The_battery_of_a_mouse_does_not_count_and_an_uninterruptible_supply_does()
    {
        using FakeBoard fake = new("empty");
        Write(fake, "power_supply/a", "type=Battery scope=Device status=Discharging capacity=3");
        Write(fake, "power_supply/b", "type=Mains online=1");
        Assert.Equal(new BoardReading(null, null, null), Read(fake));
        Write(fake, "power_supply/c", "type=UPS scope=System status=Full capacity=90");
        Assert.Equal(0.9, Read(fake).BatteryShare);
    }

    [Fact]
    public void Of_two_batteries_the_one_that_discharges_counts()
    {
        using FakeBoard fake = new("empty");
        Write(fake, "power_supply/BAT0", "type=Battery status=Unknown capacity=100");
        Write(fake, "power_supply/BAT1", "type=Battery status=Discharging capacity=30");
        Assert.Equal(0.3, Read(fake).BatteryShare);
        Write(fake, "power_supply/BAT1", "status=Full");
        Assert.Equal(1, Read(fake).BatteryShare);
    }

    [Fact]
    public void The_counters_of_processors_go_before_the_battery_also_at_the_first_reading()
    {
        using FakeBoard fake = new("mini-pc");
        fake.Write(Battery, "status", "Discharging\n");
        Assert.Null(Read(fake).PowerSource);
        File.Delete(fake.FileOf("powercap/intel-rapl:0", "energy_uj"));
        Assert.Equal((6.421, PowerSource.Battery), (Read(fake).PowerWatts, Read(fake).PowerSource));
    }

    private static void Write(FakeBoard fake, string device, string files)
    {
        foreach (string file in files.Split(' '))
            fake.Write(device, file.Split('=')[0], file.Split('=')[1] + "\n");
    }

    private static BoardReading Read(FakeBoard fake) => new Devices.Board.Board(fake.Root, new ManualTime()).Read();
}
