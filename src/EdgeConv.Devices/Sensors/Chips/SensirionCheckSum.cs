namespace EdgeConv.Devices.Sensors.Chips;

/// <summary>CRC-8 as Sensirion's chips have it: polynomial 0x31, from 0xFF, most significant bit first.</summary>
internal static class SensirionCheckSum
{
    private const int Polynomial = 0x31;

    /// <summary>Whether the last byte is the check sum of those before it.</summary>
    public static bool Fits(ReadOnlySpan<byte> bytes) => Of(bytes[..^1]) == bytes[^1];

    /// <summary>The check sum.</summary>
    public static byte Of(ReadOnlySpan<byte> bytes)
    {
        int sum = 0xFF;
        foreach (byte value in bytes)
        {
            sum ^= value;
            for (int bit = 0; bit < 8; bit++)
                sum = (sum & 0x80) != 0 ? (sum << 1) ^ Polynomial : sum << 1;
        }

        return (byte)sum;
    }
}
