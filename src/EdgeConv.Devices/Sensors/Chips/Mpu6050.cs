using System.Buffers.Binary;
using System.Device.I2c;
using System.Numerics;
using EdgeConv.Core;

namespace EdgeConv.Devices.Sensors.Chips;

/// <summary>What a <see cref="Mpu6050"/> has measured.</summary>
/// <param name="MetersPerSecondSquared">Acceleration, ±2 g.</param>
/// <param name="RadiansPerSecond">Turning, ±250 °/s.</param>
/// <param name="TemperatureCelsius">Of the chip.</param>
public readonly record struct Mpu6050Reading(
    Vector3 MetersPerSecondSquared, Vector3 RadiansPerSecond, double TemperatureCelsius);

/// <summary>
/// InvenSense MPU-6050: acceleration and turning. Channels <c>accel_x</c> to <c>accel_z</c>, <c>anglvel_x</c> to
/// <c>anglvel_z</c> and <c>temp</c>, named as the kernel's driver inv_mpu6050 does. Registers of RM-MPU-6000A-00.
/// </summary>
public sealed class Mpu6050 : I2cChip
{
    /// <summary>Address with AD0 low.</summary>
    public const int DefaultI2cAddress = 0x68;

    /// <summary>Address with AD0 high.</summary>
    public const int SecondaryI2cAddress = 0x69;

    private const byte Identity = 0x68;
    private const byte AwakeByGyroscope = 0x01;
    private const byte Filter44Hertz = 0x03;
    private const byte Least = 0x00;
    private const double StepsPerGravity = 16384;
    private const double StepsPerDegree = 131;
    private const int Words = 7;
    private const int TemperatureWord = 3;

    // The gyroscope's start-up: PS-MPU-6000A-00, section 6.1.
    private static readonly TimeSpan s_starting = TimeSpan.FromMilliseconds(30);

    /// <param name="device">The chip on its bus, from now on this driver's.</param>
    /// <exception cref="DeviceError">It is another chip, or does not answer.</exception>
    public Mpu6050(I2cDevice device)
        : base(device, "mpu6050", new("accel_x", "m/s²"), new("accel_y", "m/s²"), new("accel_z", "m/s²"),
            new("anglvel_x", "rad/s"), new("anglvel_y", "rad/s"), new("anglvel_z", "rad/s"), new("temp", "°C"))
    {
        RequireId((byte)Register.WhoAmI, Identity);
        Write((byte)Register.PowerManagement, AwakeByGyroscope);
        Write((byte)Register.Filter, Filter44Hertz);
        Write((byte)Register.GyroscopeRange, Least);
        Write((byte)Register.AccelerationRange, Least);
        Thread.Sleep(s_starting);
    }

    private enum Register : byte
    {
        Filter = 0x1A,
        GyroscopeRange = 0x1B,
        AccelerationRange = 0x1C,
        Data = 0x3B,
        PowerManagement = 0x6B,
        WhoAmI = 0x75,
    }

    /// <summary>Reads what the chip has measured last.</summary>
    /// <returns>False when the bus fails.</returns>
    public bool TryRead(out Mpu6050Reading reading)
    {
        Span<double> values = stackalloc double[Words];
        bool isRead = TryMeasure(values);
        reading = isRead ? new Mpu6050Reading(VectorOf(values), VectorOf(values[3..]), values[6]) : default;
        return isRead;
    }

    /// <inheritdoc/>
    private protected override void Measure(Span<double> values)
    {
        // In one read, so that all is of one measurement. The temperature lies between the two.
        Span<byte> data = stackalloc byte[2 * Words];
        Read((byte)Register.Data, data);
        RequireSetting((byte)Register.PowerManagement, ReadByte((byte)Register.PowerManagement), AwakeByGyroscope);
        for (int i = 0; i < TemperatureWord; i++)
        {
            values[i] = Word(data, i) / StepsPerGravity * Adxl345.Gravity;
            values[i + 3] = Word(data, i + TemperatureWord + 1) / StepsPerDegree * Math.PI / 180;
        }

        values[6] = (Word(data, TemperatureWord) / 340.0) + 36.53;
    }

    private static short Word(ReadOnlySpan<byte> data, int word) =>
        BinaryPrimitives.ReadInt16BigEndian(data[(2 * word)..]);

    private static Vector3 VectorOf(ReadOnlySpan<double> values) =>
        new((float)values[0], (float)values[1], (float)values[2]);
}
