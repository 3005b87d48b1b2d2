using EdgeConv.Devices.Tests.Support;

namespace EdgeConv.Devices.Tests.Board;

public sealed class TemperatureTest
{
    private const string Zone = "thermal/thermal_zone0";

    [Theory]
    [InlineData("85000", 85.0)]
    [InlineData("85000\n", 85.0)]
    [InlineData("  85000  \n", 85.0)]
    [InlineData("-12500\n", -12.5)]
    [InlineData("0\n", 0.0)]
    [InlineData("", null)]
    [InlineData("\n", null)]
    [InlineData("n/a\n", null)]
    [InlineData("85.0\n", null)]
    [InlineData("85000 mC\n", null)]
    [InlineData("-274000\n", null)]
    [InlineData("255000\n", null)]
    [InlineData("99999999999999999999\n", null)]
    public void What_the_file_holds_is_a_temperature_or_no_value(string content, double? celsius)
    {
        using FakeBoard fake = new("raspberry-pi-4");
        fake.Write(Zone, "temp", content);
        Assert.Equal(celsius, Read(fake).TemperatureCelsius);
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_no_value_and_comes_back()
    {
        using FakeBoard fake = new("raspberry-pi-4");
        var board = new Devices.Board.Board(fake.Root, new ManualTime());
        string temp = fake.FileOf(Zone, "temp");
        File.Delete(temp);
        // Reading this file at its beginning ends in EIO, as a sleeping sensor's does.
        File.CreateSymbolicLink(temp, "/proc/self/mem");
        Assert.Null(board.Read().TemperatureCelsius);
        File.Delete(temp);
        Directory.CreateDirectory(temp);
        Assert.Null(board.Read().TemperatureCelsius);
        Directory.Delete(temp);
        fake.Write(Zone, "temp", "50000\n");
        Assert.Equal(50, board.Read().TemperatureCelsius);
    }

    [Fact]
    public void A_value_that_changes_is_followed()
    {
        using FakeBoard fake = new("raspberry-pi-4");
        var board = new Devices.Board.Board(fake.Root, new ManualTime());
        foreach (int celsius in (int[])[40, 90, -5, 40])
        {
            fake.Write(Zone, "temp", $"{celsius}000\n");
            Assert.Equal(celsius, board.Read().TemperatureCelsius);
        }
    }

    [Fact]
    public void Without_a_processor_s_zone_the_hottest_counts_at_every_reading()
    {
        using FakeBoard fake = new("raspberry-pi-4");
        fake.Write(Zone, "type", "modem\n");
        fake.Write("thermal/thermal_zone1", "type", "board\n");
        fake.Write("thermal/thermal_zone1", "temp", "30000\n");
        var board = new Devices.Board.Board(fake.Root, new ManualTime());
        Assert.Equal(48.312, board.Read().TemperatureCelsius);
        fake.Write("thermal/thermal_zone1", "temp", "70000\n");
        Assert.Equal(70, board.Read().TemperatureCelsius);
    }

    [Fact]
    public void Of_two_processor_packages_the_hotter_counts()
    {
        using FakeBoard fake = new("mini-pc");
        fake.Write("thermal/thermal_zone7", "type", "x86_pkg_temp\n");
        fake.Write("thermal/thermal_zone7", "temp", "61000\n");
        fake.Write("thermal/thermal_zone0", "temp", "99000\n");
        Assert.Equal(61, Read(fake).TemperatureCelsius);
    }

    [Theory]
    [InlineData("k10temp")]
    [InlineData("coretemp")]
    public void A_processor_without_a_zone_is_read_from_its_chip(string chip)
    {
        using FakeBoard fake = new("empty");
        fake.Write(Zone, "type", "acpitz\n");
        fake.Write(Zone, "temp", "27800\n");
        fake.Write("hwmon/hwmon3", "name", chip);
        fake.Write("hwmon/hwmon3", "temp1_input", "61250\n");
        fake.Write("hwmon/hwmon3", "temp1_crit", "95000\n");
        Assert.Equal((61.25, 95), (Read(fake).TemperatureCelsius, Read(fake).TemperatureLimitCelsius));
        fake.Write("hwmon/hwmon3", "temp1_input", "");
        Assert.Equal((27.8, null), (Read(fake).TemperatureCelsius, Read(fake).TemperatureLimitCelsius));
    }

    [Theory]
    [InlineData("passive=95000 passive=85000 critical=110000", 85.0)]
    [InlineData("active=40000 hot=103000 critical=104500", 103.0)]
    [InlineData("critical=110000 critical=105000", 105.0)]
    [InlineData("passive=0 passive=-274000 critical=100000", 100.0)]
    [InlineData("passive=nonsense passive=90000", 90.0)]
    [InlineData("active=40000", null)]
    public void The_limit_is_the_lowest_trip_point_that_throttles(string trips, double? limit)
    {
        using FakeBoard fake = new("empty");
        fake.Write(Zone, "type", "cpu-thermal\n");
        fake.Write(Zone, "temp", "40000\n");
        string[] points = trips.Split(' ');
        for (int i = 0; i < points.Length; i++)
        {
            fake.Write(Zone, $"trip_point_{i}_type", points[i].Split('=')[0] + "\n");
            fake.Write(Zone, $"trip_point_{i}_temp", points[i].Split('=')[1] + "\n");
        }

        Assert.Equal(limit, Read(fake).TemperatureLimitCelsius);
    }

    [Fact]
    public void A_Raspberry_Pi_3_B_Plus_slows_down_at_60_degrees()
    {
        using FakeBoard fake = new("raspberry-pi-4");
        File.WriteAllText(fake.FileOf("../firmware/devicetree/base", "model"),
            "Raspberry Pi 3 Model B Plus Rev 1.3\0");
        Assert.Equal(60, Read(fake).TemperatureLimitCelsius);
    }

    private static BoardReading Read(FakeBoard fake) =>
        new Devices.Board.Board(fake.Root, new ManualTime()).Read();
}
