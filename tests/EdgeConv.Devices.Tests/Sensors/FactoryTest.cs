using EdgeConv.Devices.Inventory;
using EdgeConv.Devices.Sensors;
using EdgeConv.Devices.Sensors.Iio;
using EdgeConv.Devices.Tests.Sensors.Support;
using EdgeConv.Devices.Tests.Support;

namespace EdgeConv.Devices.Tests.Sensors;

public sealed class FactoryTest : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_address_that_the_kernel_drives_is_refused_with_what_would_be_right()
    {
        _folder.Write("sys/bus/i2c/devices/1-0076/name", "bme280\n");
        File.CreateSymbolicLink(_folder.PathOf("sys/bus/i2c/devices/1-0076/driver"), "../../../../bus/i2c/drivers/bmp280");
        SensorOptions options = new() { Kind = SensorKind.I2c, Chip = "bme280", Bus = 1, Address = 0x76 };
        Assert.Equal("bme280: address 0x76 of I2C bus 1 is driven by the kernel (bmp280); kind: iio, or hwmon, "
            + "with device: bme280 would be right",
            Assert.Throws<DeviceError>(() => Factory.RequireFree(options)).Message);
        Factory.RequireFree(options with { Address = 0x77 });
        Factory.RequireFree(options with { Bus = 2 });
    }

    [Fact]
    public void A_device_on_no_bus_is_listed_without_an_address()
    {
        Directory.CreateDirectory(_folder.PathOf("sys/bus/iio/devices"));
        foreach (string device in (string[])["iio:device0", "i2c-1/1-0076/iio:device1"])
        {
            string name = Path.GetFileName(device);
            _folder.Write($"sys/devices/{device}/name", $"{name[^1]}-named\n");
            Directory.CreateSymbolicLink(_folder.PathOf($"sys/bus/iio/devices/{name}"), $"../../../devices/{device}");
        }

        Assert.Equal("bmi160: no such IIO device is there; there are 0-named, 1-named (1-0076); used when it comes",
            Assert.Throws<DeviceError>(() => Factory.Open(
                new SensorOptions { Kind = SensorKind.Iio, Device = "bmi160" })).Message);
    }

    [Fact]
    public void Chips_of_a_recorded_board_are_refused() => Assert.Equal(
        $"bme280: a folder stands for this machine ({_folder.Root}); its buses cannot be read",
        Assert.Throws<DeviceError>(() => Factory.Open(
            new SensorOptions { Kind = SensorKind.I2c, Chip = "bme280", Bus = 1 })).Message);

    [Theory]
    [InlineData("iio-raw-offset-scale", "sys/bus/iio/devices/iio:device0", "in_temp_raw")]
    [InlineData("hwmon-by-label", "sys/class/hwmon/hwmon0", "temp1_input")]
    public void A_number_that_another_device_has_taken_is_not_read(string name, string folder, string attribute)
    {
        using SensorCase one = new(name);
        using ISensor sensor = new SensorFactory(new SysRoot(one.Root), IioParts.Of(TimeProvider.System)).Open(one.Options);
        double[] values = new double[sensor.Channels.Count];
        long at = 0;
        Assert.True(sensor.TryRead(values, ref at));
        string here = Path.Combine(one.Root, folder);
        Directory.Move(here, here[..^1] + "5");
        Directory.CreateDirectory(here);
        File.WriteAllText(Path.Combine(here, "name"), "another");
        File.WriteAllText(Path.Combine(here, attribute), "77777");
        for (int i = 0; i < 3; i++)
            Assert.EndsWith("was numbered anew; used again where it is now",
                Assert.Throws<DeviceError>(() => sensor.TryRead(values, ref at)).Message, StringComparison.Ordinal);
        Assert.Equal(one.Expected, one.Read());
    }

    [Theory]
    [InlineData("iio-raw-offset-scale", "sys/bus/iio/devices/iio:device0")]
    [InlineData("hwmon-by-label", "sys/class/hwmon/hwmon0")]
    public void A_device_that_is_gone_has_one_name_while_it_is_open_and_when_it_is_opened(string name, string folder)
    {
        using SensorCase one = new(name);
        SensorFactory factory = new(new SysRoot(one.Root), IioParts.Of(TimeProvider.System));
        using ISensor sensor = factory.Open(one.Options);
        Directory.Delete(Path.Combine(one.Root, folder), recursive: true);
        long at = 0;
        string lost = Assert.Throws<DeviceError>(() => sensor.TryRead(new double[sensor.Channels.Count], ref at)).Message;
        Assert.EndsWith("used when it comes", lost, StringComparison.Ordinal);
        Assert.Equal(lost, Assert.Throws<DeviceError>(() => factory.Open(one.Options)).Message);
    }

    [Fact]
    public void Readings_of_the_kernels_devices_allocate_nothing()
    {
        foreach (string name in (string[])["iio-raw-offset-scale", "hwmon-all-units"])
        {
            using SensorCase one = new(name);
            using ISensor sensor = new SensorFactory(new SysRoot(one.Root), IioParts.Of(TimeProvider.System)).Open(one.Options);
            double[] values = new double[sensor.Channels.Count];
            long at = 0;
            Assert.Equal(0, Testing.Allocation.Least(() => sensor.TryRead(values, ref at), runs: 10));
        }
    }

    [Fact]
    public void Scans_allocate_nothing()
    {
        byte[] scans = new byte[16 * 100_000];
        using SensorCase one = new("buffer-unplugged");
        Directory.CreateDirectory(Path.Combine(one.Root, "dev"));
        File.WriteAllBytes(Path.Combine(one.Root, "dev/iio:device0"), scans);
        using ISensor sensor = new SensorFactory(
            new SysRoot(one.Root), IioParts.Of(TimeProvider.System) with { Clock = new ZeroClock() }).Open(one.Options);
        double[] values = new double[1];
        long at = 0;
        Assert.Equal(0, Testing.Allocation.Least(() =>
        {
            for (int i = 0; i < 1000; i++)
                Assert.True(sensor.TryRead(values, ref at));
        }, runs: 10));
    }

    [Fact]
    public void Chips_of_lines_are_listed_with_the_labels_that_they_are_called_by()
    {
        using FakeLines lines = new();
        lines.Add("gpiochip0", "pinctrl-rp1", 54);
        DeviceEntry entry = Assert.Single(NodeList.Gpio(lines.Root, lines));
        Assert.Equal(("label pinctrl-rp1, 54 lines", 0), (entry.Detail, lines.Open));
    }

    [Fact]
    public void A_buffer_is_listed_with_its_channels_and_whether_it_is_on()
    {
        using SensorCase one = new("buffer-12-bits-shifted");
        DeviceEntry entry = Assert.Single(
            DeviceInventory.Read(new SysRoot(one.Root)), device => device.Name == "imu buffer");
        Assert.Equal(("/dev/iio:device0", "buffer is on; accel_x, accel_y, timestamp", null),
            (entry.Path, entry.Detail, entry.Problem));
    }

    private SensorFactory Factory => new(new SysRoot(_folder.Root), IioParts.Of(TimeProvider.System));

    private sealed class ZeroClock : Devices.Sensors.Iio.Interop.IKernelClock
    {
        public long Nanoseconds(int clock) => 0;
    }
}
