using System.Device.I2c;
using EdgeConv.Core;

namespace EdgeConv.Devices.Sensors.Chips;

/// <summary>What an <see cref="Ina219"/> has measured.</summary>
/// <param name="Volts">Of the load, 0..26 V.</param>
/// <param name="Amperes">Through the shunt, negative where it flows back.</param>
/// <param name="Watts">Their product.</param>
public readonly record struct Ina219Reading(double Volts, double Amperes, double Watts);

/// <summary>
/// Texas Instruments INA219: voltage, current and power of a supply line. Channels <c>voltage</c>, <c>current</c> and
/// <c>power</c>. Registers of the data sheet SBOS448G.
/// </summary>
public sealed class Ina219 : I2cChip
{
    /// <summary>Address with A0 and A1 low.</summary>
    public const int DefaultI2cAddress = 0x40;

    // 32 V and ±320 mV, 12 bits, both measured all the time: what it is after a reset, too.
    private const ushort Configuration = 0x399F;
    private const double VoltsPerBusStep = 0.004;
    private const double VoltsPerShuntStep = 0.00001;

    // The shunt's range ends here; beyond it nothing is measured.
    private const int MostShuntSteps = 32000;
    private readonly double _shuntOhms;

    /// <param name="device">The chip on its bus, from now on this driver's.</param>
    /// <param name="shuntOhms">Resistance of the shunt, Ω; 0.1 on most modules.</param>
    /// <exception cref="DeviceError">It is another chip, or does not answer.</exception>
    public Ina219(I2cDevice device, double shuntOhms = 0.1)
        : base(device, "ina219", new("voltage", "V"), new("current", "A"), new("power", "W"))
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(shuntOhms);
        _shuntOhms = shuntOhms;
        try
        {
            WriteInt16((byte)Register.Configuration, Configuration);
            ushort kept = (ushort)ReadInt16((byte)Register.Configuration);
            // It has no register that tells what it is.
            if (kept != Configuration)
                throw new DeviceError(Place, $"another chip is there: its configuration is 0x{kept:x4} "
                    + $"after 0x{Configuration:x4} was written");
        }
        catch (IOException error)
        {
            throw Joining.SensorFault.Of(Place, error);
        }
    }

    private enum Register : byte
    {
        Configuration = 0x00,
        Shunt = 0x01,
        Bus = 0x02,
    }

    /// <summary>Reads what the chip has measured last.</summary>
    /// <returns>False when the bus fails or the current is out of range.</returns>
    public bool TryRead(out Ina219Reading reading)
    {
        Span<double> values = stackalloc double[3];
        bool isRead = TryMeasure(values);
        reading = isRead ? new Ina219Reading(values[0], values[1], values[2]) : default;
        return isRead;
    }

    /// <inheritdoc/>
    private protected override void Measure(Span<double> values)
    {
        int shunt = ReadInt16((byte)Register.Shunt);
        int bus = (ushort)ReadInt16((byte)Register.Bus) >> 3;
        values[0] = bus * VoltsPerBusStep;
        values[1] = Math.Abs(shunt) < MostShuntSteps ? shunt * VoltsPerShuntStep / _shuntOhms : double.NaN;
        values[2] = values[0] * values[1];
    }
}
