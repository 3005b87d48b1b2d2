using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace EdgeConv.Kernels.Linear;

/// <summary>
/// y = A x of a matrix of bytes <c>[R,d]</c> and a vector of 16-bit integers <c>[d]</c>, exact in 32 bits as
/// long as Σ |x_i| is at most <see cref="GreatestSum"/>. Four rows at a time share each load of x, and their
/// elements stand side by side, so that the matrix is read as one stream:
/// <code>
/// block 0, columns 0..15                            block 0, columns 16..31         block 1
/// row 0 [16] | row 1 [16] | row 2 [16] | row 3 [16] | row 0 [16] | … | row 3 [16] | row 4 [16] | …
/// </code>
/// Rows and columns that fill up the last block are zeros.
/// </summary>
public static unsafe class I8Products
{
    /// <summary>Greatest Σ |x_i|: no sum of products with bytes from -127 to 127 exceeds 31 bits.</summary>
    public const int GreatestSum = int.MaxValue / 127;

    private const int BlockRows = 4;
    private const int BlockColumns = 16;

    /// <summary>Elements of y for a matrix of <paramref name="rows"/> rows: the next multiple of 4.</summary>
    public static int PaddedRows(int rows) => RoundUp(rows, BlockRows);

    /// <summary>Elements of x for a matrix of <paramref name="columns"/>: the next multiple of 16.</summary>
    public static int PaddedColumns(int columns) => RoundUp(columns, BlockColumns);

    /// <summary>
    /// Copies <paramref name="values"/> <c>[d]</c>, -127 to 127, to <paramref name="row"/> of a packed matrix
    /// of zeros, which has <see cref="PaddedRows"/> times <see cref="PaddedColumns"/> elements.
    /// </summary>
    public static void PackRow(ReadOnlySpan<sbyte> values, int row, Span<sbyte> packed)
    {
        int block = row / BlockRows * BlockRows * PaddedColumns(values.Length);
        int start = block + row % BlockRows * BlockColumns;
        for (int i = 0; i < values.Length; i++)
            packed[start + i / BlockColumns * BlockRows * BlockColumns + i % BlockColumns] = values[i];
    }

    /// <summary>y = A x.</summary>
    /// <param name="packed">A as <see cref="PackRow"/> leaves it.</param>
    /// <param name="x">A multiple of 16 elements.</param>
    /// <param name="y">A multiple of 4 elements.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public static void Multiply(ReadOnlySpan<sbyte> packed, ReadOnlySpan<short> x, Span<int> y)
    {
        Check(packed.Length, x.Length, y.Length);
        fixed (sbyte* a = packed)
        fixed (short* vector = x)
        fixed (int* sums = y)
        {
            for (int row = 0; row < y.Length; row += BlockRows)
            {
                sbyte* block = a + (long)row * x.Length;
                if (Avx2.IsSupported)
                    BlockAvx2(block, vector, x.Length, sums + row);
                else if (AdvSimd.Arm64.IsSupported)
                    BlockNeon(block, vector, x.Length, sums + row);
                else
                    BlockScalar(block, vector, x.Length, sums + row);
            }
        }
    }

    internal static void BlockScalar(sbyte* block, short* x, int columns, int* y)
    {
        for (int row = 0; row < BlockRows; row++)
            y[row] = 0;
        for (int i = 0; i < columns * BlockRows; i++)
        {
            int column = i / (BlockRows * BlockColumns) * BlockColumns + i % BlockColumns;
            y[i / BlockColumns % BlockRows] += block[i] * x[column];
        }
    }

    private static void BlockAvx2(sbyte* block, short* x, int columns, int* y)
    {
        Vector256<int> s0 = default, s1 = default, s2 = default, s3 = default;
        for (int i = 0; i < columns; i += BlockColumns, block += BlockRows * BlockColumns)
        {
            Vector256<short> v = Vector256.Load(x + i);
            s0 += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(block), v);
            s1 += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(block + 16), v);
            s2 += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(block + 32), v);
            s3 += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(block + 48), v);
        }

        // Lane 0 to 3 of each half: a part of the sum of row 0 to 3.
        Vector256<int> sums = Avx2.HorizontalAdd(Avx2.HorizontalAdd(s0, s1), Avx2.HorizontalAdd(s2, s3));
        (sums.GetLower() + sums.GetUpper()).Store(y);
    }

    private static void BlockNeon(sbyte* block, short* x, int columns, int* y)
    {
        Vector128<int> s0 = default, s1 = default, s2 = default, s3 = default;
        for (int i = 0; i < columns; i += BlockColumns, block += BlockRows * BlockColumns)
        {
            Vector128<short> low = Vector128.Load(x + i), high = Vector128.Load(x + i + 8);
            s0 = Add(s0, Vector128.Load(block), low, high);
            s1 = Add(s1, Vector128.Load(block + 16), low, high);
            s2 = Add(s2, Vector128.Load(block + 32), low, high);
            s3 = Add(s3, Vector128.Load(block + 48), low, high);
        }

        Vector128<int> first = AdvSimd.Arm64.AddPairwise(s0, s1), second = AdvSimd.Arm64.AddPairwise(s2, s3);
        AdvSimd.Arm64.AddPairwise(first, second).Store(y);
    }

    private static Vector128<int> Add(
        Vector128<int> sum, Vector128<sbyte> row, Vector128<short> low, Vector128<short> high)
    {
        Vector128<short> a = AdvSimd.SignExtendWideningLower(row.GetLower());
        Vector128<short> b = AdvSimd.SignExtendWideningUpper(row);
        sum = AdvSimd.MultiplyWideningLowerAndAdd(sum, a.GetLower(), low.GetLower());
        sum = AdvSimd.MultiplyWideningUpperAndAdd(sum, a, low);
        sum = AdvSimd.MultiplyWideningLowerAndAdd(sum, b.GetLower(), high.GetLower());
        return AdvSimd.MultiplyWideningUpperAndAdd(sum, b, high);
    }

    private static void Check(int packed, int columns, int rows)
    {
        if (columns % BlockColumns != 0 || rows % BlockRows != 0 || packed != (long)columns * rows)
            throw new ArgumentException($"{packed} elements for {rows} rows of {columns}, each padded");
    }

    private static int RoundUp(int value, int unit) => (value + unit - 1) / unit * unit;
}
