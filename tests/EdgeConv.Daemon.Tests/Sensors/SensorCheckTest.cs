using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Daemon.Tests.Sensors;

/// <summary><c>edgeconv check</c> of sensors that a recorded board has.</summary>
public sealed class SensorCheckTest : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void A_channel_for_a_model_of_one_is_well()
    {
        (int status, string output, string errors) = Check("[{ kind: iio, device: bme280, channels: [temp] }]");
        Assert.Equal((0, ""), (status, errors));
        Assert.EndsWith("all is well\n", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[{ kind: iio, device: bme280 }]", "source.sensors: gives 3 channels (bme280 temp, bme280 pressure, "
        + "bme280 humidityrelative); the model takes 1")]
    [InlineData("[{ kind: iio, device: bme280, channels: [{ name: temp, unit: K }] }]",
        "bme280: channel 'temp' is in °C, 'unit' says K")]
    [InlineData("[{ kind: iio, device: bme680, channels: [temp] }]",
        "bme680: no such IIO device is there; there are bme280; used when it comes")]
    [InlineData("[{ kind: hwmon, device: sht4x }]",
        "sht4x: no such hwmon chip is there; there are cpu_thermal, rpi_volt; used when it comes")]
    [InlineData("[{ kind: iio, device: bme280, buffer: true }]",
        "bme280: has no buffer; without 'buffer: true' its channels are read one by one")]
    public void What_is_wrong_is_one_line(string sensors, string problem)
    {
        (int status, _, string errors) = Check(sensors);
        Assert.Equal((1, $"edgeconv: {problem}\n"), (status, errors));
    }

    private (int Status, string Output, string Errors) Check(string sensors)
    {
        File.WriteAllText(_file, $$"""
            pipelines:
              - name: air
                source: { kind: sensors, rate_hz: 10, sensors: {{sensors}} }
                models: [{ path: '{{CommandRun.Heart}}' }]
            """);
        string board = Repository.PathOf("tests", "EdgeConv.Devices.Tests", "Boards", "raspberry-pi-4");
        return CommandRun.Shell($"export EDGECONV_SYSROOT='{board}'", ["check", _file]);
    }
}
