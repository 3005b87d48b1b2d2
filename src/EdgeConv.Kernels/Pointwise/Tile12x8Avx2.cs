using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Target = EdgeConv.Kernels.Pointwise.PixelTarget<
    EdgeConv.Kernels.Lanes.Avx2Lanes, System.Runtime.Intrinsics.Vector256<float>>;

namespace EdgeConv.Kernels.Pointwise;

/// <summary>
/// 12 pixels x 8 output channels: twelve accumulators, one vector of weights and one input, broadcast. Up to
/// 6 pixels take 6x8, a single one 1x8; rows beyond the last pixel repeat it and are not stored.
/// </summary>
internal static unsafe class Tile12x8Avx2
{
    /// <summary>Computes a block of 8 channels for all pixels.</summary>
    public static void Run(in Target target, float* weights)
    {
        int pixel = target.IsWhole(8) ? Whole12x8Avx2.Run(target, weights) : 0;
        for (; target.Pixels - pixel > 6; pixel += 12)
            Tile12x8(target, weights, pixel, target.Pixels - pixel);
        if (target.Pixels - pixel > 1)
            Tile6x8(target, weights, pixel, target.Pixels - pixel);
        else if (target.Pixels > pixel)
            Tile1x8(target, weights, pixel);
    }

    private static void Tile12x8(in Target target, float* w, int pixel, int pixels)
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
        float* aA = pixels > 10 ? a9 + stride : a9;
        float* aB = pixels > 11 ? aA + stride : aA;
        Vector256<float> c0 = Avx.LoadVector256(w);
        Vector256<float> c1 = c0;
        Vector256<float> c2 = c0;
        Vector256<float> c3 = c0;
        Vector256<float> c4 = c0;
        Vector256<float> c5 = c0;
        Vector256<float> c6 = c0;
        Vector256<float> c7 = c0;
        Vector256<float> c8 = c0;
        Vector256<float> c9 = c0;
        Vector256<float> cA = c0;
        Vector256<float> cB = c0;
        w += 8;
        Vector256<float> a, b;
        for (int run = target.Runs; ; )
        {
            int k = target.RunLength;
            for (; k >= 2; k -= 2)
            {
                b = Avx.LoadVector256(w);
                a = Avx.BroadcastScalarToVector256(a0);
                c0 = Fma.MultiplyAdd(a, b, c0);
                a = Avx.BroadcastScalarToVector256(a1);
                c1 = Fma.MultiplyAdd(a, b, c1);
                a = Avx.BroadcastScalarToVector256(a2);
                c2 = Fma.MultiplyAdd(a, b, c2);
                a = Avx.BroadcastScalarToVector256(a3);
                c3 = Fma.MultiplyAdd(a, b, c3);
                a = Avx.BroadcastScalarToVector256(a4);
                c4 = Fma.MultiplyAdd(a, b, c4);
                a = Avx.BroadcastScalarToVector256(a5);
                c5 = Fma.MultiplyAdd(a, b, c5);
                a = Avx.BroadcastScalarToVector256(a6);
                c6 = Fma.MultiplyAdd(a, b, c6);
                a = Avx.BroadcastScalarToVector256(a7);
                c7 = Fma.MultiplyAdd(a, b, c7);
                a = Avx.BroadcastScalarToVector256(a8);
                c8 = Fma.MultiplyAdd(a, b, c8);
                a = Avx.BroadcastScalarToVector256(a9);
                c9 = Fma.MultiplyAdd(a, b, c9);
                a = Avx.BroadcastScalarToVector256(aA);
                cA = Fma.MultiplyAdd(a, b, cA);
                a = Avx.BroadcastScalarToVector256(aB);
                cB = Fma.MultiplyAdd(a, b, cB);
                b = Avx.LoadVector256(w + 8);
                a = Avx.BroadcastScalarToVector256(a0 + 1);
                c0 = Fma.MultiplyAdd(a, b, c0);
                a = Avx.BroadcastScalarToVector256(a1 + 1);
                c1 = Fma.MultiplyAdd(a, b, c1);
                a = Avx.BroadcastScalarToVector256(a2 + 1);
                c2 = Fma.MultiplyAdd(a, b, c2);
                a = Avx.BroadcastScalarToVector256(a3 + 1);
                c3 = Fma.MultiplyAdd(a, b, c3);
                a = Avx.BroadcastScalarToVector256(a4 + 1);
                c4 = Fma.MultiplyAdd(a, b, c4);
                a = Avx.BroadcastScalarToVector256(a5 + 1);
                c5 = Fma.MultiplyAdd(a, b, c5);
                a = Avx.BroadcastScalarToVector256(a6 + 1);
                c6 = Fma.MultiplyAdd(a, b, c6);
                a = Avx.BroadcastScalarToVector256(a7 + 1);
                c7 = Fma.MultiplyAdd(a, b, c7);
                a = Avx.BroadcastScalarToVector256(a8 + 1);
                c8 = Fma.MultiplyAdd(a, b, c8);
                a = Avx.BroadcastScalarToVector256(a9 + 1);
                c9 = Fma.MultiplyAdd(a, b, c9);
                a = Avx.BroadcastScalarToVector256(aA + 1);
                cA = Fma.MultiplyAdd(a, b, cA);
                a = Avx.BroadcastScalarToVector256(aB + 1);
                cB = Fma.MultiplyAdd(a, b, cB);
                w += 16;
                a0 += 2;
                a1 += 2;
                a2 += 2;
                a3 += 2;
                a4 += 2;
                a5 += 2;
                a6 += 2;
                a7 += 2;
                a8 += 2;
                a9 += 2;
                aA += 2;
                aB += 2;
            }

            if (k > 0)
            {
                b = Avx.LoadVector256(w);
                a = Avx.BroadcastScalarToVector256(a0);
                c0 = Fma.MultiplyAdd(a, b, c0);
                a = Avx.BroadcastScalarToVector256(a1);
                c1 = Fma.MultiplyAdd(a, b, c1);
                a = Avx.BroadcastScalarToVector256(a2);
                c2 = Fma.MultiplyAdd(a, b, c2);
                a = Avx.BroadcastScalarToVector256(a3);
                c3 = Fma.MultiplyAdd(a, b, c3);
                a = Avx.BroadcastScalarToVector256(a4);
                c4 = Fma.MultiplyAdd(a, b, c4);
                a = Avx.BroadcastScalarToVector256(a5);
                c5 = Fma.MultiplyAdd(a, b, c5);
                a = Avx.BroadcastScalarToVector256(a6);
                c6 = Fma.MultiplyAdd(a, b, c6);
                a = Avx.BroadcastScalarToVector256(a7);
                c7 = Fma.MultiplyAdd(a, b, c7);
                a = Avx.BroadcastScalarToVector256(a8);
                c8 = Fma.MultiplyAdd(a, b, c8);
                a = Avx.BroadcastScalarToVector256(a9);
                c9 = Fma.MultiplyAdd(a, b, c9);
                a = Avx.BroadcastScalarToVector256(aA);
                cA = Fma.MultiplyAdd(a, b, cA);
                a = Avx.BroadcastScalarToVector256(aB);
                cB = Fma.MultiplyAdd(a, b, cB);
                w += 8;
            }

            if (--run == 0)
                break;
            long skip = target.RunStep - target.RunLength + k;
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
            aA += skip;
            aB += skip;
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
            target.Store(pixel + 10, 0, cA);
        if (pixels > 11)
            target.Store(pixel + 11, 0, cB);
    }

    private static void Tile6x8(in Target target, float* w, int pixel, int pixels)
    {
        long stride = target.InputStride;
        float* a0 = target.Input + (pixel * stride);
        float* a1 = pixels > 1 ? a0 + stride : a0;
        float* a2 = pixels > 2 ? a1 + stride : a1;
        float* a3 = pixels > 3 ? a2 + stride : a2;
        float* a4 = pixels > 4 ? a3 + stride : a3;
        float* a5 = pixels > 5 ? a4 + stride : a4;
        Vector256<float> c0 = Avx.LoadVector256(w);
        Vector256<float> c1 = c0;
        Vector256<float> c2 = c0;
        Vector256<float> c3 = c0;
        Vector256<float> c4 = c0;
        Vector256<float> c5 = c0;
        w += 8;
        Vector256<float> a, b;
        for (int run = target.Runs; ; )
        {
            int k = target.RunLength;
            for (; k >= 2; k -= 2)
            {
                b = Avx.LoadVector256(w);
                a = Avx.BroadcastScalarToVector256(a0);
                c0 = Fma.MultiplyAdd(a, b, c0);
                a = Avx.BroadcastScalarToVector256(a1);
                c1 = Fma.MultiplyAdd(a, b, c1);
                a = Avx.BroadcastScalarToVector256(a2);
                c2 = Fma.MultiplyAdd(a, b, c2);
                a = Avx.BroadcastScalarToVector256(a3);
                c3 = Fma.MultiplyAdd(a, b, c3);
                a = Avx.BroadcastScalarToVector256(a4);
                c4 = Fma.MultiplyAdd(a, b, c4);
                a = Avx.BroadcastScalarToVector256(a5);
                c5 = Fma.MultiplyAdd(a, b, c5);
                b = Avx.LoadVector256(w + 8);
                a = Avx.BroadcastScalarToVector256(a0 + 1);
                c0 = Fma.MultiplyAdd(a, b, c0);
                a = Avx.BroadcastScalarToVector256(a1 + 1);
                c1 = Fma.MultiplyAdd(a, b, c1);
                a = Avx.BroadcastScalarToVector256(a2 + 1);
                c2 = Fma.MultiplyAdd(a, b, c2);
                a = Avx.BroadcastScalarToVector256(a3 + 1);
                c3 = Fma.MultiplyAdd(a, b, c3);
                a = Avx.BroadcastScalarToVector256(a4 + 1);
                c4 = Fma.MultiplyAdd(a, b, c4);
                a = Avx.BroadcastScalarToVector256(a5 + 1);
                c5 = Fma.MultiplyAdd(a, b, c5);
                w += 16;
                a0 += 2;
                a1 += 2;
                a2 += 2;
                a3 += 2;
                a4 += 2;
                a5 += 2;
            }

            if (k > 0)
            {
                b = Avx.LoadVector256(w);
                a = Avx.BroadcastScalarToVector256(a0);
                c0 = Fma.MultiplyAdd(a, b, c0);
                a = Avx.BroadcastScalarToVector256(a1);
                c1 = Fma.MultiplyAdd(a, b, c1);
                a = Avx.BroadcastScalarToVector256(a2);
                c2 = Fma.MultiplyAdd(a, b, c2);
                a = Avx.BroadcastScalarToVector256(a3);
                c3 = Fma.MultiplyAdd(a, b, c3);
                a = Avx.BroadcastScalarToVector256(a4);
                c4 = Fma.MultiplyAdd(a, b, c4);
                a = Avx.BroadcastScalarToVector256(a5);
                c5 = Fma.MultiplyAdd(a, b, c5);
                w += 8;
            }

            if (--run == 0)
                break;
            long skip = target.RunStep - target.RunLength + k;
            a0 += skip;
            a1 += skip;
            a2 += skip;
            a3 += skip;
            a4 += skip;
            a5 += skip;
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
    }

    private static void Tile1x8(in Target target, float* w, int pixel)
    {
        float* a = target.Input + (pixel * target.InputStride);
        Vector256<float> c0l = Avx.LoadVector256(w);
        Vector256<float> c1l = Vector256<float>.Zero;
        Vector256<float> c2l = Vector256<float>.Zero;
        Vector256<float> c3l = Vector256<float>.Zero;
        w += 8;
        for (int run = target.Runs; run > 0; run--, a += target.RunStep - target.RunLength)
        {
            int k = target.RunLength;
            for (; k >= 4; k -= 4)
            {
                c0l = Fma.MultiplyAdd(Vector256.Create(a[0]), Avx.LoadVector256(w), c0l);
                c1l = Fma.MultiplyAdd(Vector256.Create(a[1]), Avx.LoadVector256(w + 8), c1l);
                c2l = Fma.MultiplyAdd(Vector256.Create(a[2]), Avx.LoadVector256(w + 16), c2l);
                c3l = Fma.MultiplyAdd(Vector256.Create(a[3]), Avx.LoadVector256(w + 24), c3l);
                a += 4;
                w += 32;
            }

            for (; k > 0; k--, a++, w += 8)
                c0l = Fma.MultiplyAdd(Vector256.Create(*a), Avx.LoadVector256(w), c0l);
        }

        Vector256<float> low = Avx.Add(Avx.Add(c0l, c1l), Avx.Add(c2l, c3l));
        target.Store(pixel, 0, low);
    }
}
