using System.Runtime.InteropServices;
using EdgeConv.Kernels.Linear;
using EdgeConv.Kernels.Tests.Support;
using Xunit;

namespace EdgeConv.Kernels.Tests.Linear;

public sealed unsafe class I8ProductsTest
{
    public static TheoryData<int> Columns => [.. Grid.Sizes(70), 640];

    [Theory]
    [MemberData(nameof(Columns))]
    public void Products_are_exact_at_every_size(int columns)
    {
        foreach (int rows in Grid.Sizes(9))
        {
            (sbyte[][] matrix, short[] x) = Problem(rows, columns);
            using GuardedFloats packed = Packed(matrix), vector = Padded(x), y = Sums(rows);
            Span<int> sums = MemoryMarshal.Cast<float, int>(y.Span);
            I8Products.Multiply(Bytes(packed), MemoryMarshal.Cast<float, short>(vector.Span), sums);
            Assert.Equal(Slow(matrix, x), sums[..rows].ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Columns))]
    public void Plain_loop_gives_the_same(int columns)
    {
        (sbyte[][] matrix, short[] x) = Problem(4, columns);
        using GuardedFloats packed = Packed(matrix), vector = Padded(x);
        int* y = stackalloc int[4];
        int padded = I8Products.PaddedColumns(columns);
        I8Products.BlockScalar((sbyte*)packed.Start, (short*)vector.Start, padded, y);
        Assert.Equal(Slow(matrix, x), new Span<int>(y, 4).ToArray());
    }

    [Theory]
    [InlineData(127, 1)]
    [InlineData(-127, 1)]
    [InlineData(127, -1)]
    public void Greatest_sum_does_not_overflow(sbyte value, short sign)
    {
        const int columns = 512;
        short[] x = new short[columns];
        Array.Fill(x, (short)(sign * (I8Products.GreatestSum / columns)));
        sbyte[] row = new sbyte[columns];
        Array.Fill(row, value);
        using GuardedFloats packed = Packed([row, row, row, row]), vector = Padded(x), y = Sums(4);
        Span<int> sums = MemoryMarshal.Cast<float, int>(y.Span);
        I8Products.Multiply(Bytes(packed), MemoryMarshal.Cast<float, short>(vector.Span), sums);
        Assert.Equal((long)value * x[0] * columns, sums[3]);
    }

    [Fact]
    public void Lengths_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => I8Products.Multiply(new sbyte[64], new short[16], new int[8]));
        Assert.Throws<ArgumentException>(() => I8Products.Multiply(new sbyte[60], new short[15], new int[4]));
        Assert.Throws<ArgumentException>(() => I8Products.Multiply(new sbyte[48], new short[16], new int[3]));
    }

    private static (sbyte[][] Matrix, short[] X) Problem(int rows, int columns)
    {
        Random random = new(rows * 1000 + columns);
        short[] x = new short[columns];
        foreach (ref short value in x.AsSpan())
            value = (short)random.Next(short.MinValue, short.MaxValue + 1);
        sbyte[][] matrix = [.. Enumerable.Range(0, rows).Select(_ => new sbyte[columns])];
        foreach (sbyte[] row in matrix)
            random.NextBytes(MemoryMarshal.AsBytes(row.AsSpan()));
        return (matrix, x);
    }

    private static int[] Slow(sbyte[][] matrix, short[] x) =>
        [.. matrix.Select(row => row.Zip(x, (a, b) => a * b).Sum())];

    private static GuardedFloats Packed(sbyte[][] matrix)
    {
        int size = I8Products.PaddedRows(matrix.Length) * I8Products.PaddedColumns(matrix[0].Length);
        GuardedFloats packed = new(new float[size / sizeof(float)]);
        for (int row = 0; row < matrix.Length; row++)
            I8Products.PackRow(matrix[row], row, Bytes(packed));
        return packed;
    }

    private static GuardedFloats Padded(short[] x)
    {
        int bytes = I8Products.PaddedColumns(x.Length) * sizeof(short);
        GuardedFloats padded = new(new float[bytes / sizeof(float)]);
        x.CopyTo(MemoryMarshal.Cast<float, short>(padded.Span));
        return padded;
    }

    private static GuardedFloats Sums(int rows) => new(new float[I8Products.PaddedRows(rows)]);

    private static Span<sbyte> Bytes(GuardedFloats memory) => MemoryMarshal.Cast<float, sbyte>(memory.Span);
}
