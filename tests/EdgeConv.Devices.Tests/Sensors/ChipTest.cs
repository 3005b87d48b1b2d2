using System.Device.Gpio;
using System.Device.I2c;
using EdgeConv.Devices.Sensors.Chips;
using EdgeConv.Devices.Sensors.Gpio;
using EdgeConv.Devices.Tests.Sensors.Support;
using EdgeConv.Testing;

namespace EdgeConv.Devices.Tests.Sensors;

public sealed class ChipTest
{
    private static readonly double[] s_temperature = [27504, 26435, -1000];
    private static readonly double[] s_pressure = [36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000];

    // Data sheet BMP280, section 3.12: 25.08 °C and 100653.27 Pa.
    [Fact]
    public void Temperature_and_pressure_are_those_of_the_data_sheets_example()
    {
        Bme280Calibration constants = new() { T = s_temperature, P = s_pressure, H = new double[6] };
        double fine = constants.FineTemperature(519888);
        Assert.Equal(128422, fine, 1.0);
        Assert.Equal(25.08, Bme280Calibration.Celsius(fine), 0.005);
        Assert.Equal(100653.27, constants.Pascals(415148, fine), 0.01);
    }

    // The data sheet's own code of 32-bit integers, section 4.2.3, tells 1/1024 %.
    [Fact]
    public void Humidity_is_what_the_data_sheets_integer_code_tells()
    {
        int[] h = [75, 362, 0, 324, 50, 30];
        Bme280Calibration constants =
            new() { T = s_temperature, P = s_pressure, H = [.. h.Select(value => (double)value)] };
        for (int raw = 20000; raw < 45000; raw += 250)
        {
            for (int celsius = -20; celsius <= 60; celsius += 10)
            {
                int fine = celsius * 5120;
                int x = fine - 76800;
                x = (((raw << 14) - (h[3] << 20) - (h[4] * x)) + 16384 >> 15)
                    * ((((((x * h[5] >> 10) * ((x * h[2] >> 11) + 32768)) >> 10) + 2097152) * h[1] + 8192) >> 14);
                x -= ((x >> 15) * (x >> 15) >> 7) * h[0] >> 4;
                double expected = (Math.Clamp(x, 0, 419430400) >> 12) / 1024.0;
                Assert.Equal(expected, constants.HumidityPercent(raw, fine), 0.05);
            }
        }
    }

    // Data sheet SHT4x, section 4.4.
    [Fact]
    public void The_check_sum_is_that_of_the_data_sheets_example() =>
        Assert.Equal(0x92, SensirionCheckSum.Of([0xBE, 0xEF]));

    [Fact]
    public void A_reading_is_told_with_its_units_or_not_at_all()
    {
        RegisterMap map = new(["byte 00: E5", "byte 32: 00 01 00 00 00 FF", "fail 6 121"]);
        using Adxl345 chip = new(map.I2c(1, Adxl345.DefaultI2cAddress));
        Assert.True(chip.TryReadAcceleration(out System.Numerics.Vector3 acceleration));
        Assert.Equal(new(9.80665f, 0, -9.80665f), acceleration);
        Assert.False(chip.TryReadAcceleration(out _));
        Assert.True(chip.TryReadAcceleration(out _));
    }

    // After a loss of power registers hold what the data sheets say, and the axes 0: nothing that was measured.
    [Theory]
    [InlineData("adxl345", "byte 00: E5", 0x2D, 0x00)]
    [InlineData("bme280", "byte D0: 60", 0xF4, 0x00)]
    [InlineData("mpu6050", "byte 75: 68", 0x6B, 0x40)]
    public void A_chip_that_was_without_power_gives_no_values(string name, string identity, byte register, byte after)
    {
        RegisterMap map = new([identity]);
        using I2cDevice bus = map.I2c(1, 0x42);
        using ISensor chip = name switch
        {
            "adxl345" => new Adxl345(map.I2c(1, 0x42)),
            "bme280" => new Bme280(map.I2c(1, 0x42)),
            _ => new Mpu6050(map.I2c(1, 0x42)),
        };
        double[] values = new double[chip.Channels.Count];
        long at = 0;
        Assert.True(chip.TryRead(values, ref at));
        bus.Write([register, after]);
        IOException fault = Assert.Throws<IOException>(() => chip.TryRead(values, ref at));
        Assert.StartsWith($"it was without power (register 0x{register:x2} is 0x{after:x2}, was ", fault.Message);
    }

    // It is tried again for as long as the chip is not there.
    [Fact]
    public void A_chip_that_cannot_be_opened_leaves_nothing_open()
    {
        RegisterMap map = new(["byte D0: 58"]);
        Assert.Throws<DeviceError>(() => SensorChips.Own(map.I2c(1, 0x76), device => new Bme280(device)));
        Assert.Equal(0, map.Open);
        RegisterMap right = new(["byte D0: 60"]);
        using (SensorChips.Own(right.I2c(1, 0x76), device => new Bme280(device)))
            Assert.Equal(1, right.Open);
        Assert.Equal(0, right.Open);
    }

    [Fact]
    public void Readings_of_chips_allocate_nothing()
    {
        RegisterMap map = new(["byte 00: E5", "byte 32: 00 01 00 00 00 FF"]);
        using ISensor chip = new Adxl345(map.I2c(1, Adxl345.DefaultI2cAddress));
        double[] values = new double[3];
        long at = 0;
        Assert.Equal(0, Allocation.Least(() => chip.TryRead(values, ref at), runs: 10));
    }

    [Fact]
    public void Motion_is_a_status_of_a_line()
    {
        FakeLines lines = new();
        lines.Add("gpiochip0", "pinctrl-rp1", 54);
        using ISensor sensor = new HcSr501(new GpioController(new LineDriver(lines.Chip("pinctrl-rp1"))), 17);
        double[] values = new double[1];
        long at = 5;
        Assert.True(sensor.Channels is [{ Name: "motion", IsStatus: true }]);
        Assert.True(sensor.TryRead(values, ref at));
        Assert.Equal((0, 5), (values[0], at));
        lines.Set(17, true);
        Assert.True(sensor.TryRead(values, ref at));
        Assert.Equal(1, values[0]);
    }

    [Fact]
    public void A_host_of_ones_own_adds_drivers()
    {
        SensorChips.Add("own-chip", SensorKind.I2c, 0x62, _ => throw new NotSupportedException("no bus here"));
        Assert.Contains("own-chip", SensorChips.NamesOf(SensorKind.I2c));
        Assert.DoesNotContain("own-chip", SensorChips.NamesOf(SensorKind.Spi));
    }
}
