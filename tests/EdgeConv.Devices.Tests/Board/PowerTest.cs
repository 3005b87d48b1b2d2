using EdgeConv.Devices.Tests.Support;

namespace EdgeConv.Devices.Tests.Board;

public sealed class PowerTest
{
    [Fact]
    public void A_Jetson_rail_is_millivolts_times_milliamperes_and_another_monitor_microwatts()
    {
        using FakeBoard fake = new("jetson-orin-nano");
        fake.Write("hwmon/hwmon0", "name", "ina226\n");
        fake.Write("hwmon/hwmon0", "power1_input", "2500000\n");
        Assert.Equal(5.20832, Watts(fake)!.Value, 1e-9);
        fake.Write("hwmon/hwmon1", "in1_label", "VDD_OTHER\n");
        Assert.Equal(2.5, Watts(fake)!.Value, 1e-9);
    }

    [Fact]
    public void The_input_of_an_AGX_Orin_is_the_sum_of_its_three_rails()
    {
        using FakeBoard fake = new("jetson-orin-nano");
        fake.Write("hwmon/hwmon1", "in1_label", "VDD_GPU_SOC\n");
        fake.Write("hwmon/hwmon1", "in2_label", "VDD_CPU_CV\n");
        fake.Write("hwmon/hwmon1", "in3_label", "VIN_SYS_5V0\n");
        Assert.Equal(5.20832 + 0.96 + 1.48, Watts(fake)!.Value, 1e-9);
        File.Delete(fake.FileOf("hwmon/hwmon1", "curr2_input"));
        Assert.Null(Watts(fake));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-5125000\n")]
    [InlineData("unknown\n")]
    public void A_monitor_that_measures_nothing_sensible_is_no_value(string power)
    {
        using FakeBoard fake = new("raspberry-pi-5");
        fake.Write("hwmon/hwmon3", "power1_input", power);
        Assert.Null(Watts(fake));
    }

    [Fact]
    public void Of_two_monitors_the_one_at_the_lower_address_counts_whatever_their_numbers()
    {
        using FakeBoard fake = new("empty");
        foreach ((string number, string address, string power) in
            ((string, string, string)[])[("hwmon10", "1-0041", "7000000"), ("hwmon2", "1-0045", "9000000")])
        {
            fake.Write($"hwmon/{number}", "name", "ina219\n");
            fake.Write($"hwmon/{number}", "power1_input", power);
            Directory.CreateSymbolicLink(fake.FileOf($"hwmon/{number}", "device"), $"../../../{address}");
        }

        Assert.Equal(7, Watts(fake));
        fake.Rename("hwmon/hwmon10", "hwmon/hwmon3");
        fake.Rename("hwmon/hwmon2", "hwmon/hwmon10");
        Assert.Equal(7, Watts(fake));
    }

    [Fact]
    public void Rapl_power_is_the_packages_energy_over_time()
    {
        using FakeBoard fake = new("x86-rapl");
        (IBoard board, ManualTime time) = Open(fake);
        Assert.Null(board.Read().PowerWatts);
        double joules = 0;
        for (int second = 0; second < 10; second++)
        {
            // A power curve of 5, 6 .. 14 W.
            Count(fake, 1_000_000 + (long)((joules += 5 + second) * 1e6));
            time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(5 + second, board.Read().PowerWatts!.Value, 1e-6);
        }
    }

    [Fact]
    public void A_Rapl_counter_that_wraps_loses_no_energy()
    {
        using FakeBoard fake = new("x86-rapl");
        (IBoard board, ManualTime time) = Open(fake);
        Count(fake, 262143328850 - 3_000_000);
        board.Read();
        Count(fake, 5_000_000);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(4, board.Read().PowerWatts!.Value, 1e-6);
    }

    [Fact]
    public void A_Rapl_counter_that_wraps_at_an_unknown_range_is_no_value()
    {
        using FakeBoard fake = new("x86-rapl");
        (IBoard board, ManualTime time) = Open(fake);
        board.Read();
        File.Delete(fake.FileOf("powercap/intel-rapl:0", "max_energy_range_uj"));
        Count(fake, 5);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(board.Read().PowerWatts);
    }

    [Fact]
    public void A_Rapl_counter_that_may_not_be_read_is_no_value_until_it_was_read_twice()
    {
        using FakeBoard fake = new("x86-rapl");
        (IBoard board, ManualTime time) = Open(fake);
        board.Read();
        string counter = fake.Read("powercap/intel-rapl:0", "energy_uj");
        foreach ((string content, double? watts) in
            ((string, double?)[])[("", null), (counter, null), (counter, 0), ("3000000", 2)])
        {
            fake.Write("powercap/intel-rapl:0", "energy_uj", content);
            time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(watts, board.Read().PowerWatts);
        }
    }

    [Fact]
    public void Rapl_read_again_at_once_gives_the_same_power()
    {
        using FakeBoard fake = new("x86-rapl");
        (IBoard board, ManualTime time) = Open(fake);
        board.Read();
        Count(fake, 3_000_000);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, board.Read().PowerWatts);
        Count(fake, 3_000_500);
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(2, board.Read().PowerWatts);
    }

    private static void Count(FakeBoard fake, long microjoules) =>
        fake.Write("powercap/intel-rapl:0", "energy_uj", $"{microjoules}\n");

    private static (IBoard Board, ManualTime Time) Open(FakeBoard fake)
    {
        ManualTime time = new();
        return (new Devices.Board.Board(fake.Root, time), time);
    }

    private static double? Watts(FakeBoard fake) => Open(fake).Board.Read().PowerWatts;
}
