using System.Collections.Concurrent;
using System.Device.I2c;
using EdgeConv.Core;

namespace EdgeConv.Devices.Sensors.Chips;

/// <summary>
/// Drivers of this program by the name that a configuration calls them by. A host of one's own adds others before it
/// starts the program.
/// </summary>
public static class SensorChips
{
    private static readonly ConcurrentDictionary<string, SensorChip> s_chips = new(StringComparer.Ordinal)
    {
        ["bme280"] = OnI2c(Bme280.DefaultI2cAddress, (device, _) => new Bme280(device)),
        ["sht4x"] = OnI2c(Sht4x.DefaultI2cAddress, (device, _) => new Sht4x(device)),
        ["adxl345"] = OnI2c(Adxl345.DefaultI2cAddress, (device, _) => new Adxl345(device)),
        ["mpu6050"] = OnI2c(Mpu6050.DefaultI2cAddress, (device, _) => new Mpu6050(device)),
        ["ina219"] = OnI2c(Ina219.DefaultI2cAddress, (device, options) => new Ina219(device, options.ShuntOhms)),
        ["ads1115"] = OnI2c(Ads1115.DefaultI2cAddress, (device, _) => new Ads1115(device)),
        ["mcp3008"] = new(SensorKind.Spi, 0,
            options => Own(BusDevices.Spi(options, Mcp3008.ClockHertz), device => new Mcp3008(device))),
        ["hc-sr501"] = new(SensorKind.Gpio, 0,
            options => Own(BusDevices.Gpio(options), lines => new HcSr501(lines, options.Line))),
    };

    /// <summary>Names of the drivers for one kind of bus.</summary>
    public static IReadOnlyList<string> NamesOf(SensorKind kind) =>
        [.. s_chips.Where(chip => chip.Value.Kind == kind).Select(chip => chip.Key).Order(StringComparer.Ordinal)];

    /// <summary>Adds a driver, or takes the place of one. To be called before anything else.</summary>
    /// <param name="name">What a configuration calls it: <c>chip: scd4x</c>.</param>
    /// <param name="kind">How it is reached: I2C, SPI or GPIO.</param>
    /// <param name="defaultAddress">Its address on an I2C bus where none is configured.</param>
    /// <param name="open">Opens it; what it throws is told as the sensor's fault, and it is tried again.</param>
    public static void Add(string name, SensorKind kind, int defaultAddress, Func<SensorOptions, ISensor> open)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(open);
        s_chips[name] = new SensorChip(kind, defaultAddress, open);
    }

    /// <summary>A driver by its name; null for none on this kind of bus.</summary>
    internal static SensorChip? Find(string name, SensorKind kind) =>
        s_chips.TryGetValue(name, out SensorChip? chip) && chip.Kind == kind ? chip : null;

    /// <summary>Makes a driver of what its chip is reached through, which is closed where there is no such chip.</summary>
    public static ISensor Own<T>(T device, Func<T, ISensor> make)
        where T : IDisposable
    {
        ArgumentNullException.ThrowIfNull(make);
        try
        {
            return make(device);
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    private static SensorChip OnI2c(int address, Func<I2cDevice, SensorOptions, ISensor> make) => new(
        SensorKind.I2c, address, options => Own(BusDevices.I2c(options), device => make(device, options)));
}

/// <summary>A driver.</summary>
/// <param name="Kind">How its chip is reached.</param>
/// <param name="DefaultAddress">Where its chip is on an I2C bus unless told otherwise.</param>
/// <param name="Open">Opens it.</param>
internal sealed record SensorChip(SensorKind Kind, int DefaultAddress, Func<SensorOptions, ISensor> Open);
