using EdgeConv.Devices.Tests.Support;

namespace EdgeConv.Devices.Tests.Board;

public sealed class BoardTest
{
    [Theory]
    [InlineData("raspberry-pi-4", 48.312, 80.0, null)]
    [InlineData("raspberry-pi-5", 51.25, 80.0, 5.125)]
    [InlineData("jetson-orin-nano", 47.906, 99.0, 5.20832)]
    [InlineData("x86-rapl", 52.0, null, null)]
    [InlineData("empty", null, null, null)]
    public void A_board_is_read_the_same_whatever_the_numbers_of_its_devices(
        string name, double? celsius, double? limit, double? watts)
    {
        using FakeBoard board = new(name);
        BoardReading expected = new(celsius, limit, watts);
        AssertEqual(expected, Open(board).Read());
        board.Renumber();
        AssertEqual(expected, Open(board).Read());
    }

    [Fact]
    public void Plain_folders_are_read_as_links_are()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "boards", "jetson-orin-nano");
        BoardReading reading = new Devices.Board.Board(new SysRoot(folder), new ManualTime()).Read();
        AssertEqual(new BoardReading(47.906, 99.0, 5.20832), reading);
    }

    [Fact]
    public void Renumbering_under_way_changes_nothing()
    {
        using FakeBoard fake = new("jetson-orin-nano");
        var board = Open(fake);
        BoardReading before = board.Read();
        fake.Renumber();
        Assert.Equal(before, board.Read());
    }

    [Fact]
    public void A_device_that_goes_away_is_null_and_found_again_under_another_number()
    {
        using FakeBoard fake = new("raspberry-pi-5");
        var board = Open(fake);
        BoardReading before = board.Read();
        fake.Rename("thermal/thermal_zone0", "away_zone");
        fake.Rename("hwmon/hwmon3", "away_hwmon");
        Assert.Equal(new BoardReading(null, null, null), board.Read());
        Assert.Equal(new BoardReading(null, null, null), board.Read());
        fake.Rename("away_zone", "thermal/thermal_zone4");
        fake.Rename("away_hwmon", "hwmon/hwmon9");
        Assert.Equal(before, board.Read());
    }

    [Fact]
    public void A_number_that_another_device_has_taken_is_not_read_for_the_first()
    {
        using FakeBoard fake = new("raspberry-pi-5");
        var board = Open(fake);
        board.Read();
        fake.Write("hwmon/hwmon3", "name", "rp1_adc\n");
        fake.Write("thermal/thermal_zone0", "type", "battery\n");
        fake.Write("thermal/thermal_zone1", "type", "cpu-thermal\n");
        fake.Write("thermal/thermal_zone1", "temp", "61000\n");
        AssertEqual(new BoardReading(61, 80, null), board.Read());
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

    private static Devices.Board.Board Open(FakeBoard fake) => new(fake.Root, new ManualTime());

    private static void AssertEqual(BoardReading expected, BoardReading actual)
    {
        Assert.Equal(expected.TemperatureCelsius, actual.TemperatureCelsius);
        Assert.Equal(expected.TemperatureLimitCelsius, actual.TemperatureLimitCelsius);
        Assert.Equal(expected.PowerWatts ?? -1, actual.PowerWatts ?? -1, 1e-9);
    }
}
