using EdgeConv.Core;
using EdgeConv.Devices.Inventory;
using EdgeConv.Devices.Sensors.Chips;
using EdgeConv.Devices.Sensors.Hwmon;
using EdgeConv.Devices.Sensors.Iio;
using EdgeConv.Devices.Sensors.Joining;

namespace EdgeConv.Devices.Sensors;

/// <summary>Opens the sensors that options name.</summary>
internal sealed class SensorFactory(SysRoot root, IioParts parts)
{
    /// <summary>Opens one.</summary>
    /// <exception cref="DeviceError">It cannot be opened; says what would help.</exception>
    public ISensor Open(SensorOptions options) => options.Kind switch
    {
        SensorKind.Iio when options.IsBuffered => IioBufferSensor.Open(root, options, parts),
        SensorKind.Iio => IioSensor.Open(root, options),
        SensorKind.Hwmon => HwmonSensor.Open(root, options),
        _ => OpenChip(options),
    };

    /// <summary>What a sensor is called before it is open: <c>bme280</c>.</summary>
    public static string NameOf(SensorOptions options) =>
        options.Chip.Length != 0 ? options.Chip : options.Device;

    private ISensor OpenChip(SensorOptions options)
    {
        SensorChip chip = SensorChips.Find(options.Chip, options.Kind) ?? throw new DeviceError(options.Chip,
            $"no such driver; there are {string.Join(", ", SensorChips.NamesOf(options.Kind))}");
        if (root.IsRedirected)
            throw new DeviceError(options.Chip, $"a folder stands for this machine ({root.Root}); its buses cannot be read");
        SensorOptions placed = options.Kind == SensorKind.I2c
            ? options with { Address = options.Address ?? chip.DefaultAddress }
            : options;
        if (options.Kind == SensorKind.I2c)
            RequireFree(placed);
        RequireNode(placed);
        try
        {
            return chip.Open(placed);
        }
        catch (Exception error) when (error is not DeviceError && SensorFault.IsOne(error))
        {
            throw SensorFault.Of(options.Chip, error);
        }
    }

    // The kernel's driver and ours would take turns at the same registers.
    internal void RequireFree(SensorOptions options)
    {
        string client = $"sys/bus/i2c/devices/{options.Bus}-{options.Address:x4}";
        if (SysRoot.LinkTarget(root.Folder(client), "driver") is not { } driver)
            return;
        string name = root.Text(client, "name") ?? driver;
        throw new DeviceError(options.Chip, $"address 0x{options.Address:x2} of I2C bus {options.Bus} is driven by the "
            + $"kernel ({driver}); kind: iio, or hwmon, with device: {name} would be right");
    }

    private void RequireNode(SensorOptions options)
    {
        string? problem = options.Kind switch
        {
            SensorKind.I2c => Problems.OfNode(root.File("dev", $"i2c-{options.Bus}"), "i2c", "i2c-dev"),
            SensorKind.Spi => Problems.OfNode(
                root.File("dev", $"spidev{options.Bus}.{options.Address ?? 0}"), "spi", "spidev"),
            _ => null,
        };
        if (problem is not null)
            throw new DeviceError(options.Chip, problem);
    }
}
