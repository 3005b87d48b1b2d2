using EdgeConv.Core;

namespace EdgeConv.Devices.Sensors.Iio;

/// <summary>Channels of an industrial-I/O device, each read by itself whenever the sensor is read.</summary>
internal sealed class IioSensor : ISensor
{
    private readonly IioChannel[] _channels;
    private readonly IioScaling[] _scalings;
    private readonly KernelDeviceWatch _watch;

    private IioSensor(SysRoot root, KernelDevice device, IReadOnlyList<IioChannel> channels, string wanted)
    {
        Name = device.Name;
        _channels = [.. channels];
        _scalings = [.. channels.Select(channel => channel.Scaling(device.Name))];
        _watch = new KernelDeviceWatch(root, KernelClass.Iio, device, wanted);
        Channels = [.. channels.Select(channel => new SensorChannel(channel.Name, channel.Quantity.Unit))];
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<SensorChannel> Channels { get; }

    /// <summary>Finds a device by its name.</summary>
    /// <exception cref="DeviceError">It, or a channel, is not there; or a scale is no number.</exception>
    public static IioSensor Open(SysRoot root, SensorOptions options)
    {
        KernelDevice device = KernelDevice.Find(root, KernelClass.Iio, options.Device);
        IReadOnlyList<IioChannel> channels = ChannelChoice.Of(
            options.Device, IioChannel.Of(root, device.Folder), options.Channels,
            (channel, name) => channel.Name == name, channel => channel.Name);
        return new IioSensor(root, device, channels, options.Device);
    }

    /// <inheritdoc/>
    public bool TryRead(Span<double> values, ref long capturedAt)
    {
        _watch.Require();
        int failed = 0;
        int problem = 0;
        for (int c = 0; c < _channels.Length; c++)
        {
            values[c] = Read(c, ref problem);
            if (problem != 0 && failed++ == _channels.Length - 1)
                throw SensorTrouble.Of(Name, Path.GetFileName(_channels[c].Value.Path), problem);
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private double Read(int channel, ref int problem)
    {
        double? raw = _channels[channel].Value.Real(out problem);
        // A device that has no value yet is no fault.
        if (SensorTrouble.IsNoValue(problem))
            problem = 0;
        return raw is { } number
            ? _channels[channel].Checked(_scalings[channel].Apply(number))
            : double.NaN;
    }
}
