using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using EdgeConv.Kernels.Lanes;
using Half = EdgeConv.Kernels.Pointwise.PixelTarget<
    EdgeConv.Kernels.Lanes.Avx2Lanes, System.Runtime.Intrinsics.Vector256<float>>;
using Target = EdgeConv.Kernels.Pointwise.PixelTarget<
    EdgeConv.Kernels.Lanes.Avx512Lanes, System.Runtime.Intrinsics.Vector512<float>>;

namespace EdgeConv.Kernels.Pointwise;

/// <summary>
/// Two whole blocks at a time take 12x32, see <see cref="Whole12x32Avx512"/>; whole single blocks 24x16. What
/// that leaves takes 12 pixels x 16 output channels, 4x16 and 1x16; rows beyond the last pixel repeat it and
/// are not stored. Blocks of 8 channels take <see cref="Tile12x8Avx2"/>.
/// </summary>
internal readonly unsafe struct Tile12x32Avx512 : IPointwiseTile<Avx512Lanes, Vector512<float>>
{
    public static string Name => "12x32Avx512";

    public static int BlockChannels => 16;

    public static int Wide(in Target target, float* weights)
    {
        if (!target.IsWhole(2 * BlockChannels))
        {
            From(0, target, weights);
            return 1;
        }

        float* next = weights + (BlockChannels * ((target.Runs * (long)target.RunLength) + 1));
        int pixel = Whole12x32Avx512.Run(target, weights, next);
        if (pixel < target.Pixels)
        {
            From(pixel, target, weights);
            From(pixel, target.Behind(BlockChannels), next);
        }

        return 2;
    }

    public static void Narrow(in PointwiseArguments arguments, int channel, float* weights) =>
        Tile12x8Avx2.Run(new Half(arguments, channel), weights);

    private static void From(int pixel, in Target target, float* weights)
    {
        if (target.IsWhole(BlockChannels))
            pixel = Whole24x16Avx512.Run(target, weights, pixel);
        for (; target.Pixels - pixel > 4; pixel += 12)
            Tile12x16(target, weights, pixel, target.Pixels - pixel);
        if (target.Pixels - pixel > 1)
            Tile4x16(target, weights, pixel, target.Pixels - pixel);
        else if (target.Pixels > pixel)
            Tile1x16(target, weights, pixel);
    }

    private static void Tile12x16(in Target target, float* w, int pixel, int pixels)
    {
        long stride = target.InputStride;
        float* a0 = target.Input + (pixel * stride);
        float* a1 = pixels > 1 ? a0 + stride : a0;
        float* a2 = pixels > 2 ? a1 + stride : a1;
        float* a3 = pixels > 3 ? a2 + stride : a2;
        float* a4 = pixels > 4 ? a3 + stride : a3;
        float* a5 = pixels > 5 ? a4 + stride : a4;
        float* a6 = pixels > 6 ? a5 + stride : a5;
        float* a7 = pixels > 7 ? a6 + stride : a6;
        float* a8 = pixels > 8 ? a7 + stride : a7;
        float* a9 = pixels > 9 ? a8 + stride : a8;
        float* a10 = pixels > 10 ? a9 + stride : a9;
        float* a11 = pixels > 11 ? a10 + stride : a10;
        Vector512<float> c0 = Avx512F.LoadVector512(w);
        Vector512<float> c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0, c6 = c0;
        Vector512<float> c7 = c0, c8 = c0, c9 = c0, c10 = c0, c11 = c0;
        w += 16;
        long skip = target.RunStep - target.RunLength;
        for (int run = target.Runs; run > 0; run--)
        {
            for (int k = target.RunLength; k > 0; k--, w += 16)
            {
                Vector512<float> b = Avx512F.LoadVector512(w);
                c0 = Avx512F.FusedMultiplyAdd(Vector512.Create(*a0), b, c0);
                c1 = Avx512F.FusedMultiplyAdd(Vector512.Create(*a1), b, c1);
                c2 = Avx512F.FusedMultiplyAdd(Vector512.Create(*a2), b, c2);
                c3 = Avx512F.FusedMultiplyAdd(Vector512.Create(*a3), b, c3);
                c4 = Avx512F.FusedMultiplyAdd(Vector512.Create(*a4), b, c4);
                c5 = Avx512F.FusedMultiplyAdd(Vector512.Create(*a5), b, c5);
                c6 = Avx512F.FusedMultiplyAdd(Vector512.Create(*a6), b, c6);
                c7 = Avx512F.FusedMultiplyAdd(Vector512.Create(*a7), b, c7);
                c8 = Avx512F.FusedMultiplyAdd(Vector512.Create(*a8), b, c8);
                c9 = Avx512F.FusedMultiplyAdd(Vector512.Create(*a9), b, c9);
                c10 = Avx512F.FusedMultiplyAdd(Vector512.Create(*a10), b, c10);
                c11 = Avx512F.FusedMultiplyAdd(Vector512.Create(*a11), b, c11);
                a0++;
                a1++;
                a2++;
                a3++;
                a4++;
                a5++;
                a6++;
                a7++;
                a8++;
                a9++;
                a10++;
                a11++;
            }

            a0 += skip;
            a1 += skip;
            a2 += skip;
            a3 += skip;
            a4 += skip;
            a5 += skip;
            a6 += skip;
            a7 += skip;
            a8 += skip;
            a9 += skip;
            a10 += skip;
            a11 += skip;
        }

        target.Store(pixel, 0, c0);
        if (pixels > 1)
            target.Store(pixel + 1, 0, c1);
        if (pixels > 2)
            target.Store(pixel + 2, 0, c2);
        if (pixels > 3)
            target.Store(pixel + 3, 0, c3);
        if (pixels > 4)
            target.Store(pixel + 4, 0, c4);
        if (pixels > 5)
            target.Store(pixel + 5, 0, c5);
        if (pixels > 6)
            target.Store(pixel + 6, 0, c6);
        if (pixels > 7)
            target.Store(pixel + 7, 0, c7);
        if (pixels > 8)
            target.Store(pixel + 8, 0, c8);
        if (pixels > 9)
            target.Store(pixel + 9, 0, c9);
        if (pixels > 10)
            target.Store(pixel + 10, 0, c10);
        if (pixels > 11)
            target.Store(pixel + 11, 0, c11);
    }

    private static void Tile4x16(in Target target, float* w, int pixel, int pixels)
    {
        long stride = target.InputStride;
        float* a0 = target.Input + (pixel * stride);
        float* a1 = pixels > 1 ? a0 + stride : a0;
        float* a2 = pixels > 2 ? a1 + stride : a1;
        float* a3 = pixels > 3 ? a2 + stride : a2;
        Vector512<float> c0 = Avx512F.LoadVector512(w);
        Vector512<float> c1 = c0, c2 = c0, c3 = c0;
        w += 16;
        long skip = target.RunStep - target.RunLength;
        for (int run = target.Runs; run > 0; run--)
        {
            for (int k = target.RunLength; k > 0; k--, w += 16)
            {
                Vector512<float> b = Avx512F.LoadVector512(w);
                c0 = Avx512F.FusedMultiplyAdd(Vector512.Create(*a0), b, c0);
                c1 = Avx512F.FusedMultiplyAdd(Vector512.Create(*a1), b, c1);
                c2 = Avx512F.FusedMultiplyAdd(Vector512.Create(*a2), b, c2);
                c3 = Avx512F.FusedMultiplyAdd(Vector512.Create(*a3), b, c3);
                a0++;
                a1++;
                a2++;
                a3++;
            }

            a0 += skip;
            a1 += skip;
            a2 += skip;
            a3 += skip;
        }

        target.Store(pixel, 0, c0);
        if (pixels > 1)
            target.Store(pixel + 1, 0, c1);
        if (pixels > 2)
            target.Store(pixel + 2, 0, c2);
        if (pixels > 3)
            target.Store(pixel + 3, 0, c3);
    }

    private static void Tile1x16(in Target target, float* w, int pixel)
    {
        float* a = target.Input + (pixel * target.InputStride);
        Vector512<float> c0 = Avx512F.LoadVector512(w);
        Vector512<float> c1 = Vector512<float>.Zero, c2 = c1, c3 = c1;
        w += 16;
        long skip = target.RunStep - target.RunLength;
        for (int run = target.Runs; run > 0; run--, a += skip)
        {
            int k = target.RunLength;
            for (; k >= 4; k -= 4, a += 4, w += 64)
            {
                c0 = Avx512F.FusedMultiplyAdd(Vector512.Create(a[0]), Avx512F.LoadVector512(w), c0);
                c1 = Avx512F.FusedMultiplyAdd(Vector512.Create(a[1]), Avx512F.LoadVector512(w + 16), c1);
                c2 = Avx512F.FusedMultiplyAdd(Vector512.Create(a[2]), Avx512F.LoadVector512(w + 32), c2);
                c3 = Avx512F.FusedMultiplyAdd(Vector512.Create(a[3]), Avx512F.LoadVector512(w + 48), c3);
            }

            for (; k > 0; k--, a++, w += 16)
                c0 = Avx512F.FusedMultiplyAdd(Vector512.Create(*a), Avx512F.LoadVector512(w), c0);
        }

        target.Store(pixel, 0, Avx512F.Add(Avx512F.Add(c0, c1), Avx512F.Add(c2, c3)));
    }
}
