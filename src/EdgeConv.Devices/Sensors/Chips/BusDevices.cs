using System.Device.Gpio;
using System.Device.I2c;
using System.Device.Spi;
using EdgeConv.Devices.Sensors.Gpio;

namespace EdgeConv.Devices.Sensors.Chips;

/// <summary>Makes what drivers speak to their chips through.</summary>
public static class BusDevices
{
    /// <summary>The chip at an address of an I2C bus.</summary>
    public static I2cDevice I2c(SensorOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return I2cDevice.Create(new I2cConnectionSettings(options.Bus, options.Address!.Value));
    }

    /// <summary>The chip at a chip select of an SPI bus, in mode 0.</summary>
    public static SpiDevice Spi(SensorOptions options, int clockHertz)
    {
        ArgumentNullException.ThrowIfNull(options);
        return SpiDevice.Create(new SpiConnectionSettings(options.Bus, options.Address ?? 0)
        {
            Mode = SpiMode.Mode0,
            ClockFrequency = clockHertz,
        });
    }

    /// <summary>The lines of a GPIO chip.</summary>
    public static GpioController Gpio(SensorOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new GpioController(LineDriver.Open(SysRoot.Default, options.GpioChip));
    }
}
