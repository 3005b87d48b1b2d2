using System.Device.Spi;
using EdgeConv.Core;

namespace EdgeConv.Devices.Sensors.Chips;

/// <summary>
/// Microchip MCP3008: eight voltages against ground, 10 bits. Channels <c>voltage0</c> to <c>voltage7</c>. Protocol of
/// the data sheet DS21295D, section 6.1. Owns the bus device, and disposes it. Not thread-safe.
/// </summary>
public sealed class Mcp3008 : ISensor
{
    /// <summary>A clock that it keeps up with at 2.7 V already, Hz.</summary>
    public const int ClockHertz = 1_350_000;

    private const int Inputs = 8;
    private const int Steps = 1024;
    private const byte Start = 0x01;
    private const byte AgainstGround = 0x80;

    // The bit before the value, which the chip holds low: high where nothing is at the line.
    private const int NullBit = 0x04;
    private readonly SpiDevice _device;
    private readonly double _referenceVolts;

    /// <param name="device">The chip on its bus, from now on this driver's; mode 0.</param>
    /// <param name="referenceVolts">Voltage at VREF, V.</param>
    public Mcp3008(SpiDevice device, double referenceVolts = 3.3)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(referenceVolts);
        _device = device;
        _referenceVolts = referenceVolts;
    }

    /// <inheritdoc/>
    public string Name => "mcp3008";

    /// <inheritdoc/>
    public IReadOnlyList<SensorChannel> Channels { get; } =
        [.. Enumerable.Range(0, Inputs).Select(i => new SensorChannel($"voltage{i}", "V"))];

    /// <summary>Measures an input's voltage.</summary>
    /// <param name="input">0 to 7.</param>
    /// <param name="volts">0 to the reference, V.</param>
    /// <returns>False when the bus fails or no chip answers.</returns>
    public bool TryReadVoltage(int input, out double volts)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(input);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(input, Inputs);
        try
        {
            volts = Read(input);
            return !double.IsNaN(volts);
        }
        catch (IOException)
        {
            volts = double.NaN;
            return false;
        }
    }

    /// <inheritdoc/>
    bool ISensor.TryRead(Span<double> values, ref long capturedAt)
    {
        for (int input = 0; input < Inputs; input++)
            values[input] = Read(input);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _device.Dispose();

    private double Read(int input)
    {
        Span<byte> answer = stackalloc byte[3];
        _device.TransferFullDuplex([Start, (byte)(AgainstGround | (input << 4)), 0], answer);
        return (answer[1] & NullBit) != 0
            ? double.NaN
            : (((answer[1] & 0x03) << 8) | answer[2]) * _referenceVolts / Steps;
    }
}
