using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EdgeConv.Kernels.Resize;

/// <summary>Columns, eight at a time: two in a vector, block by block, or where two values are blended all.</summary>
internal sealed unsafe partial class U8ResizeAvx2
{
    public override void Columns(ColumnBlend blend, short* row, float* planes, int planeStride)
    {
        switch (blend.Components, blend.IsPair)
        {
            case (1, true):
                Pair1(blend, row, planes);
                break;
            case (2, true):
                Pair2(blend, row, planes, planeStride);
                break;
            case (3, true):
                Pair3(blend, row, planes, planeStride);
                break;
            case (1, _):
                Columns1(blend, row, planes);
                break;
            case (2, _):
                Columns2(blend, row, planes, planeStride);
                break;
            default:
                Columns3(blend, row, planes, planeStride);
                break;
        }
    }

    private static void Columns1(ColumnBlend blend, short* start, float* planes)
    {
        fixed (int* firsts = blend.First)
        fixed (short* weights = blend.Weights)
        {
            int blocks = blend.Blocks;
            short* w = weights;
            int* first = firsts;
            for (int group = blend.Groups; group > 0; group--, first += ColumnBlend.Group, planes += ColumnBlend.Group)
            {
                Vector256<int> a0 = default, a1 = default, a2 = default, a3 = default;
                short* row = start;
                for (int block = blocks; block > 0; block--, row += ColumnBlend.Group, w += 64)
                {
                    a0 += Avx2.MultiplyAddAdjacent(Load(row, first, 0), Vector256.Load(w));
                    a1 += Avx2.MultiplyAddAdjacent(Load(row, first, 1), Vector256.Load(w + 16));
                    a2 += Avx2.MultiplyAddAdjacent(Load(row, first, 2), Vector256.Load(w + 32));
                    a3 += Avx2.MultiplyAddAdjacent(Load(row, first, 3), Vector256.Load(w + 48));
                }

                Sums(a0, a1, a2, a3).Store(planes);
            }
        }
    }

    private static void Columns2(ColumnBlend blend, short* start, float* planes, int planeStride)
    {
        fixed (int* firsts = blend.First)
        fixed (short* weights = blend.Weights)
        {
            int blocks = blend.Blocks;
            short* w = weights;
            int* first = firsts;
            for (int group = blend.Groups; group > 0; group--, first += ColumnBlend.Group, planes += ColumnBlend.Group)
            {
                Vector256<int> a0 = default, a1 = default, a2 = default, a3 = default;
                Vector256<int> b0 = default, b1 = default, b2 = default, b3 = default;
                short* row = start;
                for (int block = blocks; block > 0; block--, row += ColumnBlend.Group, w += 128)
                {
                    Vector256<short> x = Load(row, first, 0);
                    a0 += Avx2.MultiplyAddAdjacent(x, Vector256.Load(w));
                    b0 += Avx2.MultiplyAddAdjacent(x, Vector256.Load(w + 16));
                    x = Load(row, first, 1);
                    a1 += Avx2.MultiplyAddAdjacent(x, Vector256.Load(w + 32));
                    b1 += Avx2.MultiplyAddAdjacent(x, Vector256.Load(w + 48));
                    x = Load(row, first, 2);
                    a2 += Avx2.MultiplyAddAdjacent(x, Vector256.Load(w + 64));
                    b2 += Avx2.MultiplyAddAdjacent(x, Vector256.Load(w + 80));
                    x = Load(row, first, 3);
                    a3 += Avx2.MultiplyAddAdjacent(x, Vector256.Load(w + 96));
                    b3 += Avx2.MultiplyAddAdjacent(x, Vector256.Load(w + 112));
                }

                Sums(a0, a1, a2, a3).Store(planes);
                Sums(b0, b1, b2, b3).Store(planes + planeStride);
            }
        }
    }

    private static void Columns3(ColumnBlend blend, short* start, float* planes, int planeStride)
    {
        fixed (int* firsts = blend.First)
        fixed (short* weights = blend.Weights)
        {
            int blocks = blend.Blocks;
            short* w = weights;
            int* first = firsts;
            for (int group = blend.Groups; group > 0; group--, first += ColumnBlend.Group, planes += ColumnBlend.Group)
            {
                Vector256<int> a0 = default, a1 = default, a2 = default, a3 = default;
                Vector256<int> b0 = default, b1 = default, b2 = default, b3 = default;
                Vector256<int> c0 = default, c1 = default, c2 = default, c3 = default;
                short* row = start;
                for (int block = blocks; block > 0; block--, row += ColumnBlend.Group, w += 192)
                {
                    Vector256<short> x = Load(row, first, 0);
                    a0 += Avx2.MultiplyAddAdjacent(x, Vector256.Load(w));
                    b0 += Avx2.MultiplyAddAdjacent(x, Vector256.Load(w + 16));
                    c0 += Avx2.MultiplyAddAdjacent(x, Vector256.Load(w + 32));
                    x = Load(row, first, 1);
                    a1 += Avx2.MultiplyAddAdjacent(x, Vector256.Load(w + 48));
                    b1 += Avx2.MultiplyAddAdjacent(x, Vector256.Load(w + 64));
                    c1 += Avx2.MultiplyAddAdjacent(x, Vector256.Load(w + 80));
                    x = Load(row, first, 2);
                    a2 += Avx2.MultiplyAddAdjacent(x, Vector256.Load(w + 96));
                    b2 += Avx2.MultiplyAddAdjacent(x, Vector256.Load(w + 112));
                    c2 += Avx2.MultiplyAddAdjacent(x, Vector256.Load(w + 128));
                    x = Load(row, first, 3);
                    a3 += Avx2.MultiplyAddAdjacent(x, Vector256.Load(w + 144));
                    b3 += Avx2.MultiplyAddAdjacent(x, Vector256.Load(w + 160));
                    c3 += Avx2.MultiplyAddAdjacent(x, Vector256.Load(w + 176));
                }

                Sums(a0, a1, a2, a3).Store(planes);
                Sums(b0, b1, b2, b3).Store(planes + planeStride);
                Sums(c0, c1, c2, c3).Store(planes + (2 * planeStride));
            }
        }
    }

    // Two neighbours of each of eight columns.
    private static void Pair1(ColumnBlend blend, short* row, float* planes)
    {
        fixed (int* firsts = blend.First)
        fixed (short* weights = blend.PairWeights)
        {
            int* first = firsts;
            short* w = weights;
            for (int group = blend.Groups; group > 0; group--, first += 8, w += 16, planes += 8)
            {
                Vector256<int> x = Vector256.Create(
                    At(row, first[0]), At(row, first[1]), At(row, first[2]), At(row, first[3]),
                    At(row, first[4]), At(row, first[5]), At(row, first[6]), At(row, first[7]));
                Floats(Avx2.MultiplyAddAdjacent(x.AsInt16(), Vector256.Load(w))).Store(planes);
            }
        }

        static int At(short* row, int at) => *(int*)(row + at);
    }

    // U V U V of each of eight columns become U U V V.
    private static void Pair2(ColumnBlend blend, short* row, float* planes, int planeStride)
    {
        Vector256<byte> order = Vector256.Create(Vector128.Create(
            (byte)0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15));
        fixed (int* firsts = blend.First)
        fixed (short* weights = blend.PairWeights)
        {
            int* first = firsts;
            short* w = weights;
            for (int group = blend.Groups; group > 0; group--, first += 8, w += 32, planes += 8)
            {
                Vector256<float> low = Floats(Sum(row, first, order, w));
                Vector256<float> high = Floats(Sum(row, first + 4, order, w + 16));
                Vector256<double> u = Avx.Shuffle(low, high, 0x88).AsDouble();
                Vector256<double> v = Avx.Shuffle(low, high, 0xdd).AsDouble();
                Avx2.Permute4x64(u, 0xd8).AsSingle().Store(planes);
                Avx2.Permute4x64(v, 0xd8).AsSingle().Store(planes + planeStride);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector256<int> Sum(short* row, int* first, Vector256<byte> order, short* w)
        {
            Vector256<byte> x = Vector256.Create(
                *(long*)(row + first[0]), *(long*)(row + first[1]),
                *(long*)(row + first[2]), *(long*)(row + first[3])).AsByte();
            return Avx2.MultiplyAddAdjacent(Avx2.Shuffle(x, order).AsInt16(), Vector256.Load(w));
        }
    }

    // R G B R G B of each of eight columns become R R G G B B.
    private static void Pair3(ColumnBlend blend, short* row, float* planes, int planeStride)
    {
        const byte None = 0x80;
        Vector256<byte> order = Vector256.Create(Vector128.Create(
            (byte)0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11, None, None, None, None));
        fixed (int* firsts = blend.First)
        fixed (short* weights = blend.PairWeights)
        {
            int* first = firsts;
            short* w = weights;
            for (int group = blend.Groups; group > 0; group--, first += 8, w += 64, planes += 8)
            {
                Vector256<int> s0 = Avx2.MultiplyAddAdjacent(Ordered(row, first, 0, order), Vector256.Load(w));
                Vector256<int> s1 = Avx2.MultiplyAddAdjacent(Ordered(row, first, 1, order), Vector256.Load(w + 16));
                Vector256<int> s2 = Avx2.MultiplyAddAdjacent(Ordered(row, first, 2, order), Vector256.Load(w + 32));
                Vector256<int> s3 = Avx2.MultiplyAddAdjacent(Ordered(row, first, 3, order), Vector256.Load(w + 48));
                Vector256<long> low = Avx2.UnpackLow(s0, s1).AsInt64(), high = Avx2.UnpackLow(s2, s3).AsInt64();
                Floats(Avx2.UnpackLow(low, high).AsInt32()).Store(planes);
                Floats(Avx2.UnpackHigh(low, high).AsInt32()).Store(planes + planeStride);
                (low, high) = (Avx2.UnpackHigh(s0, s1).AsInt64(), Avx2.UnpackHigh(s2, s3).AsInt64());
                Floats(Avx2.UnpackLow(low, high).AsInt32()).Store(planes + (2 * planeStride));
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector256<short> Ordered(short* row, int* first, int column, Vector256<byte> order) =>
            Avx2.Shuffle(Load(row, first, column).AsByte(), order).AsInt16();
    }

    // A column of the first four of a group, and the one four behind it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Load(short* row, int* first, int column) =>
        Vector256.Create(Vector128.Load(row + first[column]), Vector128.Load(row + first[column + ColumnBlend.Pairs]));

    // 0000 4444, 1111 5555, 2222 6666, 3333 7777 → 0123 4567
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Sums(
        Vector256<int> a0, Vector256<int> a1, Vector256<int> a2, Vector256<int> a3) =>
        Floats(Avx2.HorizontalAdd(Avx2.HorizontalAdd(a0, a1), Avx2.HorizontalAdd(a2, a3)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Floats(Vector256<int> sums) =>
        Avx.ConvertToVector256Single(sums) * Vector256.Create(Unit);
}
