using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EdgeConv.Kernels.Resize;

/// <summary>Pairs of rows side by side, 64 bytes at a time; of columns see the other file.</summary>
internal sealed unsafe partial class U8ResizeAvx2 : ResizeKernel
{
    public override string Name => "U8ResizeAvx2";

    protected override int Block => 64;

    protected override void RowBlocks(RowBlend blend, int length, short* to)
    {
        byte** rows = blend.Rows;
        int* weights = (int*)blend.Weights;
        int pairs = blend.Pairs;
        Vector256<int> start = Vector256.Create(Start + (1 << (Shift - 1)));
        for (int i = 0; ;)
        {
            Vector256<int> sum0 = start, sum1 = start, sum2 = start, sum3 = start;
            Vector256<int> sum4 = start, sum5 = start, sum6 = start, sum7 = start;
            for (int k = 0; k < pairs; k++)
            {
                byte* upper = rows[2 * k] + i, lower = rows[(2 * k) + 1] + i;
                Vector256<short> weight = Vector256.Create(weights[k]).AsInt16();
                Vector256<short> a = Avx2.ConvertToVector256Int16(upper);
                Vector256<short> b = Avx2.ConvertToVector256Int16(lower);
                sum0 += Avx2.MultiplyAddAdjacent(Avx2.UnpackLow(a, b), weight);
                sum1 += Avx2.MultiplyAddAdjacent(Avx2.UnpackHigh(a, b), weight);
                a = Avx2.ConvertToVector256Int16(upper + 16);
                b = Avx2.ConvertToVector256Int16(lower + 16);
                sum2 += Avx2.MultiplyAddAdjacent(Avx2.UnpackLow(a, b), weight);
                sum3 += Avx2.MultiplyAddAdjacent(Avx2.UnpackHigh(a, b), weight);
                a = Avx2.ConvertToVector256Int16(upper + 32);
                b = Avx2.ConvertToVector256Int16(lower + 32);
                sum4 += Avx2.MultiplyAddAdjacent(Avx2.UnpackLow(a, b), weight);
                sum5 += Avx2.MultiplyAddAdjacent(Avx2.UnpackHigh(a, b), weight);
                a = Avx2.ConvertToVector256Int16(upper + 48);
                b = Avx2.ConvertToVector256Int16(lower + 48);
                sum6 += Avx2.MultiplyAddAdjacent(Avx2.UnpackLow(a, b), weight);
                sum7 += Avx2.MultiplyAddAdjacent(Avx2.UnpackHigh(a, b), weight);
            }

            Rounded(sum0, sum1).Store(to + i);
            Rounded(sum2, sum3).Store(to + i + 16);
            Rounded(sum4, sum5).Store(to + i + 32);
            Rounded(sum6, sum7).Store(to + i + 48);
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
            Vector256<int> even0 = start, even1 = start, even2 = start, even3 = start;
            Vector256<int> odd0 = start, odd1 = start, odd2 = start, odd3 = start;
            for (int k = 0; k < pairs; k++)
            {
                byte* upper = rows[2 * k] + i, lower = rows[(2 * k) + 1] + i;
                Vector256<short> weight = Vector256.Create(weights[k]).AsInt16();
                Vector256<short> a = Vector256.Load((short*)upper), b = Vector256.Load((short*)lower);
                Vector256<short> x = a & low, y = b & low;
                even0 += Avx2.MultiplyAddAdjacent(Avx2.UnpackLow(x, y), weight);
                even1 += Avx2.MultiplyAddAdjacent(Avx2.UnpackHigh(x, y), weight);
                (x, y) = (a >>> 8, b >>> 8);
                odd0 += Avx2.MultiplyAddAdjacent(Avx2.UnpackLow(x, y), weight);
                odd1 += Avx2.MultiplyAddAdjacent(Avx2.UnpackHigh(x, y), weight);
                (a, b) = (Vector256.Load((short*)(upper + 32)), Vector256.Load((short*)(lower + 32)));
                (x, y) = (a & low, b & low);
                even2 += Avx2.MultiplyAddAdjacent(Avx2.UnpackLow(x, y), weight);
                even3 += Avx2.MultiplyAddAdjacent(Avx2.UnpackHigh(x, y), weight);
                (x, y) = (a >>> 8, b >>> 8);
                odd2 += Avx2.MultiplyAddAdjacent(Avx2.UnpackLow(x, y), weight);
                odd3 += Avx2.MultiplyAddAdjacent(Avx2.UnpackHigh(x, y), weight);
            }

            Rounded(even0, even1).Store(even + (i / 2));
            Rounded(even2, even3).Store(even + (i / 2) + 16);
            Rounded(odd0, odd1).Store(odd + (i / 2));
            Rounded(odd2, odd3).Store(odd + (i / 2) + 16);
            if (i + Block >= length)
                return;
            i = Math.Min(i + Block, length - Block);
        }
    }

    // What was unpacked within halves of a vector is packed within them again.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Rounded(Vector256<int> low, Vector256<int> high) =>
        Avx2.PackSignedSaturate(low >> Shift, high >> Shift);
}
