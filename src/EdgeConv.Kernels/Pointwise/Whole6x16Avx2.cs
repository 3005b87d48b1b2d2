using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using EdgeConv.Kernels.Elementwise;
using EdgeConv.Kernels.Lanes;
using Target = EdgeConv.Kernels.Pointwise.PixelTarget<
    EdgeConv.Kernels.Lanes.Avx2Lanes, System.Runtime.Intrinsics.Vector256<float>>;

namespace EdgeConv.Kernels.Pointwise;

/// <summary>
/// 6 pixels x 16 output channels where all of both exist, tile after tile: twelve accumulators, two vectors of
/// weights and one input, broadcast. Where few inputs make an output, what a tile does beside its products
/// decides: nothing here is tested or computed for a pixel.
/// </summary>
internal static unsafe class Whole6x16Avx2
{
    private const int Pixels = 6;

    /// <summary>Computes whole tiles from the first pixel on.</summary>
    /// <returns>How many pixels they were.</returns>
    public static int Run(in Target target, float* weights)
    {
        long stride = target.InputStride;
        long s1 = stride, s2 = 2 * stride, s3 = 3 * stride, s4 = 4 * stride, s5 = 5 * stride;
        int runLength = target.RunLength, runs = target.Runs;
        long skip = target.RunStep - runLength;
        float* first = target.Input;
        float* y = target.Output;
        float* residual = target.Residual;
        long outputStride = target.OutputStride;
        Clamp<Avx2Lanes, Vector256<float>> clamp = target.Clamp;
        int pixel = 0;

        // Weights of a whole network do not stay in a second-level cache: every other line of the next block is
        // fetched along the way, the rest by the next tile.
        long next = 16L * ((runs * runLength) + 1);
        for (; pixel + Pixels <= target.Pixels; pixel += Pixels)
        {
            Vector256<float> c0l = Avx.LoadVector256(weights);
            Vector256<float> c0h = Avx.LoadVector256(weights + 8);
            Vector256<float> c1l = c0l, c1h = c0h, c2l = c0l, c2h = c0h, c3l = c0l, c3h = c0h;
            Vector256<float> c4l = c0l, c4h = c0h, c5l = c0l, c5h = c0h;
            Vector256<float> a, bl, bh;
            float* w = weights + 16;
            float* x = first;
            for (int run = runs; run > 0; run--, x += skip)
            {
                int k = runLength;
                for (; k >= 2; k -= 2)
                {
                    Sse.Prefetch1(w + next);
                    bl = Avx.LoadVector256(w);
                    bh = Avx.LoadVector256(w + 8);
                    a = Avx.BroadcastScalarToVector256(x);
                    c0l = Fma.MultiplyAdd(a, bl, c0l);
                    c0h = Fma.MultiplyAdd(a, bh, c0h);
                    a = Avx.BroadcastScalarToVector256(x + s1);
                    c1l = Fma.MultiplyAdd(a, bl, c1l);
                    c1h = Fma.MultiplyAdd(a, bh, c1h);
                    a = Avx.BroadcastScalarToVector256(x + s2);
                    c2l = Fma.MultiplyAdd(a, bl, c2l);
                    c2h = Fma.MultiplyAdd(a, bh, c2h);
                    a = Avx.BroadcastScalarToVector256(x + s3);
                    c3l = Fma.MultiplyAdd(a, bl, c3l);
                    c3h = Fma.MultiplyAdd(a, bh, c3h);
                    a = Avx.BroadcastScalarToVector256(x + s4);
                    c4l = Fma.MultiplyAdd(a, bl, c4l);
                    c4h = Fma.MultiplyAdd(a, bh, c4h);
                    a = Avx.BroadcastScalarToVector256(x + s5);
                    c5l = Fma.MultiplyAdd(a, bl, c5l);
                    c5h = Fma.MultiplyAdd(a, bh, c5h);
                    bl = Avx.LoadVector256(w + 16);
                    bh = Avx.LoadVector256(w + 24);
                    a = Avx.BroadcastScalarToVector256(x + 1);
                    c0l = Fma.MultiplyAdd(a, bl, c0l);
                    c0h = Fma.MultiplyAdd(a, bh, c0h);
                    a = Avx.BroadcastScalarToVector256(x + s1 + 1);
                    c1l = Fma.MultiplyAdd(a, bl, c1l);
                    c1h = Fma.MultiplyAdd(a, bh, c1h);
                    a = Avx.BroadcastScalarToVector256(x + s2 + 1);
                    c2l = Fma.MultiplyAdd(a, bl, c2l);
                    c2h = Fma.MultiplyAdd(a, bh, c2h);
                    a = Avx.BroadcastScalarToVector256(x + s3 + 1);
                    c3l = Fma.MultiplyAdd(a, bl, c3l);
                    c3h = Fma.MultiplyAdd(a, bh, c3h);
                    a = Avx.BroadcastScalarToVector256(x + s4 + 1);
                    c4l = Fma.MultiplyAdd(a, bl, c4l);
                    c4h = Fma.MultiplyAdd(a, bh, c4h);
                    a = Avx.BroadcastScalarToVector256(x + s5 + 1);
                    c5l = Fma.MultiplyAdd(a, bl, c5l);
                    c5h = Fma.MultiplyAdd(a, bh, c5h);
                    w += 32;
                    x += 2;
                }

                if (k == 0)
                    continue;
                bl = Avx.LoadVector256(w);
                bh = Avx.LoadVector256(w + 8);
                a = Avx.BroadcastScalarToVector256(x);
                c0l = Fma.MultiplyAdd(a, bl, c0l);
                c0h = Fma.MultiplyAdd(a, bh, c0h);
                a = Avx.BroadcastScalarToVector256(x + s1);
                c1l = Fma.MultiplyAdd(a, bl, c1l);
                c1h = Fma.MultiplyAdd(a, bh, c1h);
                a = Avx.BroadcastScalarToVector256(x + s2);
                c2l = Fma.MultiplyAdd(a, bl, c2l);
                c2h = Fma.MultiplyAdd(a, bh, c2h);
                a = Avx.BroadcastScalarToVector256(x + s3);
                c3l = Fma.MultiplyAdd(a, bl, c3l);
                c3h = Fma.MultiplyAdd(a, bh, c3h);
                a = Avx.BroadcastScalarToVector256(x + s4);
                c4l = Fma.MultiplyAdd(a, bl, c4l);
                c4h = Fma.MultiplyAdd(a, bh, c4h);
                a = Avx.BroadcastScalarToVector256(x + s5);
                c5l = Fma.MultiplyAdd(a, bl, c5l);
                c5h = Fma.MultiplyAdd(a, bh, c5h);
                w += 16;
                x++;
            }

            first += Pixels * stride;
            next ^= 16;
            if (residual is not null)
            {
                c0l = Avx.Add(c0l, Avx.LoadVector256(residual));
                c0h = Avx.Add(c0h, Avx.LoadVector256(residual + 8));
                residual += outputStride;
                c1l = Avx.Add(c1l, Avx.LoadVector256(residual));
                c1h = Avx.Add(c1h, Avx.LoadVector256(residual + 8));
                residual += outputStride;
                c2l = Avx.Add(c2l, Avx.LoadVector256(residual));
                c2h = Avx.Add(c2h, Avx.LoadVector256(residual + 8));
                residual += outputStride;
                c3l = Avx.Add(c3l, Avx.LoadVector256(residual));
                c3h = Avx.Add(c3h, Avx.LoadVector256(residual + 8));
                residual += outputStride;
                c4l = Avx.Add(c4l, Avx.LoadVector256(residual));
                c4h = Avx.Add(c4h, Avx.LoadVector256(residual + 8));
                residual += outputStride;
                c5l = Avx.Add(c5l, Avx.LoadVector256(residual));
                c5h = Avx.Add(c5h, Avx.LoadVector256(residual + 8));
                residual += outputStride;
            }

            Avx.Store(y, clamp.Apply(c0l));
            Avx.Store(y + 8, clamp.Apply(c0h));
            y += outputStride;
            Avx.Store(y, clamp.Apply(c1l));
            Avx.Store(y + 8, clamp.Apply(c1h));
            y += outputStride;
            Avx.Store(y, clamp.Apply(c2l));
            Avx.Store(y + 8, clamp.Apply(c2h));
            y += outputStride;
            Avx.Store(y, clamp.Apply(c3l));
            Avx.Store(y + 8, clamp.Apply(c3h));
            y += outputStride;
            Avx.Store(y, clamp.Apply(c4l));
            Avx.Store(y + 8, clamp.Apply(c4h));
            y += outputStride;
            Avx.Store(y, clamp.Apply(c5l));
            Avx.Store(y + 8, clamp.Apply(c5h));
            y += outputStride;
        }

        return pixel;
    }
}
