using System.Buffers.Binary;
using System.Device.I2c;
using System.Numerics;
using EdgeConv.Core;

namespace EdgeConv.Devices.Sensors.Chips;

/// <summary>
/// Analog Devices ADXL345: acceleration within ±16 g, 100 new values a second. Channels <c>accel_x</c>,
/// <c>accel_y</c>, <c>accel_z</c> in m/s². Registers of the data sheet ADXL345, revision G.
/// </summary>
public sealed class Adxl345 : I2cChip
{
    /// <summary>Address with ALT ADDRESS low.</summary>
    public const int DefaultI2cAddress = 0x53;

    /// <summary>Address with ALT ADDRESS high.</summary>
    public const int SecondaryI2cAddress = 0x1D;

    /// <summary>Standard acceleration of free fall, m/s².</summary>
    internal const double Gravity = 9.80665;

    private const byte Identity = 0xE5;
    private const byte FullResolution16 = 0x0B;
    private const byte Rate100 = 0x0A;
    private const byte Measuring = 0x08;

    // At full resolution a step is the same in each range: table 1.
    private const double StepsPerGravity = 256;
    private const int Axes = 3;

    // Interrupts and the format lie between the setting and the data.
    private const int DataAt = 5;

    /// <param name="device">The chip on its bus, from now on this driver's.</param>
    /// <exception cref="DeviceError">It is another chip, or does not answer.</exception>
    public Adxl345(I2cDevice device)
        : base(device, "adxl345", new("accel_x", "m/s²"), new("accel_y", "m/s²"), new("accel_z", "m/s²"))
    {
        RequireId((byte)Register.Id, Identity);
        Write((byte)Register.DataFormat, FullResolution16);
        Write((byte)Register.Rate, Rate100);
        Write((byte)Register.PowerControl, Measuring);
    }

    private enum Register : byte
    {
        Id = 0x00,
        Rate = 0x2C,
        PowerControl = 0x2D,
        DataFormat = 0x31,
    }

    /// <summary>Reads the acceleration, m/s².</summary>
    /// <returns>False when the bus fails.</returns>
    public bool TryReadAcceleration(out Vector3 metersPerSecondSquared)
    {
        Span<double> values = stackalloc double[Axes];
        bool isRead = TryMeasure(values);
        metersPerSecondSquared =
            isRead ? new Vector3((float)values[0], (float)values[1], (float)values[2]) : default;
        return isRead;
    }

    /// <inheritdoc/>
    private protected override void Measure(Span<double> values)
    {
        // In one read, so that the axes are of one measurement.
        Span<byte> registers = stackalloc byte[DataAt + (2 * Axes)];
        Read((byte)Register.PowerControl, registers);
        RequireSetting((byte)Register.PowerControl, registers[0], Measuring);
        ReadOnlySpan<byte> data = registers[DataAt..];
        for (int axis = 0; axis < Axes; axis++)
            values[axis] = BinaryPrimitives.ReadInt16LittleEndian(data[(2 * axis)..]) / StepsPerGravity * Gravity;
    }
}
