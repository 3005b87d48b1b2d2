using EdgeConv.Core;

namespace EdgeConv.Devices.Sensors.Hwmon;

/// <summary>An input of a chip: its attribute, what it is labelled and what it measures.</summary>
/// <param name="Name">Its attribute without <c>_input</c>: <c>temp1</c>.</param>
/// <param name="Label">What it measures, in the maker's words; null for nothing.</param>
/// <param name="Quantity">Its unit.</param>
/// <param name="Value">The attribute that holds its value.</param>
internal sealed record HwmonInput(string Name, string? Label, Quantity Quantity, SysFile Value)
{
    /// <summary>For messages that say what there is.</summary>
    public string Description => Label is null ? Name : $"{Name} ({Label})";

    /// <summary>The inputs of a chip, by what they measure.</summary>
    public static IReadOnlyList<HwmonInput> Of(SysRoot root, string folder) =>
        [.. HwmonQuantities.All.SelectMany(quantity => root.Files(folder, quantity.Prefix, "_input")
            .Where(name => HwmonQuantities.Of(name) == quantity)
            .Select(name => new HwmonInput(
                name, root.Text(folder, name + "_label"), quantity, root.File(folder, name + "_input"))))];
}

/// <summary>Inputs of a chip of hardware monitoring.</summary>
internal sealed class HwmonSensor : ISensor
{
    private readonly HwmonInput[] _inputs;
    private readonly KernelDeviceWatch _watch;

    private HwmonSensor(
        SysRoot root, KernelDevice device, IReadOnlyList<HwmonInput> inputs, SensorOptions options)
    {
        IReadOnlyList<SensorChannelOptions> wanted = options.Channels;
        Name = device.Name;
        _inputs = [.. inputs];
        _watch = new KernelDeviceWatch(root, KernelClass.Hwmon, device, options.Device);
        Channels = [.. inputs.Select((input, i) =>
            new SensorChannel(wanted.Count == 0 ? input.Name : wanted[i].Name, input.Quantity.Unit))];
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<SensorChannel> Channels { get; }

    /// <summary>Finds a chip by its name, its inputs by attribute or label.</summary>
    /// <exception cref="DeviceError">One of them is not there.</exception>
    public static HwmonSensor Open(SysRoot root, SensorOptions options)
    {
        KernelDevice device = KernelDevice.Find(root, KernelClass.Hwmon, options.Device);
        IReadOnlyList<HwmonInput> inputs = ChannelChoice.Of(
            options.Device, HwmonInput.Of(root, device.Folder), options.Channels,
            (input, name) => input.Name == name || input.Label == name, input => input.Description);
        return new HwmonSensor(root, device, inputs, options);
    }

    /// <inheritdoc/>
    public bool TryRead(Span<double> values, ref long capturedAt)
    {
        _watch.Require();
        int failed = 0;
        for (int c = 0; c < _inputs.Length; c++)
        {
            HwmonInput input = _inputs[c];
            values[c] = input.Quantity.ValueOf(input.Value.Real(out int problem));
            if (problem == 0 || SensorTrouble.IsNoValue(problem))
                continue;
            if (failed++ == _inputs.Length - 1)
                throw SensorTrouble.Of(Name, Path.GetFileName(input.Value.Path), problem);
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
