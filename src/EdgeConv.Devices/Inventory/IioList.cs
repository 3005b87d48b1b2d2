using EdgeConv.Core;
using EdgeConv.Devices.Sensors;
using EdgeConv.Devices.Sensors.Iio;

namespace EdgeConv.Devices.Inventory;

/// <summary>Channels of industrial-I/O devices, and the nodes that their buffers are read through.</summary>
internal static class IioList
{
    public static IEnumerable<DeviceEntry> Read(SysRoot root) =>
        KernelDevice.All(root, KernelClass.Iio).SelectMany(device => Device(root, device));

    private static IEnumerable<DeviceEntry> Device(SysRoot root, KernelDevice device)
    {
        foreach (IioChannel channel in IioChannel.Of(root, device.Folder))
            yield return Channel(root, device, channel);
        if (BufferFolder.Of(root, device.Folder) is { } buffer)
            yield return Buffer(root, device, buffer);
    }

    private static DeviceEntry Channel(SysRoot root, KernelDevice device, IioChannel channel)
    {
        DeviceEntry entry = new("iio", $"{device.Name} {channel.Name}", root.NameOf(device.Folder))
        {
            Unit = channel.Quantity.Unit.Length == 0 ? null : channel.Quantity.Unit,
        };
        try
        {
            double value = channel.Read(channel.Scaling(device.Name));
            return double.IsNaN(value) ? entry.Without(channel.Value) : entry with { Value = value };
        }
        catch (DeviceError error)
        {
            return entry with { Problem = error.Problem };
        }
    }

    private static DeviceEntry Buffer(SysRoot root, KernelDevice device, BufferFolder buffer)
    {
        SysFile node = root.File("dev", Path.GetFileName(device.Folder));
        string state = buffer.IsEnabled ? "buffer is on" : "buffer is off";
        string channels = string.Join(", ", buffer.Elements.Select(element => element.Name));
        DeviceEntry entry = new("iio", $"{device.Name} buffer", root.NameOf(node.Path))
        {
            Detail = $"{state}; {channels}",
        };
        return entry.Through(node, "gpio");
    }
}
