using System.Buffers.Binary;
using System.Globalization;

namespace EdgeConv.Devices.Sensors.Iio;

/// <summary>
/// How a channel's value is stored in a scan: <c>[be|le]:[s|u|f]bits/storagebits[Xrepeat][>>shift]</c>, as a
/// <c>_type</c> attribute says.
/// </summary>
/// <param name="IsBigEndian">Order of the bytes.</param>
/// <param name="Sort">s for two's complement, u for unsigned, f for floats.</param>
/// <param name="Bits">Bits of the value.</param>
/// <param name="StorageBits">Bits that one value takes up: 8, 16, 32 or 64.</param>
/// <param name="Repeat">Values one behind the other.</param>
/// <param name="Shift">Bits below the value that are not its.</param>
internal readonly record struct ScanType(
    bool IsBigEndian, char Sort, int Bits, int StorageBits, int Repeat, int Shift)
{
    private const int MostRepeats = 16;

    /// <summary>Bytes of one value.</summary>
    public int ValueBytes => StorageBits / 8;

    /// <summary>Bytes of all its values, which is also what they are aligned to.</summary>
    public int Bytes => ValueBytes * Repeat;

    /// <summary>Understands an attribute's text.</summary>
    public static bool TryParse(string? text, out ScanType type)
    {
        type = default;
        if (text is null || text.Length < 4 || text[2] != ':' || text[..2] is not ("be" or "le"))
            return false;
        ReadOnlySpan<char> rest = text.AsSpan(4);
        bool isWhole = TryNumber(ref rest, '/', out int bits) & TryStorage(ref rest, out int storage, out int repeat);
        int shift = 0;
        if (isWhole && rest.StartsWith(">>"))
            isWhole = int.TryParse(rest[2..], NumberStyles.None, CultureInfo.InvariantCulture, out shift);
        else
            isWhole &= rest.IsEmpty;
        type = new ScanType(text[..2] == "be", text[3], bits, storage, repeat, shift);
        return isWhole && type.IsPossible;
    }

    /// <summary>The value that a scan holds at its place.</summary>
    /// <param name="stored">At least <see cref="ValueBytes"/> bytes.</param>
    public double Decode(ReadOnlySpan<byte> stored)
    {
        ulong word = Word(stored);
        if (Sort == 'f')
            return Float(word);
        ulong bits = word >> Shift;
        int unused = 64 - Bits;
        return Sort == 's' ? (double)((long)(bits << unused) >> unused) : bits << unused >> unused;
    }

    /// <summary>The whole number that a scan holds, without loss, such as a timestamp.</summary>
    public long DecodeWhole(ReadOnlySpan<byte> stored) => (long)(Word(stored) >> Shift);

    private bool IsPossible => Sort is 's' or 'u' or 'f'
        && StorageBits is 8 or 16 or 32 or 64
        && Bits > 0 && Shift >= 0 && (long)Bits + Shift <= StorageBits
        && Repeat is > 0 and <= MostRepeats && (Repeat & (Repeat - 1)) == 0
        && (Sort != 'f' || (Bits == StorageBits && Bits != 8));

    private double Float(ulong word) => StorageBits switch
    {
        16 => (double)BitConverter.UInt16BitsToHalf((ushort)word),
        32 => BitConverter.UInt32BitsToSingle((uint)word),
        _ => BitConverter.UInt64BitsToDouble(word),
    };

    private ulong Word(ReadOnlySpan<byte> stored) => (StorageBits, IsBigEndian) switch
    {
        (8, _) => stored[0],
        (16, true) => BinaryPrimitives.ReadUInt16BigEndian(stored),
        (16, false) => BinaryPrimitives.ReadUInt16LittleEndian(stored),
        (32, true) => BinaryPrimitives.ReadUInt32BigEndian(stored),
        (32, false) => BinaryPrimitives.ReadUInt32LittleEndian(stored),
        (_, true) => BinaryPrimitives.ReadUInt64BigEndian(stored),
        (_, false) => BinaryPrimitives.ReadUInt64LittleEndian(stored),
    };

    private static bool TryStorage(ref ReadOnlySpan<char> rest, out int storage, out int repeat)
    {
        repeat = 1;
        if (!TryNumber(ref rest, null, out storage))
            return false;
        if (rest.IsEmpty || rest[0] != 'X')
            return true;
        rest = rest[1..];
        return TryNumber(ref rest, null, out repeat);
    }

    // The digits that it begins with, and the letter behind them.
    private static bool TryNumber(ref ReadOnlySpan<char> rest, char? end, out int number)
    {
        int digits = rest.IndexOfAnyExceptInRange('0', '9');
        digits = digits < 0 ? rest.Length : digits;
        bool isNumber = int.TryParse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out number);
        rest = rest[digits..];
        if (!isNumber || end is null)
            return isNumber;
        bool ends = !rest.IsEmpty && rest[0] == end;
        rest = ends ? rest[1..] : rest;
        return ends;
    }
}
