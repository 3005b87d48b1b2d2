using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using EdgeConv.Kernels.Elementwise;
using EdgeConv.Kernels.Lanes;
using Target = EdgeConv.Kernels.Pointwise.PixelTarget<
    EdgeConv.Kernels.Lanes.Avx2Lanes, System.Runtime.Intrinsics.Vector256<float>>;

namespace EdgeConv.Kernels.Pointwise;

/// <summary>
/// 12 pixels x 8 output channels where all of both exist, tile after tile: twelve accumulators, one vector of
/// weights and one input, broadcast; as <see cref="Whole6x16Avx2"/>.
/// </summary>
internal static unsafe class Whole12x8Avx2
{
    private const int Pixels = 12;

    /// <summary>Computes whole tiles from the first pixel on.</summary>
    /// <returns>How many pixels they were.</returns>
    public static int Run(in Target target, float* weights)
    {
        long s1 = target.InputStride, s2 = 2 * s1, s3 = 3 * s1, s4 = 4 * s1, s5 = 5 * s1, s6 = 6 * s1;
        int runLength = target.RunLength, runs = target.Runs;
        long skip = target.RunStep - runLength;
        float* first = target.Input;
        float* y = target.Output;
        float* residual = target.Residual;
        long outputStride = target.OutputStride;
        Clamp<Avx2Lanes, Vector256<float>> clamp = target.Clamp;
        int pixel = 0;
        for (; pixel + Pixels <= target.Pixels; pixel += Pixels)
        {
            Vector256<float> c0 = Avx.LoadVector256(weights);
            Vector256<float> c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0;
            Vector256<float> c6 = c0, c7 = c0, c8 = c0, c9 = c0, c10 = c0, c11 = c0;
            Vector256<float> b;
            float* w = weights + 8;
            float* x = first;
            float* z = first + s6;
            for (int run = runs; run > 0; run--, x += skip, z += skip)
            {
                int k = runLength;
                for (; k >= 2; k -= 2)
                {
                    b = Avx.LoadVector256(w);
                    c0 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(x), b, c0);
                    c1 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(x + s1), b, c1);
                    c2 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(x + s2), b, c2);
                    c3 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(x + s3), b, c3);
                    c4 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(x + s4), b, c4);
                    c5 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(x + s5), b, c5);
                    c6 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(z), b, c6);
                    c7 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(z + s1), b, c7);
                    c8 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(z + s2), b, c8);
                    c9 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(z + s3), b, c9);
                    c10 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(z + s4), b, c10);
                    c11 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(z + s5), b, c11);
                    b = Avx.LoadVector256(w + 8);
                    c0 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(x + 1), b, c0);
                    c1 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(x + s1 + 1), b, c1);
                    c2 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(x + s2 + 1), b, c2);
                    c3 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(x + s3 + 1), b, c3);
                    c4 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(x + s4 + 1), b, c4);
                    c5 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(x + s5 + 1), b, c5);
                    c6 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(z + 1), b, c6);
                    c7 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(z + s1 + 1), b, c7);
                    c8 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(z + s2 + 1), b, c8);
                    c9 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(z + s3 + 1), b, c9);
                    c10 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(z + s4 + 1), b, c10);
                    c11 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(z + s5 + 1), b, c11);
                    w += 16;
                    x += 2;
                    z += 2;
                }

                if (k == 0)
                    continue;
                b = Avx.LoadVector256(w);
                c0 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(x), b, c0);
                c1 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(x + s1), b, c1);
                c2 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(x + s2), b, c2);
                c3 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(x + s3), b, c3);
                c4 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(x + s4), b, c4);
                c5 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(x + s5), b, c5);
                c6 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(z), b, c6);
                c7 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(z + s1), b, c7);
                c8 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(z + s2), b, c8);
                c9 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(z + s3), b, c9);
                c10 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(z + s4), b, c10);
                c11 = Fma.MultiplyAdd(Avx.BroadcastScalarToVector256(z + s5), b, c11);
                w += 8;
                x++;
                z++;
            }

            first += 2 * s6;
            if (residual is not null)
            {
                c0 = Avx.Add(c0, Avx.LoadVector256(residual));
                residual += outputStride;
                c1 = Avx.Add(c1, Avx.LoadVector256(residual));
                residual += outputStride;
                c2 = Avx.Add(c2, Avx.LoadVector256(residual));
                residual += outputStride;
                c3 = Avx.Add(c3, Avx.LoadVector256(residual));
                residual += outputStride;
                c4 = Avx.Add(c4, Avx.LoadVector256(residual));
                residual += outputStride;
                c5 = Avx.Add(c5, Avx.LoadVector256(residual));
                residual += outputStride;
                c6 = Avx.Add(c6, Avx.LoadVector256(residual));
                residual += outputStride;
                c7 = Avx.Add(c7, Avx.LoadVector256(residual));
                residual += outputStride;
                c8 = Avx.Add(c8, Avx.LoadVector256(residual));
                residual += outputStride;
                c9 = Avx.Add(c9, Avx.LoadVector256(residual));
                residual += outputStride;
                c10 = Avx.Add(c10, Avx.LoadVector256(residual));
                residual += outputStride;
                c11 = Avx.Add(c11, Avx.LoadVector256(residual));
                residual += outputStride;
            }

            Avx.Store(y, clamp.Apply(c0));
            y += outputStride;
            Avx.Store(y, clamp.Apply(c1));
            y += outputStride;
            Avx.Store(y, clamp.Apply(c2));
            y += outputStride;
            Avx.Store(y, clamp.Apply(c3));
            y += outputStride;
            Avx.Store(y, clamp.Apply(c4));
            y += outputStride;
            Avx.Store(y, clamp.Apply(c5));
            y += outputStride;
            Avx.Store(y, clamp.Apply(c6));
            y += outputStride;
            Avx.Store(y, clamp.Apply(c7));
            y += outputStride;
            Avx.Store(y, clamp.Apply(c8));
            y += outputStride;
            Avx.Store(y, clamp.Apply(c9));
            y += outputStride;
            Avx.Store(y, clamp.Apply(c10));
            y += outputStride;
            Avx.Store(y, clamp.Apply(c11));
            y += outputStride;
        }

        return pixel;
    }
}
