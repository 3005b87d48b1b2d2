using EdgeConv.Devices.Firmware;
using EdgeConv.Devices.Sensors.Gpio.Interop;
using EdgeConv.Devices.Video.Interop;

namespace EdgeConv.Devices.Inventory;

/// <summary>Everything of a machine that can be measured with, seen through or connected to.</summary>
public static class DeviceInventory
{
    /// <summary>
    /// What is there at this moment, in the order of kinds. Takes some milliseconds; devices that do not answer
    /// are listed with their problem, never thrown for.
    /// </summary>
    public static IReadOnlyList<DeviceEntry> Read(SysRoot root)
    {
        ArgumentNullException.ThrowIfNull(root);
        return Read(root, RaspberryPi.Below(root));
    }

    /// <summary>As <see cref="Read(SysRoot)"/>, with this firmware.</summary>
    internal static IReadOnlyList<DeviceEntry> Read(SysRoot root, RaspberryPi firmware) =>
    [
        .. HeatList.Zones(root),
        .. HeatList.CoolingDevices(root),
        .. ClockList.Read(root),
        .. PowerList.Rails(root),
        .. FirmwareList.Read(root, firmware),
        .. PowerList.Packages(root),
        .. PowerList.Batteries(root),
        .. HwmonList.Read(root),
        .. IioList.Read(root),
        .. BusList.OneWire(root),
        .. CameraList.Read(root, root.IsRedirected ? null : new VideoOpener()),
        .. BusList.I2c(root),
        .. NodeList.Spi(root),
        .. NodeList.Gpio(root, root.IsRedirected ? null : new GpioOpener()),
    ];
}
