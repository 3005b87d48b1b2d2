using CsCheck;
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
    [InlineData("4294967295\n")]
    public void A_monitor_that_measures_nothing_sensible_is_no_value(string power)
    {
        using FakeBoard fake = new("raspberry-pi-5");
        File.Delete(fake.PathOf("dev/vcio"));
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
        using FakeBoard fake = new("mini-pc");
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
        using FakeBoard fake = new("mini-pc");
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
        using FakeBoard fake = new("mini-pc");
        (IBoard board, ManualTime time) = Open(fake);
        board.Read();
        File.Delete(fake.FileOf("powercap/intel-rapl:0", "max_energy_range_uj"));
        Count(fake, 5);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(board.Read().PowerWatts);
    }

    [Fact]
    public void A_Rapl_counter_that_could_not_be_read_for_a_while_gives_the_mean_over_the_gap()
    {
        using FakeBoard fake = new("mini-pc");
        (IBoard board, ManualTime time) = Open(fake);
        board.Read();
        foreach ((string content, double? watts, double? joules) in
            ((string, double?, double?)[])[("", null, null), ("", null, null), ("7000000", 2, 6), ("8000000", 1, 7)])
        {
            fake.Write("powercap/intel-rapl:0", "energy_uj", content);
            time.Advance(TimeSpan.FromSeconds(1));
            BoardReading reading = board.Read();
            Assert.Equal((watts, joules), (reading.PowerWatts, reading.EnergyJoules));
        }
    }

    [Theory]
    [InlineData(1_000_000)]
    [InlineData(999_000)]
    [InlineData(3_001_000_000)]
    public void A_Rapl_counter_that_stands_still_starts_anew_or_leaps_counts_for_nothing(long microjoules)
    {
        using FakeBoard fake = new("mini-pc");
        (IBoard board, ManualTime time) = Open(fake);
        Assert.Equal(0, board.Read().EnergyJoules);
        Count(fake, microjoules);
        time.Advance(TimeSpan.FromSeconds(1));
        BoardReading reading = board.Read();
        Assert.Equal((null, null, null), (reading.PowerWatts, reading.PowerSource, reading.EnergyJoules));
        Count(fake, microjoules + 5_000_000);
        time.Advance(TimeSpan.FromSeconds(1));
        reading = board.Read();
        Assert.Equal((5, PowerSource.Rapl, 5), (reading.PowerWatts, reading.PowerSource, reading.EnergyJoules));
    }

    [Fact]
    public void Energy_is_the_sum_of_what_was_drawn_however_often_the_counter_wraps()
    {
        const long Range = 50_000_000;
        Gen.Int[1, 40].Array[5, 60].Holds(joules =>
        {
            using FakeBoard fake = new("mini-pc");
            fake.Write("powercap/intel-rapl:0", "max_energy_range_uj", $"{Range}\n");
            (IBoard board, ManualTime time) = Open(fake);
            long drawn = 0;
            Assert.Equal(0, board.Read().EnergyJoules);
            foreach (int step in joules)
            {
                drawn += step;
                Count(fake, (1_000_000 + (drawn * 1_000_000)) % Range);
                time.Advance(TimeSpan.FromSeconds(1));
                Assert.Equal(drawn, board.Read().EnergyJoules!.Value, 1e-6);
            }
        }, 20);
    }

    [Fact]
    public void Two_packages_count_together_and_one_that_is_silent_makes_the_sum_unknown()
    {
        using FakeBoard fake = new("mini-pc");
        fake.Write("powercap/intel-rapl:1", "name", "package-1\n");
        (IBoard board, ManualTime time) = Open(fake);
        board.Read();
        Count(fake, 3_000_000);
        fake.Write("powercap/intel-rapl:1", "energy_uj", "12000000\n");
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(5, board.Read().PowerWatts);
        fake.Write("powercap/intel-rapl:1", "energy_uj", "\n");
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(board.Read().PowerWatts);
    }

    [Fact]
    public void A_rail_without_a_label_is_not_taken_for_the_input()
    {
        using FakeBoard fake = new("jetson-orin-nano");
        File.Delete(fake.FileOf("hwmon/hwmon1", "in1_label"));
        BoardReading reading = Open(fake).Board.Read();
        Assert.Equal((null, null), (reading.PowerWatts, reading.PowerSource));
    }

    [Theory]
    [InlineData("32760", "1040")]
    [InlineData("90000", "1")]
    [InlineData("5008", "163800")]
    [InlineData("5008", "-40")]
    public void A_rail_that_tells_what_cannot_be_is_no_value(string millivolts, string milliamperes)
    {
        using FakeBoard fake = new("jetson-orin-nano");
        fake.Write("hwmon/hwmon1", "in1_input", millivolts);
        fake.Write("hwmon/hwmon1", "curr1_input", milliamperes);
        Assert.Null(Watts(fake));
    }

    [Fact]
    public void Another_monitor_does_not_stand_in_for_one_that_is_silent_for_once()
    {
        using FakeBoard fake = new("raspberry-pi-4");
        foreach ((string number, string power) in
            ((string, string)[])[("hwmon5", "7000000"), ("hwmon6", "9000000")])
        {
            fake.Write($"hwmon/{number}", "name", "ina219\n");
            fake.Write($"hwmon/{number}", "power1_input", power);
        }

        IBoard board = Open(fake).Board;
        Assert.Equal(7, board.Read().PowerWatts);
        fake.Write("hwmon/hwmon5", "power1_input", "");
        Assert.Null(board.Read().PowerWatts);
        fake.Write("hwmon/hwmon5", "power1_input", "7500000");
        Assert.Equal(7.5, board.Read().PowerWatts);
    }

    [Fact]
    public void Rapl_read_again_at_once_gives_the_same_power()
    {
        using FakeBoard fake = new("mini-pc");
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
