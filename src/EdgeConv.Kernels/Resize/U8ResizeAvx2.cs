using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EdgeConv.Kernels.Resize;

/// <summary>
/// Pairs of rows side by side, 32 bytes at a time; eight columns at a time, two of them in a vector.
/// </summary>
internal sealed unsafe class U8ResizeAvx2 : ResizeKernel
{
    private const int Half = 16;

    public override string Name => "U8ResizeAvx2";

    protected override int Block => 32;

    public override void Columns(ColumnBlend blend, short* row, float* planes, int planeStride)
    {
        fixed (int* allFirst = blend.First)
        fixed (short* allWeights = blend.Weights)
        {
            int* first = allFirst;
            short* weights = allWeights;
            int step = blend.Blocks * blend.Components * ColumnBlend.Pairs * Half;
            for (int group = blend.Groups; group > 0; group--, first += 8, weights += step, planes += 8)
            {
                if (blend.Components == 1)
                    Columns1(first, row, weights, blend.Blocks, planes);
                else if (blend.Components == 2)
                    Columns2(first, row, weights, blend.Blocks, planes, planeStride);
                else
                    Columns3(first, row, weights, blend.Blocks, planes, planeStride);
            }
        }
    }

    protected override void RowBlocks(RowBlend blend, int length, short* to)
    {
        byte** rows = blend.Rows;
        int* weights = (int*)blend.Weights;
        int pairs = blend.Pairs;
        Vector256<int> start = Vector256.Create(Start + (1 << (Shift - 1)));
        for (int i = 0; ;)
        {
            Vector256<int> sum0 = start, sum1 = start, sum2 = start, sum3 = start;
            for (int k = 0; k < pairs; k++)
            {
                byte* upper = rows[2 * k] + i, lower = rows[(2 * k) + 1] + i;
                Vector256<short> weight = Vector256.Create(weights[k]).AsInt16();
                Vector256<short> a = Avx2.ConvertToVector256Int16(upper), b = Avx2.ConvertToVector256Int16(lower);
                sum0 += Avx2.MultiplyAddAdjacent(Avx2.UnpackLow(a, b), weight);
                sum1 += Avx2.MultiplyAddAdjacent(Avx2.UnpackHigh(a, b), weight);
                a = Avx2.ConvertToVector256Int16(upper + Half);
                b = Avx2.ConvertToVector256Int16(lower + Half);
                sum2 += Avx2.MultiplyAddAdjacent(Avx2.UnpackLow(a, b), weight);
                sum3 += Avx2.MultiplyAddAdjacent(Avx2.UnpackHigh(a, b), weight);
            }

            Rounded(sum0, sum1).Store(to + i);
            Rounded(sum2, sum3).Store(to + i + Half);
            if (i + Block >= length)
                return;
            i = Math.Min(i + Block, length - Block);
        }
    }

    protected override void SplitBlocks(RowBlend blend, int length, short* even, short* odd)
    {
        byte** rows = blend.Rows;
        int* weights = (int*)blend.Weights;
        int pairs = blend.Pairs;
        Vector256<int> start = Vector256.Create(Start + (1 << (Shift - 1)));
        Vector256<short> low = Vector256.Create((short)byte.MaxValue);
        for (int i = 0; ;)
        {
            Vector256<int> even0 = start, even1 = start, odd0 = start, odd1 = start;
            for (int k = 0; k < pairs; k++)
            {
                Vector256<short> a = Vector256.Load((short*)(rows[2 * k] + i));
                Vector256<short> b = Vector256.Load((short*)(rows[(2 * k) + 1] + i));
                Vector256<short> weight = Vector256.Create(weights[k]).AsInt16();
                Vector256<short> evenA = a & low, evenB = b & low, oddA = a >>> 8, oddB = b >>> 8;
                even0 += Avx2.MultiplyAddAdjacent(Avx2.UnpackLow(evenA, evenB), weight);
                even1 += Avx2.MultiplyAddAdjacent(Avx2.UnpackHigh(evenA, evenB), weight);
                odd0 += Avx2.MultiplyAddAdjacent(Avx2.UnpackLow(oddA, oddB), weight);
                odd1 += Avx2.MultiplyAddAdjacent(Avx2.UnpackHigh(oddA, oddB), weight);
            }

            Rounded(even0, even1).Store(even + (i / 2));
            Rounded(odd0, odd1).Store(odd + (i / 2));
            if (i + Block >= length)
                return;
            i = Math.Min(i + Block, length - Block);
        }
    }

    // What was unpacked within halves of a vector is packed within them again.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Rounded(Vector256<int> low, Vector256<int> high) =>
        Avx2.PackSignedSaturate(low >> Shift, high >> Shift);

    private static void Columns1(int* first, short* row, short* w, int blocks, float* planes)
    {
        Vector256<int> a0 = default, a1 = default, a2 = default, a3 = default;
        for (int block = blocks; block > 0; block--, row += 8, w += ColumnBlend.Pairs * Half)
        {
            a0 += Avx2.MultiplyAddAdjacent(Load(row, first), Vector256.Load(w));
            a1 += Avx2.MultiplyAddAdjacent(Load(row, first + 1), Vector256.Load(w + 16));
            a2 += Avx2.MultiplyAddAdjacent(Load(row, first + 2), Vector256.Load(w + 32));
            a3 += Avx2.MultiplyAddAdjacent(Load(row, first + 3), Vector256.Load(w + 48));
        }

        Sums(a0, a1, a2, a3).Store(planes);
    }

    private static void Columns2(int* first, short* row, short* w, int blocks, float* planes, int planeStride)
    {
        Vector256<int> a0 = default, a1 = default, a2 = default, a3 = default;
        Vector256<int> b0 = default, b1 = default, b2 = default, b3 = default;
        for (int block = blocks; block > 0; block--, row += 8, w += 2 * ColumnBlend.Pairs * Half)
        {
            Vector256<short> x = Load(row, first);
            a0 += Avx2.MultiplyAddAdjacent(x, Vector256.Load(w));
            b0 += Avx2.MultiplyAddAdjacent(x, Vector256.Load(w + 16));
            x = Load(row, first + 1);
            a1 += Avx2.MultiplyAddAdjacent(x, Vector256.Load(w + 32));
            b1 += Avx2.MultiplyAddAdjacent(x, Vector256.Load(w + 48));
            x = Load(row, first + 2);
            a2 += Avx2.MultiplyAddAdjacent(x, Vector256.Load(w + 64));
            b2 += Avx2.MultiplyAddAdjacent(x, Vector256.Load(w + 80));
            x = Load(row, first + 3);
            a3 += Avx2.MultiplyAddAdjacent(x, Vector256.Load(w + 96));
            b3 += Avx2.MultiplyAddAdjacent(x, Vector256.Load(w + 112));
        }

        Sums(a0, a1, a2, a3).Store(planes);
        Sums(b0, b1, b2, b3).Store(planes + planeStride);
    }

    private static void Columns3(int* first, short* row, short* w, int blocks, float* planes, int planeStride)
    {
        Vector256<int> a0 = default, a1 = default, a2 = default, a3 = default;
        Vector256<int> b0 = default, b1 = default, b2 = default, b3 = default;
        Vector256<int> c0 = default, c1 = default, c2 = default, c3 = default;
        for (int block = blocks; block > 0; block--, row += 8, w += 3 * ColumnBlend.Pairs * Half)
        {
            Vector256<short> x = Load(row, first);
            a0 += Avx2.MultiplyAddAdjacent(x, Vector256.Load(w));
            b0 += Avx2.MultiplyAddAdjacent(x, Vector256.Load(w + 16));
            c0 += Avx2.MultiplyAddAdjacent(x, Vector256.Load(w + 32));
            x = Load(row, first + 1);
            a1 += Avx2.MultiplyAddAdjacent(x, Vector256.Load(w + 48));
            b1 += Avx2.MultiplyAddAdjacent(x, Vector256.Load(w + 64));
            c1 += Avx2.MultiplyAddAdjacent(x, Vector256.Load(w + 80));
            x = Load(row, first + 2);
            a2 += Avx2.MultiplyAddAdjacent(x, Vector256.Load(w + 96));
            b2 += Avx2.MultiplyAddAdjacent(x, Vector256.Load(w + 112));
            c2 += Avx2.MultiplyAddAdjacent(x, Vector256.Load(w + 128));
            x = Load(row, first + 3);
            a3 += Avx2.MultiplyAddAdjacent(x, Vector256.Load(w + 144));
            b3 += Avx2.MultiplyAddAdjacent(x, Vector256.Load(w + 160));
            c3 += Avx2.MultiplyAddAdjacent(x, Vector256.Load(w + 176));
        }

        Sums(a0, a1, a2, a3).Store(planes);
        Sums(b0, b1, b2, b3).Store(planes + planeStride);
        Sums(c0, c1, c2, c3).Store(planes + (2 * planeStride));
    }

    // A column of the first four of a group, and the one four behind it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Load(short* row, int* first) =>
        Vector256.Create(Vector128.Load(row + first[0]), Vector128.Load(row + first[4]));

    // 0000 4444, 1111 5555, 2222 6666, 3333 7777 → 0123 4567
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Sums(
        Vector256<int> a0, Vector256<int> a1, Vector256<int> a2, Vector256<int> a3)
    {
        Vector256<int> sums = Avx2.HorizontalAdd(Avx2.HorizontalAdd(a0, a1), Avx2.HorizontalAdd(a2, a3));
        return Avx.ConvertToVector256Single(sums) * Vector256.Create(Unit);
    }
}
