using EdgeConv.Core;

namespace EdgeConv.Devices.Sensors.Iio;

/// <summary>
/// A channel of an industrial-I/O device: <c>(raw + offset) × scale</c>, or a value that the driver has scaled
/// already.
/// </summary>
internal sealed class IioChannel
{
    private readonly SysRoot _root;
    private readonly string _folder;

    /// <param name="root">The root.</param>
    /// <param name="folder">The device's folder.</param>
    /// <param name="attribute">What its attributes begin with: <c>in_accel_x</c>.</param>
    /// <param name="isScaled">Whether the driver scales it: <c>_input</c>, not <c>_raw</c>.</param>
    public IioChannel(SysRoot root, string folder, string attribute, bool isScaled)
    {
        _root = root;
        _folder = folder;
        Attribute = attribute;
        Type = attribute.Split('_')[1].Split('-')[0].TrimEnd("0123456789".ToCharArray());
        Quantity = IioQuantities.Of(Type);
        IsScaled = isScaled;
        Value = root.File(folder, attribute + (isScaled ? "_input" : "_raw"));
    }

    /// <summary>What its attributes begin with: <c>in_accel_x</c>.</summary>
    public string Attribute { get; }

    /// <summary>Its name: <c>accel_x</c>.</summary>
    public string Name => Attribute["in_".Length..];

    /// <summary>Type of channel: <c>accel</c>.</summary>
    public string Type { get; }

    /// <summary>What it measures.</summary>
    public Quantity Quantity { get; }

    /// <summary>Whether the driver scales it.</summary>
    public bool IsScaled { get; }

    /// <summary>The attribute that holds its value.</summary>
    public SysFile Value { get; }

    /// <summary>The channels of a device: those that the driver scales, then the raw ones.</summary>
    public static IReadOnlyList<IioChannel> Of(SysRoot root, string folder)
    {
        IReadOnlyList<string> scaled = root.Files(folder, "in_", "_input");
        return
        [
            .. scaled.Select(name => new IioChannel(root, folder, name, isScaled: true)),
            .. root.Files(folder, "in_", "_raw").Except(scaled)
                .Select(name => new IioChannel(root, folder, name, isScaled: false)),
        ];
    }

    /// <summary>Offset and scale from the driver's numbers to the channel's unit.</summary>
    /// <param name="place">The device, for messages.</param>
    /// <exception cref="DeviceError">One of them is there and no number that can be.</exception>
    public IioScaling Scaling(string place) => IsScaled
        ? new IioScaling(0, 1 / Quantity.Parts)
        : new IioScaling(Constant(place, "offset", 0), Constant(place, "scale", 1) / Quantity.Parts);

    /// <summary>The value in its unit; NaN when there is none, or none that can be.</summary>
    public double Read(in IioScaling scaling) => Value.Real() is { } number ? Checked(scaling.Apply(number)) : double.NaN;

    /// <summary>The value, or NaN for one that cannot be.</summary>
    public double Checked(double value) =>
        value >= Quantity.Least && double.IsFinite(value) ? value : double.NaN;

    // in_voltage0_scale is of one channel, in_voltage_scale of all of its type, in_scale and scale of all.
    private double Constant(string place, string what, double missing)
    {
        string differential = Attribute.Contains('-') ? $"in_{Type}-{Type}_{what}" : $"in_{Type}_{what}";
        foreach (string name in (string[])
            [$"{Attribute}_{what}", differential, $"in_{Type}_{what}", $"in_{what}", what])
        {
            SysFile file = _root.File(_folder, name);
            if (file.Exists)
                return file.Real() is { } number && (number != 0 || what != "scale")
                    ? number
                    : throw new DeviceError(place, Inventory.Problems.OfReading(file));
        }

        return missing;
    }
}

/// <summary>From the driver's numbers to a unit: <c>(raw + offset) × scale</c>.</summary>
/// <param name="Offset">Added first.</param>
/// <param name="Scale">Multiplies.</param>
internal readonly record struct IioScaling(double Offset, double Scale)
{
    /// <summary>The number in the unit.</summary>
    public double Apply(double raw) => (raw + Offset) * Scale;
}
