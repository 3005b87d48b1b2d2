using System.Buffers.Binary;
using System.Device.I2c;
using EdgeConv.Core;

namespace EdgeConv.Devices.Sensors.Chips;

/// <summary>What a <see cref="Bme280"/> has measured.</summary>
/// <param name="TemperatureCelsius">-40..85 °C.</param>
/// <param name="PressureKilopascals">30..110 kPa.</param>
/// <param name="HumidityPercent">Relative humidity, 0..100 %.</param>
public readonly record struct Bme280Reading(
    double TemperatureCelsius, double PressureKilopascals, double HumidityPercent);

/// <summary>
/// Bosch BME280: temperature, pressure and humidity. Channels <c>temp</c>, <c>pressure</c> and
/// <c>humidityrelative</c>, named and measured as the kernel's driver bmp280 does. Formulas and registers of the
/// data sheet BST-BME280-DS002, sections 4.2.3, 5.3 and 8.1.
/// </summary>
public sealed class Bme280 : I2cChip
{
    /// <summary>Address with SDO high.</summary>
    public const int DefaultI2cAddress = 0x77;

    /// <summary>Address with SDO low.</summary>
    public const int SecondaryI2cAddress = 0x76;

    private const byte Identity = 0x60;
    private const byte OnceOversampled = 0x01;
    // Temperature and pressure oversampled once, measuring all the time.
    private const byte NormalMode = 0x27;
    // The setting, the one of filters and a reserved register lie before the data.
    private const int DataAt = 3;
    private const int DataBytes = 8;

    // What the registers hold before the first measurement: sections 5.4.7 to 5.4.9.
    private const int NoValue20 = 0x80000;
    private const int NoValue16 = 0x8000;
    private readonly Bme280Calibration _calibration;

    /// <param name="device">The chip on its bus, from now on this driver's.</param>
    /// <exception cref="DeviceError">It is another chip, or does not answer.</exception>
    public Bme280(I2cDevice device)
        : base(device, "bme280", new("temp", "°C"), new("pressure", "kPa"), new("humidityrelative", "%"))
    {
        RequireId((byte)Register.Id, Identity, "; 0x58 is a bmp280, which has no humidity");
        Span<byte> first = stackalloc byte[Bme280Calibration.FirstBytes];
        Span<byte> second = stackalloc byte[Bme280Calibration.SecondBytes];
        Read((byte)Register.CalibrationFirst, first);
        byte h1 = ReadByte((byte)Register.CalibrationH1);
        Read((byte)Register.CalibrationSecond, second);
        _calibration = Bme280Calibration.Of(first, h1, second);
        // The humidity's setting is taken with the next write of the other: section 5.4.3.
        Write((byte)Register.ControlHumidity, OnceOversampled);
        Write((byte)Register.ControlMeasurement, NormalMode);
    }

    private enum Register : byte
    {
        CalibrationFirst = 0x88,
        CalibrationH1 = 0xA1,
        Id = 0xD0,
        CalibrationSecond = 0xE1,
        ControlHumidity = 0xF2,
        ControlMeasurement = 0xF4,
    }

    /// <summary>Reads what the chip has measured last.</summary>
    /// <returns>False when the bus fails, or before the first measurement.</returns>
    public bool TryRead(out Bme280Reading reading)
    {
        Span<double> values = stackalloc double[3];
        bool isRead = TryMeasure(values);
        reading = isRead ? new Bme280Reading(values[0], values[1], values[2]) : default;
        return isRead;
    }

    /// <inheritdoc/>
    private protected override void Measure(Span<double> values)
    {
        // In one read, so that all three are of one measurement: section 4.
        Span<byte> registers = stackalloc byte[DataAt + DataBytes];
        Read((byte)Register.ControlMeasurement, registers);
        RequireSetting((byte)Register.ControlMeasurement, registers[0], NormalMode);
        ReadOnlySpan<byte> data = registers[DataAt..];
        int pressure = (data[0] << 12) | (data[1] << 4) | (data[2] >> 4);
        int temperature = (data[3] << 12) | (data[4] << 4) | (data[5] >> 4);
        int humidity = BinaryPrimitives.ReadUInt16BigEndian(data[6..]);
        values.Fill(double.NaN);
        if (temperature == NoValue20)
            return;
        double fine = _calibration.FineTemperature(temperature);
        values[0] = Bme280Calibration.Celsius(fine);
        if (pressure != NoValue20)
            values[1] = _calibration.Pascals(pressure, fine) / 1e3;
        if (humidity != NoValue16)
            values[2] = _calibration.HumidityPercent(humidity, fine);
    }
}
