using EdgeConv.Core;
using EdgeConv.Daemon.Options;
using EdgeConv.Devices;
using EdgeConv.Devices.Sensors.Chips;
using Xunit;

namespace EdgeConv.Daemon.Tests.Sensors;

/// <summary>What README shows of a host of one's own, with a driver of others that is made up.</summary>
public sealed class OwnHostTest
{
    [Fact]
    public async Task A_driver_of_others_is_taken_and_named_in_a_configuration()
    {
        // In the place of another, as the other tests hold the names to the schema.
        SensorChips.Add("sht4x", SensorKind.I2c, 0x23, _ => new LightSensor(new Binding()));
        List<EdgeConvError> problems = [];
        DaemonOptions options = ConfigReader.Read("c.yaml", ConfigParser.Read("c.yaml",
            "pipelines: [{ name: a, source: { kind: sensors, rate_hz: 1, sensors: [{ kind: i2c, chip: sht4x, bus: 1 }] }, "
            + "models: [{ path: m }] }]"), problems);
        Assert.Empty(problems);
        Assert.Equal("sht4x", Assert.Single(options.Pipelines[0].Source.Sensors).Chip);
        Assert.Equal(1, await EdgeConvHost.RunAsync(["no-such-command"]));
    }

    private sealed class Binding : IDisposable
    {
        public double Lux { get; } = 320;

        public void Dispose()
        {
        }
    }

    private sealed class LightSensor(Binding chip) : ISensor
    {
        public string Name => "bh1750";

        public IReadOnlyList<SensorChannel> Channels { get; } = [new("illuminance", "lx")];

        public bool TryRead(Span<double> values, ref long capturedAt)
        {
            values[0] = chip.Lux;
            return true;
        }

        public void Dispose() => chip.Dispose();
    }
}
