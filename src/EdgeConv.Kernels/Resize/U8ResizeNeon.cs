using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace EdgeConv.Kernels.Resize;

/// <summary>Row by row, 16 bytes at a time; four columns at a time, each in a vector of its own.</summary>
internal sealed unsafe class U8ResizeNeon : ResizeKernel
{
    private const int Pixels = ColumnBlend.Pairs;

    // Weights of a column behind which those of the next begin: another stands beside each.
    private const int Next = 2 * ColumnBlend.Group;

    public override string Name => "U8ResizeNeon";

    protected override int Block => 16;

    public override void Columns(ColumnBlend blend, short* row, float* planes, int planeStride)
    {
        int step = blend.Components * Next;
        fixed (int* first = blend.First)
        fixed (short* allWeights = blend.Weights)
        {
            for (int column = 0; column < blend.PlaneLength; column += Pixels)
            {
                short* weights = allWeights + blend.PlaceOf(column, 0, 0);
                for (int c = 0; c < blend.Components; c++, weights += Next)
                    Column4(first + column, row, weights, blend.Blocks, step).Store(planes + (c * planeStride) + column);
            }
        }
    }

    protected override void RowBlocks(RowBlend blend, int length, short* to)
    {
        byte** rows = blend.Rows;
        short* weights = blend.Weights;
        int count = 2 * blend.Pairs;
        Vector128<int> start = Vector128.Create(Start);
        for (int i = 0; ;)
        {
            Vector128<int> sum0 = start, sum1 = start, sum2 = start, sum3 = start;
            for (int k = 0; k < count; k++)
            {
                Vector128<byte> x = Vector128.Load(rows[k] + i);
                Vector128<short> weight = Vector128.Create(weights[k]);
                Vector128<short> low = Vector128.WidenLower(x).AsInt16(), high = Vector128.WidenUpper(x).AsInt16();
                sum0 = AdvSimd.MultiplyWideningLowerAndAdd(sum0, low.GetLower(), weight.GetLower());
                sum1 = AdvSimd.MultiplyWideningUpperAndAdd(sum1, low, weight);
                sum2 = AdvSimd.MultiplyWideningLowerAndAdd(sum2, high.GetLower(), weight.GetLower());
                sum3 = AdvSimd.MultiplyWideningUpperAndAdd(sum3, high, weight);
            }

            Rounded(sum0, sum1).Store(to + i);
            Rounded(sum2, sum3).Store(to + i + 8);
            if (i + Block >= length)
                return;
            i = Math.Min(i + Block, length - Block);
        }
    }

    protected override void SplitBlocks(RowBlend blend, int length, short* even, short* odd)
    {
        byte** rows = blend.Rows;
        short* weights = blend.Weights;
        int count = 2 * blend.Pairs;
        Vector128<int> start = Vector128.Create(Start);
        Vector128<short> low = Vector128.Create((short)byte.MaxValue);
        for (int i = 0; ;)
        {
            Vector128<int> even0 = start, even1 = start, odd0 = start, odd1 = start;
            for (int k = 0; k < count; k++)
            {
                Vector128<short> x = Vector128.Load((short*)(rows[k] + i));
                Vector128<short> weight = Vector128.Create(weights[k]);
                Vector128<short> evens = x & low, odds = x >>> 8;
                even0 = AdvSimd.MultiplyWideningLowerAndAdd(even0, evens.GetLower(), weight.GetLower());
                even1 = AdvSimd.MultiplyWideningUpperAndAdd(even1, evens, weight);
                odd0 = AdvSimd.MultiplyWideningLowerAndAdd(odd0, odds.GetLower(), weight.GetLower());
                odd1 = AdvSimd.MultiplyWideningUpperAndAdd(odd1, odds, weight);
            }

            Rounded(even0, even1).Store(even + (i / 2));
            Rounded(odd0, odd1).Store(odd + (i / 2));
            if (i + Block >= length)
                return;
            i = Math.Min(i + Block, length - Block);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Rounded(Vector128<int> low, Vector128<int> high) =>
        AdvSimd.ShiftRightArithmeticRoundedNarrowingSaturateUpper(
            AdvSimd.ShiftRightArithmeticRoundedNarrowingSaturateLower(low, Shift), high, Shift);

    private static Vector128<float> Column4(int* first, short* row, short* w, int blocks, int step)
    {
        Vector128<int> a0 = default, a1 = default, a2 = default, a3 = default;
        for (; blocks > 0; blocks--, row += ColumnBlend.Group, w += Pixels * step)
        {
            a0 = Add(a0, row + first[0], w);
            a1 = Add(a1, row + first[1], w + step);
            a2 = Add(a2, row + first[2], w + (2 * step));
            a3 = Add(a3, row + first[3], w + (3 * step));
        }

        Vector128<int> sums = AdvSimd.Arm64.AddPairwise(
            AdvSimd.Arm64.AddPairwise(a0, a1), AdvSimd.Arm64.AddPairwise(a2, a3));
        return AdvSimd.ConvertToSingle(sums) * Vector128.Create(Unit);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Add(Vector128<int> sum, short* row, short* weights)
    {
        Vector128<short> x = Vector128.Load(row), w = Vector128.Load(weights);
        sum = AdvSimd.MultiplyWideningLowerAndAdd(sum, x.GetLower(), w.GetLower());
        return AdvSimd.MultiplyWideningUpperAndAdd(sum, x, w);
    }
}
