using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using EdgeConv.Kernels.Lanes;
using Target = EdgeConv.Kernels.Pointwise.PixelTarget<
    EdgeConv.Kernels.Lanes.NeonLanes, System.Runtime.Intrinsics.Vector128<float>>;

namespace EdgeConv.Kernels.Pointwise;

/// <summary>
/// 8 pixels x 8 output channels: sixteen accumulators, four channels of each pixel at a time whose lanes the
/// multiply-add selects. Up to 4 pixels take 4x8, a single one 1x8; rows beyond the last pixel repeat it and
/// are not stored. Blocks of 4 channels take 8x4 and 1x4.
/// </summary>
internal readonly unsafe struct Tile8x8Neon : IPointwiseTile<NeonLanes, Vector128<float>>
{
    public static string Name => "8x8Neon";

    public static int BlockChannels => 8;

    public static void Wide(in Target target, float* weights)
    {
        int pixel = 0;
        for (; target.Pixels - pixel > 4; pixel += 8)
            Tile8x8(target, weights, pixel, target.Pixels - pixel);
        if (target.Pixels - pixel > 1)
            Tile4x8(target, weights, pixel, target.Pixels - pixel);
        else if (target.Pixels > pixel)
            Tile1x8(target, weights, pixel);
    }

    public static void Narrow(in Target target, float* weights)
    {
        int pixel = 0;
        for (; target.Pixels - pixel > 1; pixel += 8)
            Tile8x4(target, weights, pixel, target.Pixels - pixel);
        if (target.Pixels > pixel)
            Tile1x4(target, weights, pixel);
    }

    private static void Tile8x8(in Target target, float* w, int pixel, int pixels)
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
        Vector128<float> c0l = Vector128.Load(w);
        Vector128<float> c0h = Vector128.Load(w + 4);
        Vector128<float> c1l = c0l, c1h = c0h;
        Vector128<float> c2l = c0l, c2h = c0h;
        Vector128<float> c3l = c0l, c3h = c0h;
        Vector128<float> c4l = c0l, c4h = c0h;
        Vector128<float> c5l = c0l, c5h = c0h;
        Vector128<float> c6l = c0l, c6h = c0h;
        Vector128<float> c7l = c0l, c7h = c0h;
        w += 8;
        for (int run = target.Runs; ; )
        {
            int k = target.RunLength;
            for (; k >= 4; k -= 4)
            {
                Vector128<float> x0 = Vector128.Load(a0);
                a0 += 4;
                Vector128<float> x1 = Vector128.Load(a1);
                a1 += 4;
                Vector128<float> x2 = Vector128.Load(a2);
                a2 += 4;
                Vector128<float> x3 = Vector128.Load(a3);
                a3 += 4;
                Vector128<float> x4 = Vector128.Load(a4);
                a4 += 4;
                Vector128<float> x5 = Vector128.Load(a5);
                a5 += 4;
                Vector128<float> x6 = Vector128.Load(a6);
                a6 += 4;
                Vector128<float> x7 = Vector128.Load(a7);
                a7 += 4;
                Vector128<float> b0l = Vector128.Load(w);
                Vector128<float> b0h = Vector128.Load(w + 4);
                c0l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0l, b0l, x0, 0);
                c1l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1l, b0l, x1, 0);
                c2l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2l, b0l, x2, 0);
                c3l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3l, b0l, x3, 0);
                c4l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4l, b0l, x4, 0);
                c5l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5l, b0l, x5, 0);
                c6l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c6l, b0l, x6, 0);
                c7l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c7l, b0l, x7, 0);
                c0h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0h, b0h, x0, 0);
                c1h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1h, b0h, x1, 0);
                c2h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2h, b0h, x2, 0);
                c3h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3h, b0h, x3, 0);
                c4h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4h, b0h, x4, 0);
                c5h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5h, b0h, x5, 0);
                c6h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c6h, b0h, x6, 0);
                c7h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c7h, b0h, x7, 0);
                Vector128<float> b1l = Vector128.Load(w + 8);
                Vector128<float> b1h = Vector128.Load(w + 12);
                c0l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0l, b1l, x0, 1);
                c1l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1l, b1l, x1, 1);
                c2l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2l, b1l, x2, 1);
                c3l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3l, b1l, x3, 1);
                c4l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4l, b1l, x4, 1);
                c5l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5l, b1l, x5, 1);
                c6l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c6l, b1l, x6, 1);
                c7l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c7l, b1l, x7, 1);
                c0h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0h, b1h, x0, 1);
                c1h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1h, b1h, x1, 1);
                c2h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2h, b1h, x2, 1);
                c3h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3h, b1h, x3, 1);
                c4h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4h, b1h, x4, 1);
                c5h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5h, b1h, x5, 1);
                c6h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c6h, b1h, x6, 1);
                c7h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c7h, b1h, x7, 1);
                Vector128<float> b2l = Vector128.Load(w + 16);
                Vector128<float> b2h = Vector128.Load(w + 20);
                c0l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0l, b2l, x0, 2);
                c1l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1l, b2l, x1, 2);
                c2l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2l, b2l, x2, 2);
                c3l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3l, b2l, x3, 2);
                c4l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4l, b2l, x4, 2);
                c5l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5l, b2l, x5, 2);
                c6l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c6l, b2l, x6, 2);
                c7l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c7l, b2l, x7, 2);
                c0h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0h, b2h, x0, 2);
                c1h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1h, b2h, x1, 2);
                c2h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2h, b2h, x2, 2);
                c3h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3h, b2h, x3, 2);
                c4h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4h, b2h, x4, 2);
                c5h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5h, b2h, x5, 2);
                c6h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c6h, b2h, x6, 2);
                c7h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c7h, b2h, x7, 2);
                Vector128<float> b3l = Vector128.Load(w + 24);
                Vector128<float> b3h = Vector128.Load(w + 28);
                c0l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0l, b3l, x0, 3);
                c1l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1l, b3l, x1, 3);
                c2l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2l, b3l, x2, 3);
                c3l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3l, b3l, x3, 3);
                c4l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4l, b3l, x4, 3);
                c5l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5l, b3l, x5, 3);
                c6l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c6l, b3l, x6, 3);
                c7l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c7l, b3l, x7, 3);
                c0h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0h, b3h, x0, 3);
                c1h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1h, b3h, x1, 3);
                c2h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2h, b3h, x2, 3);
                c3h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3h, b3h, x3, 3);
                c4h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4h, b3h, x4, 3);
                c5h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5h, b3h, x5, 3);
                c6h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c6h, b3h, x6, 3);
                c7h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c7h, b3h, x7, 3);
                w += 32;
            }

            for (; k > 0; k--)
            {
                Vector128<float> bl = Vector128.Load(w);
                Vector128<float> bh = Vector128.Load(w + 4);
                Vector128<float> x0 = Vector128.CreateScalarUnsafe(*a0++);
                c0l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0l, bl, x0, 0);
                c0h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0h, bh, x0, 0);
                Vector128<float> x1 = Vector128.CreateScalarUnsafe(*a1++);
                c1l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1l, bl, x1, 0);
                c1h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1h, bh, x1, 0);
                Vector128<float> x2 = Vector128.CreateScalarUnsafe(*a2++);
                c2l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2l, bl, x2, 0);
                c2h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2h, bh, x2, 0);
                Vector128<float> x3 = Vector128.CreateScalarUnsafe(*a3++);
                c3l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3l, bl, x3, 0);
                c3h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3h, bh, x3, 0);
                Vector128<float> x4 = Vector128.CreateScalarUnsafe(*a4++);
                c4l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4l, bl, x4, 0);
                c4h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4h, bh, x4, 0);
                Vector128<float> x5 = Vector128.CreateScalarUnsafe(*a5++);
                c5l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5l, bl, x5, 0);
                c5h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5h, bh, x5, 0);
                Vector128<float> x6 = Vector128.CreateScalarUnsafe(*a6++);
                c6l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c6l, bl, x6, 0);
                c6h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c6h, bh, x6, 0);
                Vector128<float> x7 = Vector128.CreateScalarUnsafe(*a7++);
                c7l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c7l, bl, x7, 0);
                c7h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c7h, bh, x7, 0);
                w += 8;
            }

            if (--run == 0)
                break;
            long skip = target.RunStep - target.RunLength;
            a0 += skip;
            a1 += skip;
            a2 += skip;
            a3 += skip;
            a4 += skip;
            a5 += skip;
            a6 += skip;
            a7 += skip;
        }

        target.Store(pixel, c0l, c0h);
        if (pixels > 1)
            target.Store(pixel + 1, c1l, c1h);
        if (pixels > 2)
            target.Store(pixel + 2, c2l, c2h);
        if (pixels > 3)
            target.Store(pixel + 3, c3l, c3h);
        if (pixels > 4)
            target.Store(pixel + 4, c4l, c4h);
        if (pixels > 5)
            target.Store(pixel + 5, c5l, c5h);
        if (pixels > 6)
            target.Store(pixel + 6, c6l, c6h);
        if (pixels > 7)
            target.Store(pixel + 7, c7l, c7h);
    }

    private static void Tile4x8(in Target target, float* w, int pixel, int pixels)
    {
        long stride = target.InputStride;
        float* a0 = target.Input + (pixel * stride);
        float* a1 = pixels > 1 ? a0 + stride : a0;
        float* a2 = pixels > 2 ? a1 + stride : a1;
        float* a3 = pixels > 3 ? a2 + stride : a2;
        Vector128<float> c0l = Vector128.Load(w);
        Vector128<float> c0h = Vector128.Load(w + 4);
        Vector128<float> c1l = c0l, c1h = c0h;
        Vector128<float> c2l = c0l, c2h = c0h;
        Vector128<float> c3l = c0l, c3h = c0h;
        w += 8;
        for (int run = target.Runs; ; )
        {
            int k = target.RunLength;
            for (; k >= 4; k -= 4)
            {
                Vector128<float> x0 = Vector128.Load(a0);
                a0 += 4;
                Vector128<float> x1 = Vector128.Load(a1);
                a1 += 4;
                Vector128<float> x2 = Vector128.Load(a2);
                a2 += 4;
                Vector128<float> x3 = Vector128.Load(a3);
                a3 += 4;
                Vector128<float> b0l = Vector128.Load(w);
                Vector128<float> b0h = Vector128.Load(w + 4);
                c0l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0l, b0l, x0, 0);
                c1l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1l, b0l, x1, 0);
                c2l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2l, b0l, x2, 0);
                c3l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3l, b0l, x3, 0);
                c0h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0h, b0h, x0, 0);
                c1h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1h, b0h, x1, 0);
                c2h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2h, b0h, x2, 0);
                c3h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3h, b0h, x3, 0);
                Vector128<float> b1l = Vector128.Load(w + 8);
                Vector128<float> b1h = Vector128.Load(w + 12);
                c0l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0l, b1l, x0, 1);
                c1l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1l, b1l, x1, 1);
                c2l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2l, b1l, x2, 1);
                c3l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3l, b1l, x3, 1);
                c0h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0h, b1h, x0, 1);
                c1h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1h, b1h, x1, 1);
                c2h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2h, b1h, x2, 1);
                c3h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3h, b1h, x3, 1);
                Vector128<float> b2l = Vector128.Load(w + 16);
                Vector128<float> b2h = Vector128.Load(w + 20);
                c0l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0l, b2l, x0, 2);
                c1l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1l, b2l, x1, 2);
                c2l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2l, b2l, x2, 2);
                c3l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3l, b2l, x3, 2);
                c0h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0h, b2h, x0, 2);
                c1h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1h, b2h, x1, 2);
                c2h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2h, b2h, x2, 2);
                c3h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3h, b2h, x3, 2);
                Vector128<float> b3l = Vector128.Load(w + 24);
                Vector128<float> b3h = Vector128.Load(w + 28);
                c0l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0l, b3l, x0, 3);
                c1l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1l, b3l, x1, 3);
                c2l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2l, b3l, x2, 3);
                c3l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3l, b3l, x3, 3);
                c0h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0h, b3h, x0, 3);
                c1h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1h, b3h, x1, 3);
                c2h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2h, b3h, x2, 3);
                c3h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3h, b3h, x3, 3);
                w += 32;
            }

            for (; k > 0; k--)
            {
                Vector128<float> bl = Vector128.Load(w);
                Vector128<float> bh = Vector128.Load(w + 4);
                Vector128<float> x0 = Vector128.CreateScalarUnsafe(*a0++);
                c0l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0l, bl, x0, 0);
                c0h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0h, bh, x0, 0);
                Vector128<float> x1 = Vector128.CreateScalarUnsafe(*a1++);
                c1l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1l, bl, x1, 0);
                c1h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1h, bh, x1, 0);
                Vector128<float> x2 = Vector128.CreateScalarUnsafe(*a2++);
                c2l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2l, bl, x2, 0);
                c2h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2h, bh, x2, 0);
                Vector128<float> x3 = Vector128.CreateScalarUnsafe(*a3++);
                c3l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3l, bl, x3, 0);
                c3h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3h, bh, x3, 0);
                w += 8;
            }

            if (--run == 0)
                break;
            long skip = target.RunStep - target.RunLength;
            a0 += skip;
            a1 += skip;
            a2 += skip;
            a3 += skip;
        }

        target.Store(pixel, c0l, c0h);
        if (pixels > 1)
            target.Store(pixel + 1, c1l, c1h);
        if (pixels > 2)
            target.Store(pixel + 2, c2l, c2h);
        if (pixels > 3)
            target.Store(pixel + 3, c3l, c3h);
    }

    private static void Tile1x8(in Target target, float* w, int pixel)
    {
        float* a = target.Input + (pixel * target.InputStride);
        Vector128<float> c0l = Vector128.Load(w);
        Vector128<float> c0h = Vector128.Load(w + 4);
        Vector128<float> c1l = Vector128<float>.Zero, c1h = Vector128<float>.Zero;
        Vector128<float> c2l = Vector128<float>.Zero, c2h = Vector128<float>.Zero;
        Vector128<float> c3l = Vector128<float>.Zero, c3h = Vector128<float>.Zero;
        w += 8;
        for (int run = target.Runs; run > 0; run--, a += target.RunStep - target.RunLength)
        {
            int k = target.RunLength;
            for (; k >= 4; k -= 4)
            {
                Vector128<float> x = Vector128.Load(a);
                a += 4;
                c0l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0l, Vector128.Load(w), x, 0);
                c0h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0h, Vector128.Load(w + 4), x, 0);
                c1l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1l, Vector128.Load(w + 8), x, 1);
                c1h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1h, Vector128.Load(w + 12), x, 1);
                c2l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2l, Vector128.Load(w + 16), x, 2);
                c2h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2h, Vector128.Load(w + 20), x, 2);
                c3l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3l, Vector128.Load(w + 24), x, 3);
                c3h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3h, Vector128.Load(w + 28), x, 3);
                w += 32;
            }

            for (; k > 0; k--, a++, w += 8)
            {
                Vector128<float> x = Vector128.CreateScalarUnsafe(*a);
                c0l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0l, Vector128.Load(w), x, 0);
                c0h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0h, Vector128.Load(w + 4), x, 0);
            }
        }

        Vector128<float> low = AdvSimd.Add(AdvSimd.Add(c0l, c1l), AdvSimd.Add(c2l, c3l));
        Vector128<float> high = AdvSimd.Add(AdvSimd.Add(c0h, c1h), AdvSimd.Add(c2h, c3h));
        target.Store(pixel, low, high);
    }

    private static void Tile8x4(in Target target, float* w, int pixel, int pixels)
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
        Vector128<float> c0 = Vector128.Load(w);
        Vector128<float> c1 = c0;
        Vector128<float> c2 = c0;
        Vector128<float> c3 = c0;
        Vector128<float> c4 = c0;
        Vector128<float> c5 = c0;
        Vector128<float> c6 = c0;
        Vector128<float> c7 = c0;
        w += 4;
        for (int run = target.Runs; ; )
        {
            int k = target.RunLength;
            for (; k >= 4; k -= 4)
            {
                Vector128<float> x0 = Vector128.Load(a0);
                a0 += 4;
                Vector128<float> x1 = Vector128.Load(a1);
                a1 += 4;
                Vector128<float> x2 = Vector128.Load(a2);
                a2 += 4;
                Vector128<float> x3 = Vector128.Load(a3);
                a3 += 4;
                Vector128<float> x4 = Vector128.Load(a4);
                a4 += 4;
                Vector128<float> x5 = Vector128.Load(a5);
                a5 += 4;
                Vector128<float> x6 = Vector128.Load(a6);
                a6 += 4;
                Vector128<float> x7 = Vector128.Load(a7);
                a7 += 4;
                Vector128<float> b0 = Vector128.Load(w);
                c0 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0, b0, x0, 0);
                c1 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1, b0, x1, 0);
                c2 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2, b0, x2, 0);
                c3 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3, b0, x3, 0);
                c4 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4, b0, x4, 0);
                c5 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5, b0, x5, 0);
                c6 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c6, b0, x6, 0);
                c7 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c7, b0, x7, 0);
                Vector128<float> b1 = Vector128.Load(w + 4);
                c0 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0, b1, x0, 1);
                c1 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1, b1, x1, 1);
                c2 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2, b1, x2, 1);
                c3 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3, b1, x3, 1);
                c4 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4, b1, x4, 1);
                c5 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5, b1, x5, 1);
                c6 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c6, b1, x6, 1);
                c7 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c7, b1, x7, 1);
                Vector128<float> b2 = Vector128.Load(w + 8);
                c0 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0, b2, x0, 2);
                c1 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1, b2, x1, 2);
                c2 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2, b2, x2, 2);
                c3 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3, b2, x3, 2);
                c4 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4, b2, x4, 2);
                c5 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5, b2, x5, 2);
                c6 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c6, b2, x6, 2);
                c7 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c7, b2, x7, 2);
                Vector128<float> b3 = Vector128.Load(w + 12);
                c0 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0, b3, x0, 3);
                c1 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1, b3, x1, 3);
                c2 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2, b3, x2, 3);
                c3 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3, b3, x3, 3);
                c4 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4, b3, x4, 3);
                c5 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5, b3, x5, 3);
                c6 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c6, b3, x6, 3);
                c7 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c7, b3, x7, 3);
                w += 16;
            }

            for (; k > 0; k--)
            {
                Vector128<float> b = Vector128.Load(w);
                Vector128<float> x0 = Vector128.CreateScalarUnsafe(*a0++);
                c0 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0, b, x0, 0);
                Vector128<float> x1 = Vector128.CreateScalarUnsafe(*a1++);
                c1 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1, b, x1, 0);
                Vector128<float> x2 = Vector128.CreateScalarUnsafe(*a2++);
                c2 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2, b, x2, 0);
                Vector128<float> x3 = Vector128.CreateScalarUnsafe(*a3++);
                c3 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3, b, x3, 0);
                Vector128<float> x4 = Vector128.CreateScalarUnsafe(*a4++);
                c4 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4, b, x4, 0);
                Vector128<float> x5 = Vector128.CreateScalarUnsafe(*a5++);
                c5 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5, b, x5, 0);
                Vector128<float> x6 = Vector128.CreateScalarUnsafe(*a6++);
                c6 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c6, b, x6, 0);
                Vector128<float> x7 = Vector128.CreateScalarUnsafe(*a7++);
                c7 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c7, b, x7, 0);
                w += 4;
            }

            if (--run == 0)
                break;
            long skip = target.RunStep - target.RunLength;
            a0 += skip;
            a1 += skip;
            a2 += skip;
            a3 += skip;
            a4 += skip;
            a5 += skip;
            a6 += skip;
            a7 += skip;
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
    }

    private static void Tile1x4(in Target target, float* w, int pixel)
    {
        float* a = target.Input + (pixel * target.InputStride);
        Vector128<float> c0l = Vector128.Load(w);
        Vector128<float> c1l = Vector128<float>.Zero;
        Vector128<float> c2l = Vector128<float>.Zero;
        Vector128<float> c3l = Vector128<float>.Zero;
        w += 4;
        for (int run = target.Runs; run > 0; run--, a += target.RunStep - target.RunLength)
        {
            int k = target.RunLength;
            for (; k >= 4; k -= 4)
            {
                Vector128<float> x = Vector128.Load(a);
                a += 4;
                c0l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0l, Vector128.Load(w), x, 0);
                c1l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1l, Vector128.Load(w + 4), x, 1);
                c2l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2l, Vector128.Load(w + 8), x, 2);
                c3l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3l, Vector128.Load(w + 12), x, 3);
                w += 16;
            }

            for (; k > 0; k--, a++, w += 4)
            {
                Vector128<float> x = Vector128.CreateScalarUnsafe(*a);
                c0l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0l, Vector128.Load(w), x, 0);
            }
        }

        Vector128<float> low = AdvSimd.Add(AdvSimd.Add(c0l, c1l), AdvSimd.Add(c2l, c3l));
        target.Store(pixel, 0, low);
    }
}
