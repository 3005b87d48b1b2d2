using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using EdgeConv.Kernels.Lanes;
using Target = EdgeConv.Kernels.Pointwise.PixelTarget<
    EdgeConv.Kernels.Lanes.Avx2Lanes, System.Runtime.Intrinsics.Vector256<float>>;

namespace EdgeConv.Kernels.Pointwise;

/// <summary>
/// 6 pixels x 16 output channels: twelve accumulators, two vectors of weights and one input, broadcast. 3 and
/// 4 pixels take 4x16, a single one 1x16; a tile's rows beyond the last pixel repeat it and are not stored.
/// Blocks of 8 channels take 12x8 and smaller, see <see cref="Tile12x8Avx2"/>.
/// </summary>
internal readonly unsafe struct Tile6x16Avx2 : IPointwiseTile<Avx2Lanes, Vector256<float>>
{
    public static string Name => "6x16Avx2";

    public static int BlockChannels => 16;

    public static int Wide(in Target target, float* weights)
    {
        int pixel = target.IsWhole(BlockChannels) ? Whole6x16Avx2.Run(target, weights) : 0;
        for (; target.Pixels - pixel > 4; pixel += 6)
            Tile6x16(target, weights, pixel, target.Pixels - pixel);
        if (target.Pixels - pixel > 2)
            Tile4x16(target, weights, pixel, target.Pixels - pixel);
        else
            Single(target, weights, pixel);
        return 1;
    }

    public static void Narrow(in PointwiseArguments arguments, int channel, float* weights) =>
        Tile12x8Avx2.Run(new Target(arguments, channel), weights);

    private static void Single(in Target target, float* weights, int pixel)
    {
        for (; pixel < target.Pixels; pixel++)
            Tile1x16(target, weights, pixel);
    }

    private static void Tile6x16(in Target target, float* w, int pixel, int pixels)
    {
        long stride = target.InputStride;
        float* a0 = target.Input + (pixel * stride);
        float* a1 = pixels > 1 ? a0 + stride : a0;
        float* a2 = pixels > 2 ? a1 + stride : a1;
        float* a3 = pixels > 3 ? a2 + stride : a2;
        float* a4 = pixels > 4 ? a3 + stride : a3;
        float* a5 = pixels > 5 ? a4 + stride : a4;
        Vector256<float> c0l = Avx.LoadVector256(w);
        Vector256<float> c0h = Avx.LoadVector256(w + 8);
        Vector256<float> c1l = c0l, c1h = c0h;
        Vector256<float> c2l = c0l, c2h = c0h;
        Vector256<float> c3l = c0l, c3h = c0h;
        Vector256<float> c4l = c0l, c4h = c0h;
        Vector256<float> c5l = c0l, c5h = c0h;
        w += 16;
        // Weights of a whole network do not stay in a second-level cache: every other line of the next block is
        // fetched along the way, the rest by the next tile.
        float* next = w + (16L * ((target.Runs * target.RunLength) + 1)) + (pixel / 6 % 2 * 16);
        Vector256<float> a, bl, bh;
        for (int run = target.Runs; ; )
        {
            int k = target.RunLength;
            for (; k >= 2; k -= 2)
            {
                Sse.Prefetch1(next);
                next += 32;
                bl = Avx.LoadVector256(w);
                bh = Avx.LoadVector256(w + 8);
                a = Avx.BroadcastScalarToVector256(a0);
                c0l = Fma.MultiplyAdd(a, bl, c0l);
                c0h = Fma.MultiplyAdd(a, bh, c0h);
                a = Avx.BroadcastScalarToVector256(a1);
                c1l = Fma.MultiplyAdd(a, bl, c1l);
                c1h = Fma.MultiplyAdd(a, bh, c1h);
                a = Avx.BroadcastScalarToVector256(a2);
                c2l = Fma.MultiplyAdd(a, bl, c2l);
                c2h = Fma.MultiplyAdd(a, bh, c2h);
                a = Avx.BroadcastScalarToVector256(a3);
                c3l = Fma.MultiplyAdd(a, bl, c3l);
                c3h = Fma.MultiplyAdd(a, bh, c3h);
                a = Avx.BroadcastScalarToVector256(a4);
                c4l = Fma.MultiplyAdd(a, bl, c4l);
                c4h = Fma.MultiplyAdd(a, bh, c4h);
                a = Avx.BroadcastScalarToVector256(a5);
                c5l = Fma.MultiplyAdd(a, bl, c5l);
                c5h = Fma.MultiplyAdd(a, bh, c5h);
                bl = Avx.LoadVector256(w + 16);
                bh = Avx.LoadVector256(w + 24);
                a = Avx.BroadcastScalarToVector256(a0 + 1);
                c0l = Fma.MultiplyAdd(a, bl, c0l);
                c0h = Fma.MultiplyAdd(a, bh, c0h);
                a = Avx.BroadcastScalarToVector256(a1 + 1);
                c1l = Fma.MultiplyAdd(a, bl, c1l);
                c1h = Fma.MultiplyAdd(a, bh, c1h);
                a = Avx.BroadcastScalarToVector256(a2 + 1);
                c2l = Fma.MultiplyAdd(a, bl, c2l);
                c2h = Fma.MultiplyAdd(a, bh, c2h);
                a = Avx.BroadcastScalarToVector256(a3 + 1);
                c3l = Fma.MultiplyAdd(a, bl, c3l);
                c3h = Fma.MultiplyAdd(a, bh, c3h);
                a = Avx.BroadcastScalarToVector256(a4 + 1);
                c4l = Fma.MultiplyAdd(a, bl, c4l);
                c4h = Fma.MultiplyAdd(a, bh, c4h);
                a = Avx.BroadcastScalarToVector256(a5 + 1);
                c5l = Fma.MultiplyAdd(a, bl, c5l);
                c5h = Fma.MultiplyAdd(a, bh, c5h);
                w += 32;
                a0 += 2;
                a1 += 2;
                a2 += 2;
                a3 += 2;
                a4 += 2;
                a5 += 2;
            }

            if (k > 0)
            {
                bl = Avx.LoadVector256(w);
                bh = Avx.LoadVector256(w + 8);
                a = Avx.BroadcastScalarToVector256(a0);
                c0l = Fma.MultiplyAdd(a, bl, c0l);
                c0h = Fma.MultiplyAdd(a, bh, c0h);
                a = Avx.BroadcastScalarToVector256(a1);
                c1l = Fma.MultiplyAdd(a, bl, c1l);
                c1h = Fma.MultiplyAdd(a, bh, c1h);
                a = Avx.BroadcastScalarToVector256(a2);
                c2l = Fma.MultiplyAdd(a, bl, c2l);
                c2h = Fma.MultiplyAdd(a, bh, c2h);
                a = Avx.BroadcastScalarToVector256(a3);
                c3l = Fma.MultiplyAdd(a, bl, c3l);
                c3h = Fma.MultiplyAdd(a, bh, c3h);
                a = Avx.BroadcastScalarToVector256(a4);
                c4l = Fma.MultiplyAdd(a, bl, c4l);
                c4h = Fma.MultiplyAdd(a, bh, c4h);
                a = Avx.BroadcastScalarToVector256(a5);
                c5l = Fma.MultiplyAdd(a, bl, c5l);
                c5h = Fma.MultiplyAdd(a, bh, c5h);
                w += 16;
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
    }

    private static void Tile4x16(in Target target, float* w, int pixel, int pixels)
    {
        long stride = target.InputStride;
        float* a0 = target.Input + (pixel * stride);
        float* a1 = pixels > 1 ? a0 + stride : a0;
        float* a2 = pixels > 2 ? a1 + stride : a1;
        float* a3 = pixels > 3 ? a2 + stride : a2;
        Vector256<float> c0l = Avx.LoadVector256(w);
        Vector256<float> c0h = Avx.LoadVector256(w + 8);
        Vector256<float> c1l = c0l, c1h = c0h;
        Vector256<float> c2l = c0l, c2h = c0h;
        Vector256<float> c3l = c0l, c3h = c0h;
        w += 16;
        Vector256<float> a, bl, bh;
        for (int run = target.Runs; ; )
        {
            int k = target.RunLength;
            for (; k >= 2; k -= 2)
            {
                bl = Avx.LoadVector256(w);
                bh = Avx.LoadVector256(w + 8);
                a = Avx.BroadcastScalarToVector256(a0);
                c0l = Fma.MultiplyAdd(a, bl, c0l);
                c0h = Fma.MultiplyAdd(a, bh, c0h);
                a = Avx.BroadcastScalarToVector256(a1);
                c1l = Fma.MultiplyAdd(a, bl, c1l);
                c1h = Fma.MultiplyAdd(a, bh, c1h);
                a = Avx.BroadcastScalarToVector256(a2);
                c2l = Fma.MultiplyAdd(a, bl, c2l);
                c2h = Fma.MultiplyAdd(a, bh, c2h);
                a = Avx.BroadcastScalarToVector256(a3);
                c3l = Fma.MultiplyAdd(a, bl, c3l);
                c3h = Fma.MultiplyAdd(a, bh, c3h);
                bl = Avx.LoadVector256(w + 16);
                bh = Avx.LoadVector256(w + 24);
                a = Avx.BroadcastScalarToVector256(a0 + 1);
                c0l = Fma.MultiplyAdd(a, bl, c0l);
                c0h = Fma.MultiplyAdd(a, bh, c0h);
                a = Avx.BroadcastScalarToVector256(a1 + 1);
                c1l = Fma.MultiplyAdd(a, bl, c1l);
                c1h = Fma.MultiplyAdd(a, bh, c1h);
                a = Avx.BroadcastScalarToVector256(a2 + 1);
                c2l = Fma.MultiplyAdd(a, bl, c2l);
                c2h = Fma.MultiplyAdd(a, bh, c2h);
                a = Avx.BroadcastScalarToVector256(a3 + 1);
                c3l = Fma.MultiplyAdd(a, bl, c3l);
                c3h = Fma.MultiplyAdd(a, bh, c3h);
                w += 32;
                a0 += 2;
                a1 += 2;
                a2 += 2;
                a3 += 2;
            }

            if (k > 0)
            {
                bl = Avx.LoadVector256(w);
                bh = Avx.LoadVector256(w + 8);
                a = Avx.BroadcastScalarToVector256(a0);
                c0l = Fma.MultiplyAdd(a, bl, c0l);
                c0h = Fma.MultiplyAdd(a, bh, c0h);
                a = Avx.BroadcastScalarToVector256(a1);
                c1l = Fma.MultiplyAdd(a, bl, c1l);
                c1h = Fma.MultiplyAdd(a, bh, c1h);
                a = Avx.BroadcastScalarToVector256(a2);
                c2l = Fma.MultiplyAdd(a, bl, c2l);
                c2h = Fma.MultiplyAdd(a, bh, c2h);
                a = Avx.BroadcastScalarToVector256(a3);
                c3l = Fma.MultiplyAdd(a, bl, c3l);
                c3h = Fma.MultiplyAdd(a, bh, c3h);
                w += 16;
            }

            if (--run == 0)
                break;
            long skip = target.RunStep - target.RunLength + k;
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

    private static void Tile1x16(in Target target, float* w, int pixel)
    {
        float* a = target.Input + (pixel * target.InputStride);
        Vector256<float> c0l = Avx.LoadVector256(w);
        Vector256<float> c0h = Avx.LoadVector256(w + 8);
        Vector256<float> c1l = Vector256<float>.Zero, c1h = Vector256<float>.Zero;
        Vector256<float> c2l = Vector256<float>.Zero, c2h = Vector256<float>.Zero;
        Vector256<float> c3l = Vector256<float>.Zero, c3h = Vector256<float>.Zero;
        w += 16;
        for (int run = target.Runs; run > 0; run--, a += target.RunStep - target.RunLength)
        {
            int k = target.RunLength;
            for (; k >= 4; k -= 4)
            {
                c0l = Fma.MultiplyAdd(Vector256.Create(a[0]), Avx.LoadVector256(w), c0l);
                c0h = Fma.MultiplyAdd(Vector256.Create(a[0]), Avx.LoadVector256(w + 8), c0h);
                c1l = Fma.MultiplyAdd(Vector256.Create(a[1]), Avx.LoadVector256(w + 16), c1l);
                c1h = Fma.MultiplyAdd(Vector256.Create(a[1]), Avx.LoadVector256(w + 24), c1h);
                c2l = Fma.MultiplyAdd(Vector256.Create(a[2]), Avx.LoadVector256(w + 32), c2l);
                c2h = Fma.MultiplyAdd(Vector256.Create(a[2]), Avx.LoadVector256(w + 40), c2h);
                c3l = Fma.MultiplyAdd(Vector256.Create(a[3]), Avx.LoadVector256(w + 48), c3l);
                c3h = Fma.MultiplyAdd(Vector256.Create(a[3]), Avx.LoadVector256(w + 56), c3h);
                a += 4;
                w += 64;
            }

            for (; k > 0; k--, a++, w += 16)
            {
                c0l = Fma.MultiplyAdd(Vector256.Create(*a), Avx.LoadVector256(w), c0l);
                c0h = Fma.MultiplyAdd(Vector256.Create(*a), Avx.LoadVector256(w + 8), c0h);
            }
        }

        Vector256<float> low = Avx.Add(Avx.Add(c0l, c1l), Avx.Add(c2l, c3l));
        Vector256<float> high = Avx.Add(Avx.Add(c0h, c1h), Avx.Add(c2h, c3h));
        target.Store(pixel, low, high);
    }
}
