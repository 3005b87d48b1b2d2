using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using EdgeConv.Kernels.Elementwise;
using EdgeConv.Kernels.Lanes;
using Target = EdgeConv.Kernels.Pointwise.PixelTarget<
    EdgeConv.Kernels.Lanes.NeonLanes, System.Runtime.Intrinsics.Vector128<float>>;

namespace EdgeConv.Kernels.Pointwise;

/// <summary>
/// Two whole blocks at a time take 6x16, see <see cref="Whole6x16Neon"/>; what that leaves and single blocks
/// take 8 pixels x 8 output channels: sixteen accumulators, four channels of each pixel at a time whose lanes the
/// multiply-add selects. Up to 4 pixels take 4x8, a single one 1x8; rows beyond the last pixel repeat it and
/// are not stored. Blocks of 4 channels take 8x4 and 1x4. A tile that is not whole goes to memory and from
/// there to its place: a call that accumulators live across would keep them out of registers in the loops.
/// </summary>
internal readonly unsafe struct Tile8x8Neon : IPointwiseTile<NeonLanes, Vector128<float>>
{
    public static string Name => "8x8Neon";

    public static int BlockChannels => 8;

    public static int Wide(in Target target, float* weights)
    {
        if (!target.IsWhole(2 * BlockChannels))
        {
            From(0, target, weights);
            return 1;
        }

        float* next = weights + (BlockChannels * ((target.Runs * (long)target.RunLength) + 1));
        int pixel = PairPixels(target.Pixels);
        Whole6x16Neon.Run(target, weights, next, pixel);
        if (pixel < target.Pixels)
        {
            From(pixel, target, weights);
            From(pixel, target.Behind(BlockChannels), next);
        }

        return 2;
    }

    // 2 or 5 pixels more than whole tiles fill tiles of 8 and of 4 better together with the last 6.
    private static int PairPixels(int pixels)
    {
        int rest = pixels % Whole6x16Neon.Pixels;
        int whole = pixels - rest;
        return rest is 2 or 5 && whole > 0 ? whole - Whole6x16Neon.Pixels : whole;
    }

    private static void From(int pixel, in Target target, float* weights)
    {
        for (; target.Pixels - pixel > 4; pixel += 8)
            Tile8x8(target, weights, pixel, target.Pixels - pixel);
        if (target.Pixels - pixel > 1)
            Tile4x8(target, weights, pixel, target.Pixels - pixel);
        else if (target.Pixels > pixel)
            Tile1x8(target, weights, pixel);
    }

    public static void Narrow(in PointwiseArguments arguments, int channel, float* weights)
    {
        Target target = new(arguments, channel);
        int pixel = 0;
        for (; target.Pixels - pixel > 1; pixel += 8)
            Tile8x4(target, weights, pixel, target.Pixels - pixel);
        if (target.Pixels > pixel)
            Tile1x4(target, weights, pixel);
    }

    [SkipLocalsInit]
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

        if (pixels < 8 || !target.IsWhole(8))
        {
            float* tile = stackalloc float[64];
            c0l.Store(tile);
            c0h.Store(tile + 4);
            c1l.Store(tile + 8);
            c1h.Store(tile + 12);
            c2l.Store(tile + 16);
            c2h.Store(tile + 20);
            c3l.Store(tile + 24);
            c3h.Store(tile + 28);
            c4l.Store(tile + 32);
            c4h.Store(tile + 36);
            c5l.Store(tile + 40);
            c5h.Store(tile + 44);
            c6l.Store(tile + 48);
            c6h.Store(tile + 52);
            c7l.Store(tile + 56);
            c7h.Store(tile + 60);
            target.Store(tile, 8, pixel, Math.Min(pixels, 8));
            return;
        }

        long step = target.OutputStride;
        if (target.Residual is not null)
        {
            float* r = target.Residual + (pixel * step);
            c0l = AdvSimd.Add(c0l, Vector128.Load(r));
            c0h = AdvSimd.Add(c0h, Vector128.Load(r + 4));
            r += step;
            c1l = AdvSimd.Add(c1l, Vector128.Load(r));
            c1h = AdvSimd.Add(c1h, Vector128.Load(r + 4));
            r += step;
            c2l = AdvSimd.Add(c2l, Vector128.Load(r));
            c2h = AdvSimd.Add(c2h, Vector128.Load(r + 4));
            r += step;
            c3l = AdvSimd.Add(c3l, Vector128.Load(r));
            c3h = AdvSimd.Add(c3h, Vector128.Load(r + 4));
            r += step;
            c4l = AdvSimd.Add(c4l, Vector128.Load(r));
            c4h = AdvSimd.Add(c4h, Vector128.Load(r + 4));
            r += step;
            c5l = AdvSimd.Add(c5l, Vector128.Load(r));
            c5h = AdvSimd.Add(c5h, Vector128.Load(r + 4));
            r += step;
            c6l = AdvSimd.Add(c6l, Vector128.Load(r));
            c6h = AdvSimd.Add(c6h, Vector128.Load(r + 4));
            r += step;
            c7l = AdvSimd.Add(c7l, Vector128.Load(r));
            c7h = AdvSimd.Add(c7h, Vector128.Load(r + 4));
        }

        if (target.HasClamp)
        {
            Clamp<NeonLanes, Vector128<float>> clamp = target.Clamp;
            c0l = clamp.Apply(c0l);
            c0h = clamp.Apply(c0h);
            c1l = clamp.Apply(c1l);
            c1h = clamp.Apply(c1h);
            c2l = clamp.Apply(c2l);
            c2h = clamp.Apply(c2h);
            c3l = clamp.Apply(c3l);
            c3h = clamp.Apply(c3h);
            c4l = clamp.Apply(c4l);
            c4h = clamp.Apply(c4h);
            c5l = clamp.Apply(c5l);
            c5h = clamp.Apply(c5h);
            c6l = clamp.Apply(c6l);
            c6h = clamp.Apply(c6h);
            c7l = clamp.Apply(c7l);
            c7h = clamp.Apply(c7h);
        }

        float* y = target.Output + (pixel * step);
        c0l.Store(y);
        c0h.Store(y + 4);
        y += step;
        c1l.Store(y);
        c1h.Store(y + 4);
        y += step;
        c2l.Store(y);
        c2h.Store(y + 4);
        y += step;
        c3l.Store(y);
        c3h.Store(y + 4);
        y += step;
        c4l.Store(y);
        c4h.Store(y + 4);
        y += step;
        c5l.Store(y);
        c5h.Store(y + 4);
        y += step;
        c6l.Store(y);
        c6h.Store(y + 4);
        y += step;
        c7l.Store(y);
        c7h.Store(y + 4);
    }

    [SkipLocalsInit]
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

        if (pixels < 4 || !target.IsWhole(8))
        {
            float* tile = stackalloc float[32];
            c0l.Store(tile);
            c0h.Store(tile + 4);
            c1l.Store(tile + 8);
            c1h.Store(tile + 12);
            c2l.Store(tile + 16);
            c2h.Store(tile + 20);
            c3l.Store(tile + 24);
            c3h.Store(tile + 28);
            target.Store(tile, 8, pixel, Math.Min(pixels, 4));
            return;
        }

        long step = target.OutputStride;
        if (target.Residual is not null)
        {
            float* r = target.Residual + (pixel * step);
            c0l = AdvSimd.Add(c0l, Vector128.Load(r));
            c0h = AdvSimd.Add(c0h, Vector128.Load(r + 4));
            r += step;
            c1l = AdvSimd.Add(c1l, Vector128.Load(r));
            c1h = AdvSimd.Add(c1h, Vector128.Load(r + 4));
            r += step;
            c2l = AdvSimd.Add(c2l, Vector128.Load(r));
            c2h = AdvSimd.Add(c2h, Vector128.Load(r + 4));
            r += step;
            c3l = AdvSimd.Add(c3l, Vector128.Load(r));
            c3h = AdvSimd.Add(c3h, Vector128.Load(r + 4));
        }

        if (target.HasClamp)
        {
            Clamp<NeonLanes, Vector128<float>> clamp = target.Clamp;
            c0l = clamp.Apply(c0l);
            c0h = clamp.Apply(c0h);
            c1l = clamp.Apply(c1l);
            c1h = clamp.Apply(c1h);
            c2l = clamp.Apply(c2l);
            c2h = clamp.Apply(c2h);
            c3l = clamp.Apply(c3l);
            c3h = clamp.Apply(c3h);
        }

        float* y = target.Output + (pixel * step);
        c0l.Store(y);
        c0h.Store(y + 4);
        y += step;
        c1l.Store(y);
        c1h.Store(y + 4);
        y += step;
        c2l.Store(y);
        c2h.Store(y + 4);
        y += step;
        c3l.Store(y);
        c3h.Store(y + 4);
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

    [SkipLocalsInit]
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

        if (pixels < 8 || !target.IsWhole(4))
        {
            float* tile = stackalloc float[32];
            c0.Store(tile);
            c1.Store(tile + 4);
            c2.Store(tile + 8);
            c3.Store(tile + 12);
            c4.Store(tile + 16);
            c5.Store(tile + 20);
            c6.Store(tile + 24);
            c7.Store(tile + 28);
            target.Store(tile, 4, pixel, Math.Min(pixels, 8));
            return;
        }

        long step = target.OutputStride;
        if (target.Residual is not null)
        {
            float* r = target.Residual + (pixel * step);
            c0 = AdvSimd.Add(c0, Vector128.Load(r));
            r += step;
            c1 = AdvSimd.Add(c1, Vector128.Load(r));
            r += step;
            c2 = AdvSimd.Add(c2, Vector128.Load(r));
            r += step;
            c3 = AdvSimd.Add(c3, Vector128.Load(r));
            r += step;
            c4 = AdvSimd.Add(c4, Vector128.Load(r));
            r += step;
            c5 = AdvSimd.Add(c5, Vector128.Load(r));
            r += step;
            c6 = AdvSimd.Add(c6, Vector128.Load(r));
            r += step;
            c7 = AdvSimd.Add(c7, Vector128.Load(r));
        }

        if (target.HasClamp)
        {
            Clamp<NeonLanes, Vector128<float>> clamp = target.Clamp;
            c0 = clamp.Apply(c0);
            c1 = clamp.Apply(c1);
            c2 = clamp.Apply(c2);
            c3 = clamp.Apply(c3);
            c4 = clamp.Apply(c4);
            c5 = clamp.Apply(c5);
            c6 = clamp.Apply(c6);
            c7 = clamp.Apply(c7);
        }

        float* y = target.Output + (pixel * step);
        c0.Store(y);
        y += step;
        c1.Store(y);
        y += step;
        c2.Store(y);
        y += step;
        c3.Store(y);
        y += step;
        c4.Store(y);
        y += step;
        c5.Store(y);
        y += step;
        c6.Store(y);
        y += step;
        c7.Store(y);
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
