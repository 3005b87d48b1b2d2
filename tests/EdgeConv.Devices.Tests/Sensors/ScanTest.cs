using System.Globalization;
using System.Numerics;
using CsCheck;
using EdgeConv.Devices.Sensors.Iio;
using EdgeConv.Devices.Tests.Support;

namespace EdgeConv.Devices.Tests.Sensors;

public sealed class ScanTest
{
    private static readonly Gen<string> s_type =
        from order in OneOf("be", "le")
        from sort in OneOf('s', 'u')
        from storage in OneOf(8, 16, 32, 64)
        from bits in Gen.Int[1, 64]
        from shift in Gen.Int[0, 63]
        from repeat in OneOf(1, 1, 2, 4)
        let kept = Math.Min(bits, storage)
        let moved = Math.Min(shift, storage - kept)
        select $"{order}:{sort}{kept}/{storage}{(repeat == 1 ? "" : $"X{repeat}")}{(moved == 0 ? "" : $">>{moved}")}";

    private static readonly Gen<(string[] Types, byte[] Bytes)> s_scans =
        Gen.Select(s_type.Array[1, 6], Gen.Byte.Array[400]);

    [Fact]
    public void Scans_are_read_as_the_slow_obvious_decoder_reads_them() => s_scans.Holds(scan =>
    {
        ScanElement[] elements = [.. scan.Types.Select((type, i) =>
        {
            Assert.True(ScanType.TryParse(type, out ScanType parsed), type);
            return new ScanElement($"c{i}", i, parsed);
        })];
        ScanLayout layout = new(elements.Reverse());
        List<double> slow = Slow(scan.Types, scan.Bytes, out int length);
        Assert.Equal(length, layout.Bytes);
        Assert.Equal(slow, elements.SelectMany(element =>
        {
            (int offset, ScanType type) = layout.PlaceOf(element.Name)!.Value;
            return Enumerable.Range(0, type.Repeat)
                .Select(i => type.Decode(scan.Bytes.AsSpan(offset + (i * type.ValueBytes))));
        }));
    }, 2000);

    [Theory]
    [InlineData("le:s16/16>>0")]
    [InlineData("be:s12/16>>4")]
    [InlineData("le:u24/32>>8")]
    [InlineData("le:s64/64>>0")]
    [InlineData("le:s32/32X4>>0")]
    [InlineData("be:u1/8")]
    [InlineData("le:f64/64>>0")]
    public void A_type_of_the_kernels_is_understood(string text) => Assert.True(ScanType.TryParse(text, out _));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("le")]
    [InlineData("le:")]
    [InlineData("le:s")]
    [InlineData("le:s16")]
    [InlineData("le:s16/")]
    [InlineData("xe:s16/16")]
    [InlineData("le:x16/16")]
    [InlineData("le:s17/16")]
    [InlineData("le:s0/16")]
    [InlineData("le:s12/16>>5")]
    [InlineData("le:s12/16>>")]
    [InlineData("le:s12/16>>-1")]
    [InlineData("le:s12/16>>99999999999")]
    [InlineData("le:s12/24")]
    [InlineData("le:s16/16X")]
    [InlineData("le:s16/16X0")]
    [InlineData("le:s16/16X3")]
    [InlineData("le:s16/16X1000000")]
    [InlineData("le:s16/16 ")]
    [InlineData("le:s16/16>>0\n")]
    [InlineData("le:f12/16")]
    [InlineData("le:f8/8")]
    [InlineData("LE:s16/16")]
    public void A_type_that_cannot_be_is_none(string? text) => Assert.False(ScanType.TryParse(text, out _));

    [Fact]
    public void The_time_comes_last_whatever_its_index()
    {
        ScanType time = new(false, 's', 64, 64, 1, 0);
        ScanType value = new(false, 's', 16, 16, 1, 0);
        ScanLayout layout = new([new("timestamp", 0, time), new("a", 1, value), new("b", 2, value)]);
        Assert.Equal((0, 2, 8, 16), (layout.PlaceOf("a")!.Value.Offset, layout.PlaceOf("b")!.Value.Offset,
            layout.PlaceOf("timestamp")!.Value.Offset, layout.Bytes));
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    // Byte by byte and bit by bit.
    private static List<double> Slow(string[] types, byte[] bytes, out int length)
    {
        List<double> values = [];
        int at = 0;
        int largest = 1;
        foreach (string type in types)
        {
            string[] parts = type[4..].Split('/', 'X', '>').Where(part => part.Length != 0).ToArray();
            int bits = int.Parse(parts[0], CultureInfo.InvariantCulture);
            int storage = int.Parse(parts[1], CultureInfo.InvariantCulture) / 8;
            int repeat = type.Contains('X') ? int.Parse(parts[2], CultureInfo.InvariantCulture) : 1;
            int shift = type.Contains('>') ? int.Parse(parts[^1], CultureInfo.InvariantCulture) : 0;
            while (at % (storage * repeat) != 0)
                at++;
            largest = Math.Max(largest, storage * repeat);
            for (int i = 0; i < repeat; i++, at += storage)
                values.Add(Value(bytes[at..(at + storage)], type[..2] == "be", type[3] == 's', bits, shift));
        }

        while (at % largest != 0)
            at++;
        length = at;
        return values;
    }

    private static double Value(byte[] stored, bool isBigEndian, bool isSigned, int bits, int shift)
    {
        if (isBigEndian)
            Array.Reverse(stored);
        BigInteger value = 0;
        for (int bit = 0; bit < bits; bit++)
        {
            int from = bit + shift;
            if ((stored[from / 8] >> (from % 8) & 1) != 0)
                value += isSigned && bit == bits - 1 ? -BigInteger.Pow(2, bit) : BigInteger.Pow(2, bit);
        }

        return isSigned ? (long)value : (double)(ulong)value;
    }
}
