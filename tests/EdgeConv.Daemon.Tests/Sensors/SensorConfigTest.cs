using EdgeConv.Core;
using EdgeConv.Daemon.Options;
using EdgeConv.Devices;
using Xunit;

namespace EdgeConv.Daemon.Tests.Sensors;

public sealed class SensorConfigTest
{
    [Fact]
    public void Sensors_are_read_with_all_that_is_known_of_them()
    {
        SourceOptions source = Read("rate_hz: 50, stride: 25, sensors: [" +
            "{ kind: iio, device: bmi160, buffer: true, trigger: t, rate_hz: 100, channels: [accel_x, accel_y] }, " +
            "{ kind: i2c, chip: bme280, bus: 3, address: 0x76, gap: drop, channels: [{ name: temp, unit: °C }] }, " +
            "{ kind: gpio, chip: hc-sr501, gpio: pinctrl-rp1, line: 17, resample: linear, gap_s: 7 }], " +
            "trigger: { line: 4, edge: falling, hold_s: 30 }").Source;
        Assert.Equal((SourceKind.Sensors, 50.0, 25, 3),
            (source.Kind, source.RateHertz, source.Stride, source.Sensors.Count));
        SensorOptions imu = source.Sensors[0];
        Assert.Equal(("bmi160", true, "t", 100.0), (imu.Device, imu.IsBuffered, imu.Trigger, imu.RateHertz));
        Assert.Equal(["accel_x", "accel_y"], imu.Channels.Select(channel => channel.Name));
        SensorOptions air = source.Sensors[1];
        Assert.Equal(("bme280", 3, 0x76, GapPolicy.Drop), (air.Chip, air.Bus, air.Address, air.Gap));
        Assert.Equal(new SensorChannelOptions("temp") { Unit = "°C" }, Assert.Single(air.Channels));
        SensorOptions motion = source.Sensors[2];
        Assert.Equal(("pinctrl-rp1", 17, Resampling.Linear, 7.0),
            (motion.GpioChip, motion.Line, motion.Resampling, motion.GapSeconds));
        Assert.Equal(new TriggerOptions { Line = 4, Edge = TriggerEdge.Falling, HoldSeconds = 30 }, source.Trigger);
    }

    [Fact]
    public void What_channels_state_normalises_the_models_input()
    {
        PipelineOptions pipeline = Read("rate_hz: 1, sensors: [" +
            "{ kind: iio, device: a, channels: [{ name: x, mean: 9.5, std: 2 }, y] }, " +
            "{ kind: hwmon, device: b, channels: [{ name: temp1, std: 4 }] }]");
        Assert.Equal([9.5f, 0, 0], pipeline.Preprocess.Mean);
        Assert.Equal([2f, 1, 4], pipeline.Preprocess.Deviation);
    }

    [Theory]
    [InlineData("{ kind: iio, device: a, channels: [{ name: x, mean: 1 }] }", "preprocess: { mean: 2 }",
        "preprocess.mean: channels of the source state it already; one of the two is enough")]
    [InlineData("{ kind: iio, device: a, channels: [{ name: x, std: 3 }] }, { kind: hwmon, device: b }", "threads: 1",
        "source.sensors: other channels state 'mean' or 'std'; those of 'b' must then be named too")]
    [InlineData("{ kind: iio, device: a, channels: [x, x] }", "threads: 1", "channels: names 'x' twice")]
    [InlineData("{ kind: i2c, chip: dht22 }", "threads: 1",
        "'dht22' is not one of ads1115, adxl345, bme280, ina219, mpu6050, sht4x")]
    [InlineData("{ kind: i2c, chip: bme280, address: 0x79 }", "threads: 1", "'0x79' is no address in 0x08..0x77")]
    [InlineData("{ kind: i2c, chip: bme280, adress: 0x77 }", "threads: 1",
        "unknown key 'adress'; did you mean 'address'?")]
    public void A_mistake_is_named_with_its_key(string sensors, string line, string problem)
    {
        ConfigError error = Assert.Throws<ConfigError>(() => ReadWhole(
            $"pipelines: [{{ name: a, source: {{ kind: sensors, rate_hz: 1, sensors: [{sensors}] }}, "
            + $"models: [{{ path: m }}], {line} }}]"));
        Assert.EndsWith(problem, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("c.yaml:1: pipelines[0].", error.Message, StringComparison.Ordinal);
    }

    private static PipelineOptions Read(string source) => ReadWhole(
        $"pipelines: [{{ name: a, source: {{ kind: sensors, {source} }}, models: [{{ path: m }}] }}]");

    private static PipelineOptions ReadWhole(string text)
    {
        List<EdgeConvError> problems = [];
        DaemonOptions options = ConfigReader.Read("c.yaml", ConfigParser.Read("c.yaml", text), problems);
        return problems.Count == 0 ? options.Pipelines[0] : throw problems[0];
    }
}
