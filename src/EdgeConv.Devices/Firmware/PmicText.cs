using System.Buffers.Text;

namespace EdgeConv.Devices.Firmware;

/// <summary>
/// What <c>vcgencmd pmic_read_adc</c> prints on a Raspberry Pi 5: a line for each current and each voltage,
/// <c>VDD_CORE_A current(7)=1.42880000A</c> and <c>VDD_CORE_V volt(15)=0.90659250V</c>. Nothing here allocates.
/// </summary>
internal static class PmicText
{
    // A rail of this chip delivers far less.
    private const double Most = 100;

    /// <summary>
    /// The sum of currents times voltages, W; null when a line is damaged or a current lacks its voltage, for
    /// then the sum would be too small. Voltages alone (the 5 V input, the clock's battery) do not count.
    /// </summary>
    public static double? Watts(ReadOnlySpan<byte> text)
    {
        double sum = 0;
        foreach (Range range in text.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = text[range].Trim((byte)' ');
            if (line.IsEmpty)
                continue;
            if (!TryParse(line, out ReadOnlySpan<byte> name, out byte unit, out double value))
                return null;
            if (unit == (byte)'V')
                continue;
            if (Volts(text, name) is not { } volts)
                return null;
            sum += value * volts;
        }

        return sum is > 0 and < Most ? sum : null;
    }

    /// <summary>A rail's voltage, V; null when no line tells it.</summary>
    public static double? Volts(ReadOnlySpan<byte> text, ReadOnlySpan<byte> rail)
    {
        foreach (Range range in text.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = text[range].Trim((byte)' ');
            if (TryParse(line, out ReadOnlySpan<byte> name, out byte unit, out double value) &&
                unit == (byte)'V' && name.SequenceEqual(rail))
                return value;
        }

        return null;
    }

    private static bool TryParse(
        ReadOnlySpan<byte> line, out ReadOnlySpan<byte> name, out byte unit, out double value)
    {
        int end = line.IndexOf((byte)' ');
        int number = line.IndexOf((byte)'=') + 1;
        name = default;
        (unit, value) = (0, 0);
        if (end < 3 || number == 0 || line[end - 2] != (byte)'_')
            return false;
        name = line[..(end - 2)];
        unit = line[end - 1];
        // The unit stands behind the name and behind the value.
        return unit is (byte)'A' or (byte)'V' && line[^1] == unit &&
            Utf8Parser.TryParse(line[number..^1], out value, out int used) && used == line[number..^1].Length &&
            value is >= 0 and < Most;
    }
}
