using EdgeConv.Devices.Tests.Support;

namespace EdgeConv.Devices.Tests.Board;

public sealed class BoardTest
{
    public static TheoryData<string> Boards =>
        [.. Directory.GetDirectories(FakeBoard.FolderOf("")).Select(folder => Path.GetFileName(folder))];

    [Theory]
    [MemberData(nameof(Boards))]
    public void A_board_reads_as_expected_whatever_the_numbers_of_its_devices(string name)
    {
        string expected = File.ReadAllText(Path.Combine(FakeBoard.FolderOf(name), "expected.txt"));
        using FakeBoard board = new(name);
        Assert.Equal(expected, ReadingText.Of(Open(board).Read()));
        board.Renumber();
        Assert.Equal(expected, ReadingText.Of(Open(board).Read()));
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void Plain_folders_are_read_as_links_are(string name)
    {
        string folder = FakeBoard.FolderOf(name);
        BoardReading reading = new Devices.Board.Board(new SysRoot(folder), new ManualTime()).Read();
        Assert.Equal(File.ReadAllText(Path.Combine(folder, "expected.txt")), ReadingText.Of(reading));
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void Renumbering_under_way_changes_nothing(string name)
    {
        using FakeBoard fake = new(name);
        var board = Open(fake);
        BoardReading before = board.Read();
        fake.Renumber();
        Assert.Equal(before, board.Read());
        fake.Renumber();
        Assert.Equal(before, board.Read());
    }

    [Fact]
    public void A_device_that_goes_away_is_null_and_found_again_under_another_number()
    {
        using FakeBoard fake = new("raspberry-pi-4");
        var board = Open(fake);
        BoardReading before = board.Read();
        fake.Rename("thermal/thermal_zone0", "away_zone");
        fake.Rename("hwmon/hwmon1", "away_hwmon");
        BoardReading without = board.Read();
        Assert.Null(without.TemperatureCelsius);
        Assert.Null(without.TemperatureLimitCelsius);
        Assert.Equal(without, board.Read());
        fake.Rename("away_zone", "thermal/thermal_zone4");
        fake.Rename("away_hwmon", "hwmon/hwmon9");
        Assert.Equal(before, board.Read());
    }

    [Fact]
    public void A_monitor_that_goes_away_leaves_the_next_trusted_source_and_comes_back()
    {
        using FakeBoard fake = new("raspberry-pi-5");
        var board = Open(fake);
        Assert.Equal((5.125, PowerSource.Rails), (board.Read().PowerWatts, board.Read().PowerSource));
        fake.Rename("hwmon/hwmon3", "away_hwmon");
        Assert.Equal(PowerSource.Pmic, board.Read().PowerSource);
        fake.Rename("away_hwmon", "hwmon/hwmon7");
        Assert.Equal((5.125, PowerSource.Rails), (board.Read().PowerWatts, board.Read().PowerSource));
    }

    [Fact]
    public void A_number_that_another_device_has_taken_is_not_read_for_the_first()
    {
        using FakeBoard fake = new("raspberry-pi-5");
        File.Delete(fake.PathOf("dev/vcio"));
        var board = Open(fake);
        board.Read();
        // Set aside, so that no file system gives the new folders the old ones' inodes: sysfs never does.
        fake.Rename("hwmon/hwmon3", "away_hwmon");
        fake.Write("hwmon/hwmon3", "name", "rp1_adc\n");
        fake.Write("hwmon/hwmon3", "power1_input", "9000000\n");
        fake.Rename("thermal/thermal_zone0", "away_zone");
        fake.Write("thermal/thermal_zone0", "type", "battery\n");
        fake.Write("thermal/thermal_zone0", "temp", "70000\n");
        fake.Write("thermal/thermal_zone1", "type", "cpu-thermal\n");
        fake.Write("thermal/thermal_zone1", "temp", "61000\n");
        BoardReading reading = board.Read();
        Assert.Equal((61, 80, null), (reading.TemperatureCelsius, reading.TemperatureLimitCelsius, reading.PowerWatts));
    }

    [Fact]
    public void Readings_from_many_threads_agree()
    {
        using FakeBoard fake = new("raspberry-pi-5");
        var board = Open(fake);
        BoardReading expected = board.Read();
        BoardReading[] readings = new BoardReading[64];
        Parallel.For(0, readings.Length, i => readings[i] = board.Read());
        Assert.All(readings, reading => Assert.Equal(expected, reading));
    }

    [Theory]
    [InlineData("0", "0x0", false)]
    [InlineData("1", "0x0", true)]
    [InlineData("0", "0x1", true)]
    [InlineData("0", "0x50000", false)]
    [InlineData("", "0x50005", true)]
    [InlineData("1", null, true)]
    [InlineData("0", null, false)]
    [InlineData("", null, null)]
    public void The_supply_is_too_weak_when_the_kernel_or_the_firmware_says_so_now(
        string alarm, string? word, bool? isUnderVoltage)
    {
        using FakeBoard fake = new("raspberry-pi-4");
        fake.Write("hwmon/hwmon1", "in0_lcrit_alarm", alarm);
        File.WriteAllText(fake.PathOf("dev/vcio"), word is null ? "" : $"throttled={word}\n");
        Assert.Equal(isUnderVoltage, Open(fake).Read().IsUnderVoltage);
    }

    private static Devices.Board.Board Open(FakeBoard fake) => new(fake.Root, new ManualTime());
}
