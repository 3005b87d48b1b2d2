using EdgeConv.Devices.Firmware;
using EdgeConv.Devices.Inventory;
using EdgeConv.Devices.Tests.Board;
using EdgeConv.Devices.Tests.Support;

namespace EdgeConv.Devices.Tests.Inventory;

public sealed class InventoryTest
{
    private const int PermissionDenied = 13;
    private const int NoData = 61;

    [Theory]
    [MemberData(nameof(BoardTest.Boards), MemberType = typeof(BoardTest))]
    public void Renumbering_changes_where_devices_are_and_nothing_else(string name)
    {
        using FakeBoard fake = new(name);
        string[] before = Rows(fake);
        fake.Renumber();
        Assert.Equal(before, Rows(fake));
    }

    [Fact]
    public void Counters_that_only_root_may_read_say_how_to_allow_it()
    {
        using FakeBoard fake = new("mini-pc");
        DeviceEntry package = One(Denied(fake, "energy_uj"), "energy", "package-0");
        Assert.Equal((null, true), (package.Value, package.IsDenied));
        Assert.StartsWith("permission missing: only root may read it; sudo chmod a+r ", package.Problem, StringComparison.Ordinal);
        Assert.Contains("/intel-rapl:0/energy_uj allows", package.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("video0", "video", "unicam-image", "video")]
    [InlineData("dev/i2c-1", "i2c", "bcm2835 (i2c@7e804000)", "i2c")]
    [InlineData("spidev0.1", "spi", "spidev0.1", "spi")]
    [InlineData("gpiochip0", "gpio", "/soc/gpio@7e200000", "gpio")]
    public void A_device_that_may_not_be_opened_names_the_group_that_may(
        string end, string kind, string name, string group)
    {
        using FakeBoard fake = new("raspberry-pi-4");
        IReadOnlyList<DeviceEntry> devices = Denied(fake, end);
        DeviceEntry device = One(devices, kind, name);
        Assert.Equal((true, $"permission missing: group {group}; sudo usermod -aG {group} $USER and log in again"),
            (device.IsDenied, device.Problem));
        Assert.Equal(1, devices.Count(other => other.IsDenied));
    }

    [Fact]
    public void A_mailbox_that_may_not_be_opened_is_listed_with_its_group()
    {
        using FakeBoard fake = new("raspberry-pi-4");
        DeviceEntry firmware = One(Denied(fake, "dev/vcio"), "throttling", "firmware");
        Assert.True(firmware.IsDenied);
        Assert.Contains("group video", firmware.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_zone_that_sleeps_says_so_and_is_no_matter_of_permission()
    {
        using FakeBoard fake = new("jetson-orin-nano");
        DeviceEntry zone = One(
            Read(fake, new FaultyReader("thermal_zone1/temp", NoData)), "zone", "gpu-thermal");
        Assert.Equal((null, "temp: the sensor has no value (ENODATA)", false), (zone.Value, zone.Problem, zone.IsDenied));
    }

    [Fact]
    public void A_rail_without_a_label_is_named_by_its_chip_and_channel_and_does_not_count()
    {
        using FakeBoard fake = new("jetson-orin-nano");
        File.Delete(fake.FileOf("hwmon/hwmon1", "in1_label"));
        DeviceEntry rail = One(DeviceInventory.Read(fake.Root), "rail", "ina3221 1-0040 channel 1");
        Assert.Equal(5.20832, rail.Value!.Value, 1e-9);
        Assert.StartsWith("no label: ", rail.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("counts as the board's power", rail.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("in_voltage0_raw=1200 in_voltage0_scale=0.125 in_voltage_scale=9", "ads1015 voltage0", 0.15, "V")]
    [InlineData("in_voltage1_raw=1200 in_voltage_scale=0.125", "ads1015 voltage1", 0.15, "V")]
    [InlineData("in_temp_raw=200 in_temp_offset=100 in_temp_scale=81.5", "ads1015 temp", 24.45, "°C")]
    [InlineData("in_pressure_input=100.325484375", "ads1015 pressure", 100.325484375, "kPa")]
    [InlineData("in_accel_x_raw=-512 in_accel_scale=0.019161", "ads1015 accel_x", -9.810432, "m/s²")]
    [InlineData("in_count0_raw=7", "ads1015 count0", 7.0, null)]
    [InlineData("in_voltage0_raw=nan", "ads1015 voltage0", null, "V")]
    public void A_channel_of_industrial_IO_is_raw_plus_offset_times_scale(
        string files, string name, double? value, string? unit)
    {
        using FakeBoard fake = new("empty");
        string folder = Directory.CreateDirectory(fake.PathOf("sys/bus/iio/devices/iio:device3")).FullName;
        File.WriteAllText(Path.Combine(folder, "name"), "ads1015\n");
        foreach (string file in files.Split(' '))
            File.WriteAllText(Path.Combine(folder, file.Split('=')[0]), file.Split('=')[1] + "\n");
        DeviceEntry channel = One(DeviceInventory.Read(fake.Root), "iio", name);
        Assert.Equal(value ?? double.NaN, channel.Value ?? double.NaN, 1e-12);
        Assert.Equal(unit, channel.Unit);
    }

    [Fact]
    public async Task A_sensor_whose_value_never_changes_says_so_and_one_that_moves_does_not()
    {
        using FakeBoard fake = new("mini-pc");
        ManualTime time = new();
        Task<IReadOnlyList<DeviceEntry>> watch =
            DeviceWatch.ReadAsync(fake.Root, 3, time, TestContext.Current.CancellationToken);
        for (int second = 1; second <= 3; second++)
        {
            while (time.Waiting == 0)
                await Task.Delay(1, TestContext.Current.CancellationToken);
            fake.Write("thermal/thermal_zone1", "temp", $"{52000 + (second % 2 * 1000)}\n");
            time.Advance(TimeSpan.FromSeconds(1));
        }

        IReadOnlyList<DeviceEntry> devices = await watch;
        Assert.Null(One(devices, "zone", "x86_pkg_temp").Problem);
        Assert.Equal("has not changed in 3 s", One(devices, "zone", "acpitz").Problem);
        Assert.Equal("has not changed in 3 s", One(devices, "energy", "package-0").Problem);
        // What measures nothing cannot stick.
        Assert.Null(One(devices, "cooling", "Processor").Problem);
    }

    [Fact]
    public void A_machine_with_nothing_has_no_devices()
    {
        using FakeBoard fake = new("empty");
        Assert.Empty(DeviceInventory.Read(fake.Root));
    }

    private static IReadOnlyList<DeviceEntry> Denied(FakeBoard fake, string end) =>
        Read(fake, new FaultyReader(end, PermissionDenied));

    private static IReadOnlyList<DeviceEntry> Read(FakeBoard fake, FaultyReader reader)
    {
        SysRoot root = new(fake.Root.Root, reader);
        return DeviceInventory.Read(root, RaspberryPi.Below(root));
    }

    private static DeviceEntry One(IEnumerable<DeviceEntry> devices, string kind, string name) =>
        Assert.Single(devices, device => device.Kind == kind && device.Name == name);

    // Zones and chips without a name are called by their number.
    private static string[] Rows(FakeBoard fake) => [.. DeviceInventory.Read(fake.Root)
        .Select(device => device with { Path = "" })
        .Where(device => !device.Name.Contains("thermal_zone", StringComparison.Ordinal) &&
            !device.Name.Contains("hwmon", StringComparison.Ordinal))
        .Select(device => device.ToString())
        .Order(StringComparer.Ordinal)];
}
