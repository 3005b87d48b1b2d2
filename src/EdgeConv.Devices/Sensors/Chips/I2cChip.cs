using System.Buffers.Binary;
using System.Device.I2c;
using EdgeConv.Core;

namespace EdgeConv.Devices.Sensors.Chips;

/// <summary>
/// A sensor chip with registers on an I2C bus. Owns the bus device, and disposes it. Not thread-safe.
/// </summary>
public abstract class I2cChip : ISensor
{
    private readonly I2cDevice _device;

    /// <param name="device">The chip on its bus.</param>
    /// <param name="name">Name of the chip: <c>bme280</c>.</param>
    /// <param name="channels">What it measures.</param>
    protected I2cChip(I2cDevice device, string name, params SensorChannel[] channels)
    {
        ArgumentNullException.ThrowIfNull(device);
        _device = device;
        Name = name;
        Channels = channels;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<SensorChannel> Channels { get; }

    /// <summary>Which chip where, for messages.</summary>
    private protected string Place =>
        $"{Name} at 0x{_device.ConnectionSettings.DeviceAddress:x2} of I2C bus {_device.ConnectionSettings.BusId}";

    /// <summary>Reads all channels, as <see cref="ISensor.TryRead"/> does.</summary>
    /// <param name="values">One for each channel, in its unit; NaN for none.</param>
    /// <param name="capturedAt">Left as it is.</param>
    /// <returns>True.</returns>
    /// <exception cref="IOException">The bus failed.</exception>
    bool ISensor.TryRead(Span<double> values, ref long capturedAt)
    {
        Measure(values);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _device.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Measures all channels.</summary>
    /// <param name="values">One for each channel, in its unit; NaN for none.</param>
    /// <exception cref="IOException">The bus failed.</exception>
    private protected abstract void Measure(Span<double> values);

    /// <summary>Measures all channels, and tells whether all of them have a value; false also when the bus fails.</summary>
    private protected bool TryMeasure(Span<double> values)
    {
        try
        {
            Measure(values);
            return values.IndexOf(double.NaN) < 0;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Requires that a register holds what tells this chip from others.</summary>
    /// <exception cref="DeviceError">It holds something else, or the chip does not answer.</exception>
    private protected void RequireId(byte register, byte id, string others = "")
    {
        byte found;
        try
        {
            found = ReadByte(register);
        }
        catch (IOException error)
        {
            throw Joining.SensorFault.Of(Place, error);
        }

        if (found != id)
            throw new DeviceError(Place, $"another chip is there: register 0x{register:x2} tells 0x{found:x2}; "
                + $"{(Name[0] is 'a' or 'm' ? "an" : "a")} {Name} has 0x{id:x2}{others}");
    }

    /// <summary>Requires that a register still holds what it was set to: a chip that was without power measures nothing.</summary>
    /// <exception cref="IOException">It does not.</exception>
    private protected static void RequireSetting(byte register, byte found, byte set)
    {
        if (found != set)
            throw new IOException($"it was without power (register 0x{register:x2} is 0x{found:x2}, was 0x{set:x2}); set up anew");
    }

    /// <summary>Reads registers from <paramref name="register"/> on, with a repeated start.</summary>
    private protected void Read(byte register, Span<byte> into) => _device.WriteRead([register], into);

    /// <summary>Reads one register.</summary>
    private protected byte ReadByte(byte register)
    {
        Span<byte> value = stackalloc byte[1];
        Read(register, value);
        return value[0];
    }

    /// <summary>Reads a register of two bytes, the high one first.</summary>
    private protected short ReadInt16(byte register)
    {
        Span<byte> value = stackalloc byte[2];
        Read(register, value);
        return BinaryPrimitives.ReadInt16BigEndian(value);
    }

    /// <summary>Writes one register.</summary>
    private protected void Write(byte register, byte value) => _device.Write([register, value]);

    /// <summary>Writes a register of two bytes, the high one first.</summary>
    private protected void WriteInt16(byte register, ushort value) =>
        _device.Write([register, (byte)(value >> 8), (byte)value]);

    /// <summary>Sends a command without a register.</summary>
    private protected void Send(byte command) => _device.Write([command]);

    /// <summary>Reads what a command has made.</summary>
    private protected void Receive(Span<byte> into) => _device.Read(into);
}
