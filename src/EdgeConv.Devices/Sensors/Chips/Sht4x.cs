using System.Buffers.Binary;
using System.Device.I2c;
using EdgeConv.Core;

namespace EdgeConv.Devices.Sensors.Chips;

/// <summary>What a <see cref="Sht4x"/> has measured.</summary>
/// <param name="TemperatureCelsius">-40..125 °C.</param>
/// <param name="HumidityPercent">Relative humidity, 0..100 %.</param>
public readonly record struct Sht4xReading(double TemperatureCelsius, double HumidityPercent);

/// <summary>
/// Sensirion SHT40, SHT41 and SHT45: temperature and humidity. Channels <c>temp</c> and <c>humidityrelative</c>.
/// Commands, formulas and check of the data sheet "SHT4x", version 6, sections 4.4 to 4.6.
/// </summary>
public sealed class Sht4x : I2cChip
{
    /// <summary>Address of most types.</summary>
    public const int DefaultI2cAddress = 0x44;

    /// <summary>Address of types whose name ends in B.</summary>
    public const int SecondaryI2cAddress = 0x45;

    private const int WordBytes = 3;

    // High repeatability takes at most 8.3 ms, a serial number 1 ms: table 5.
    private static readonly TimeSpan s_measuring = TimeSpan.FromMilliseconds(9);

    /// <param name="device">The chip on its bus, from now on this driver's.</param>
    /// <exception cref="DeviceError">It is another chip, or does not answer.</exception>
    public Sht4x(I2cDevice device)
        : base(device, "sht4x", new("temp", "°C"), new("humidityrelative", "%"))
    {
        try
        {
            if (!TryAsk(Command.SerialNumber, out _, out _))
                throw new DeviceError(Place, "another chip is there, or the line is disturbed: "
                    + "the serial number's check sum is wrong");
        }
        catch (IOException error)
        {
            throw Joining.SensorFault.Of(Place, error);
        }
    }

    private enum Command : byte
    {
        SerialNumber = 0x89,
        Measure = 0xFD,
    }

    /// <summary>Measures, which takes 9 ms.</summary>
    /// <returns>False when the bus fails or a check sum is wrong.</returns>
    public bool TryRead(out Sht4xReading reading)
    {
        Span<double> values = stackalloc double[2];
        bool isRead = TryMeasure(values);
        reading = isRead ? new Sht4xReading(values[0], values[1]) : default;
        return isRead;
    }

    /// <inheritdoc/>
    private protected override void Measure(Span<double> values)
    {
        values.Fill(double.NaN);
        if (!TryAsk(Command.Measure, out ushort temperature, out ushort humidity))
            return;
        values[0] = -45 + (175 * temperature / 65535.0);
        values[1] = Math.Clamp(-6 + (125 * humidity / 65535.0), 0, 100);
    }

    // Two words, each with its check sum behind it.
    private bool TryAsk(Command command, out ushort first, out ushort second)
    {
        Send((byte)command);
        Thread.Sleep(s_measuring);
        Span<byte> answer = stackalloc byte[2 * WordBytes];
        Receive(answer);
        first = BinaryPrimitives.ReadUInt16BigEndian(answer);
        second = BinaryPrimitives.ReadUInt16BigEndian(answer[WordBytes..]);
        return SensirionCheckSum.Fits(answer[..WordBytes]) && SensirionCheckSum.Fits(answer[WordBytes..]);
    }
}
