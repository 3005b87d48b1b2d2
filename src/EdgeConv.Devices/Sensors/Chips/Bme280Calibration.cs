using System.Buffers.Binary;

namespace EdgeConv.Devices.Sensors.Chips;

/// <summary>
/// A chip's own constants, and from what it measures to units: data sheet BST-BME280-DS002, sections 4.2.2 and 8.1.
/// </summary>
internal sealed class Bme280Calibration
{
    /// <summary>Registers from 0x88 on.</summary>
    public const int FirstBytes = 24;

    /// <summary>Registers from 0xE1 on.</summary>
    public const int SecondBytes = 7;

    private const int PressureConstants = 9;

    /// <summary>dig_T1 to dig_T3.</summary>
    public required double[] T { get; init; }

    /// <summary>dig_P1 to dig_P9.</summary>
    public required double[] P { get; init; }

    /// <summary>dig_H1 to dig_H6.</summary>
    public required double[] H { get; init; }

    /// <summary>Takes them from the chip's registers.</summary>
    public static Bme280Calibration Of(ReadOnlySpan<byte> first, byte h1, ReadOnlySpan<byte> second)
    {
        double[] words = new double[first.Length / 2];
        for (int i = 0; i < words.Length; i++)
        {
            ReadOnlySpan<byte> word = first[(2 * i)..];
            // dig_T1 and dig_P1 have no sign.
            words[i] = i is 0 or 3
                ? BinaryPrimitives.ReadUInt16LittleEndian(word)
                : BinaryPrimitives.ReadInt16LittleEndian(word);
        }

        return new Bme280Calibration
        {
            T = words[..3],
            P = words[3..(3 + PressureConstants)],
            H =
            [
                h1,
                BinaryPrimitives.ReadInt16LittleEndian(second),
                second[2],
                ((sbyte)second[3] * 16) | (second[4] & 0x0F),
                ((sbyte)second[5] * 16) | (second[4] >> 4),
                (sbyte)second[6],
            ],
        };
    }

    /// <summary>The temperature in the unit that the other formulas want, 1/5120 °C.</summary>
    public double FineTemperature(int raw)
    {
        double first = ((raw / 16384.0) - (T[0] / 1024)) * T[1];
        double second = (raw / 131072.0) - (T[0] / 8192);
        return first + (second * second * T[2]);
    }

    /// <summary>°C.</summary>
    public static double Celsius(double fine) => fine / 5120;

    /// <summary>Pa; NaN where the constants would divide by 0.</summary>
    public double Pascals(int raw, double fine)
    {
        double x = (fine / 2) - 64000;
        double offset = (x * x * P[5] / 32768) + (x * P[4] * 2);
        offset = (offset / 4) + (P[3] * 65536);
        double slope = ((P[2] * x * x / 524288) + (P[1] * x)) / 524288;
        slope = (1 + (slope / 32768)) * P[0];
        if (slope == 0)
            return double.NaN;
        double pascals = (1048576.0 - raw - (offset / 4096)) * 6250 / slope;
        return pascals + (((P[8] * pascals * pascals / 2147483648) + (pascals * P[7] / 32768) + P[6]) / 16);
    }

    /// <summary>Relative humidity, 0..100 %.</summary>
    public double HumidityPercent(int raw, double fine)
    {
        double x = fine - 76800;
        double bend = 1 + (H[5] / 67108864 * x * (1 + (H[2] / 67108864 * x)));
        double percent = (raw - ((H[3] * 64) + (H[4] / 16384 * x))) * (H[1] / 65536 * bend);
        return Math.Clamp(percent * (1 - (H[0] * percent / 524288)), 0, 100);
    }
}
