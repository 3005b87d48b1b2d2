using System.Device.I2c;
using EdgeConv.Core;

namespace EdgeConv.Devices.Sensors.Chips;

/// <summary>
/// Texas Instruments ADS1115: four voltages against ground, 0 to 4.096 V and never above the supply. Channels
/// <c>voltage0</c> to <c>voltage3</c>; all four take some 6 ms. Registers of the data sheet SBAS444D.
/// </summary>
public sealed class Ads1115 : I2cChip
{
    /// <summary>Address with ADDR at ground; 0x49 at VDD, 0x4A at SDA, 0x4B at SCL.</summary>
    public const int DefaultI2cAddress = 0x48;

    private const int Inputs = 4;

    // Begin now, ±4.096 V, one conversion, 860 a second, no comparator.
    private const ushort Once = 0x8000 | 0x0200 | 0x0100 | 0x00E0 | 0x0003;
    private const ushort AgainstGround = 0x4000;
    private const int InputShift = 12;
    private const ushort Done = 0x8000;
    private const double VoltsPerStep = 4.096 / 32768;

    // A conversion takes 1/860 s, ±10 %.
    private static readonly TimeSpan s_converting = TimeSpan.FromMilliseconds(1);
    private const int MostWaits = 10;

    /// <param name="device">The chip on its bus, from now on this driver's.</param>
    /// <exception cref="DeviceError">It is another chip, or does not answer.</exception>
    public Ads1115(I2cDevice device)
        : base(device, "ads1115", [.. Enumerable.Range(0, Inputs).Select(i => new SensorChannel($"voltage{i}", "V"))])
    {
        try
        {
            if (!TryConvert(0, out _))
                throw new DeviceError(Place, "another chip is there: a conversion does not end");
        }
        catch (IOException error)
        {
            throw Joining.SensorFault.Of(Place, error);
        }
    }

    private enum Register : byte
    {
        Conversion = 0x00,
        Configuration = 0x01,
    }

    /// <summary>Measures an input's voltage.</summary>
    /// <param name="input">0 to 3.</param>
    /// <param name="volts">-0.3..4.096 V.</param>
    /// <returns>False when the bus fails or the voltage is out of range.</returns>
    public bool TryReadVoltage(int input, out double volts)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(input);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(input, Inputs);
        try
        {
            return TryConvert(input, out volts) && !double.IsNaN(volts);
        }
        catch (IOException)
        {
            volts = double.NaN;
            return false;
        }
    }

    /// <inheritdoc/>
    private protected override void Measure(Span<double> values)
    {
        for (int input = 0; input < Inputs; input++)
        {
            if (!TryConvert(input, out values[input]))
                throw new IOException("a conversion does not end");
        }
    }

    // At the end of its range it tells no voltage, only that it is at least that.
    private bool TryConvert(int input, out double volts)
    {
        WriteInt16((byte)Register.Configuration, (ushort)(Once | AgainstGround | (input << InputShift)));
        for (int i = 0; i < MostWaits; i++)
        {
            Thread.Sleep(s_converting);
            if (((ushort)ReadInt16((byte)Register.Configuration) & Done) == 0)
                continue;
            short steps = ReadInt16((byte)Register.Conversion);
            volts = steps is short.MaxValue or short.MinValue ? double.NaN : steps * VoltsPerStep;
            return true;
        }

        volts = double.NaN;
        return false;
    }
}
