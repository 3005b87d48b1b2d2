using EdgeConv.Core;

namespace EdgeConv.Devices.Sensors.Iio;

/// <summary>A value of a scan that is used.</summary>
/// <param name="Channel">What it is.</param>
/// <param name="Offset">Where it lies in the scan, bytes.</param>
/// <param name="Type">How it is stored.</param>
/// <param name="Scaling">From there to its unit.</param>
internal sealed record ScanColumn(SensorChannel Channel, int Offset, ScanType Type, IioScaling Scaling)
{
    /// <summary>The value in its unit.</summary>
    public double Read(ReadOnlySpan<byte> scan)
    {
        double value = Scaling.Apply(Type.Decode(scan[Offset..]));
        return double.IsFinite(value) ? value : double.NaN;
    }
}

/// <summary>What is read of each scan.</summary>
/// <param name="Layout">Where all of it lies.</param>
/// <param name="Columns">The values that are used, in the order in which they are wanted.</param>
internal sealed record ScanPlan(ScanLayout Layout, ScanColumn[] Columns)
{
    /// <summary>The plan for a device's scans.</summary>
    /// <param name="root">The root.</param>
    /// <param name="device">The device.</param>
    /// <param name="wanted">The channels that are used.</param>
    /// <param name="enabled">The channels that the scans hold.</param>
    /// <exception cref="DeviceError">A scale is no number.</exception>
    public static ScanPlan Of(
        SysRoot root,
        KernelDevice device,
        IReadOnlyList<ScanElement> wanted,
        IReadOnlyList<ScanElement> enabled)
    {
        ScanLayout layout = new(enabled);
        return new ScanPlan(layout, [.. wanted.SelectMany(element =>
        {
            IioChannel channel = new(root, device.Folder, $"in_{element.Name}", isScaled: false);
            return ColumnsOf(element, layout.PlaceOf(element.Name)!.Value.Offset, channel, channel.Scaling(device.Name));
        })]);
    }

    // A channel of several values, such as a quaternion, has a column for each.
    private static IEnumerable<ScanColumn> ColumnsOf(
        ScanElement element, int offset, IioChannel channel, IioScaling scaling) =>
        Enumerable.Range(0, element.Type.Repeat).Select(i => new ScanColumn(
            new SensorChannel(
                element.Type.Repeat == 1 ? element.Name : $"{element.Name}_{i}", channel.Quantity.Unit),
            offset + (i * element.Type.ValueBytes),
            element.Type,
            scaling));
}
