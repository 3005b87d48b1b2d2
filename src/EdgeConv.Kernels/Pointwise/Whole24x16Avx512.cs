using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using EdgeConv.Kernels.Elementwise;
using EdgeConv.Kernels.Lanes;
using Target = EdgeConv.Kernels.Pointwise.PixelTarget<
    EdgeConv.Kernels.Lanes.Avx512Lanes, System.Runtime.Intrinsics.Vector512<float>>;

namespace EdgeConv.Kernels.Pointwise;

/// <summary>
/// 24 pixels x 16 output channels where all of both exist, tile after tile: 24 accumulators and one vector of
/// weights; as <see cref="Whole12x32Avx512"/>.
/// </summary>
internal static unsafe class Whole24x16Avx512
{
    private const int Pixels = 24;

    /// <summary>Computes whole tiles from a pixel on.</summary>
    /// <returns>The first pixel that is left.</returns>
    public static int Run(in Target target, float* weights, int pixel)
    {
        long s1 = target.InputStride, s2 = 2 * s1, s3 = 3 * s1, s4 = 4 * s1, s5 = 5 * s1, s6 = 6 * s1;
        int runLength = target.RunLength, runs = target.Runs;
        long skip = target.RunStep - runLength;
        long outputStride = target.OutputStride;
        float* first = target.Input + (pixel * s1);
        float* y = target.Output + (pixel * outputStride);
        float* residual = target.Residual is null ? null : target.Residual + (pixel * outputStride);
        Clamp<Avx512Lanes, Vector512<float>> clamp = target.Clamp;
        long next = 16L * ((runs * runLength) + 1);
        for (; pixel + Pixels <= target.Pixels; pixel += Pixels)
        {
            Vector512<float> c0 = Avx512F.LoadVector512(weights);
            Vector512<float> c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0, c6 = c0;
            Vector512<float> c7 = c0, c8 = c0, c9 = c0, c10 = c0, c11 = c0, c12 = c0;
            Vector512<float> c13 = c0, c14 = c0, c15 = c0, c16 = c0, c17 = c0, c18 = c0;
            Vector512<float> c19 = c0, c20 = c0, c21 = c0, c22 = c0, c23 = c0;
            float* w = weights + 16;
            float* x = first;
            float* z = x + s6;
            float* u = z + s6;
            float* v = u + s6;
            for (int run = runs; run > 0; run--)
            {
                for (int k = runLength; k > 0; k--, w += 16)
                {
                    Sse.Prefetch1(w + next);
                    Vector512<float> b = Avx512F.LoadVector512(w);
                    c0 = Avx512F.FusedMultiplyAdd(Vector512.Create(*x), b, c0);
                    c1 = Avx512F.FusedMultiplyAdd(Vector512.Create(*(x + s1)), b, c1);
                    c2 = Avx512F.FusedMultiplyAdd(Vector512.Create(*(x + s2)), b, c2);
                    c3 = Avx512F.FusedMultiplyAdd(Vector512.Create(*(x + s3)), b, c3);
                    c4 = Avx512F.FusedMultiplyAdd(Vector512.Create(*(x + s4)), b, c4);
                    c5 = Avx512F.FusedMultiplyAdd(Vector512.Create(*(x + s5)), b, c5);
                    c6 = Avx512F.FusedMultiplyAdd(Vector512.Create(*z), b, c6);
                    c7 = Avx512F.FusedMultiplyAdd(Vector512.Create(*(z + s1)), b, c7);
                    c8 = Avx512F.FusedMultiplyAdd(Vector512.Create(*(z + s2)), b, c8);
                    c9 = Avx512F.FusedMultiplyAdd(Vector512.Create(*(z + s3)), b, c9);
                    c10 = Avx512F.FusedMultiplyAdd(Vector512.Create(*(z + s4)), b, c10);
                    c11 = Avx512F.FusedMultiplyAdd(Vector512.Create(*(z + s5)), b, c11);
                    c12 = Avx512F.FusedMultiplyAdd(Vector512.Create(*u), b, c12);
                    c13 = Avx512F.FusedMultiplyAdd(Vector512.Create(*(u + s1)), b, c13);
                    c14 = Avx512F.FusedMultiplyAdd(Vector512.Create(*(u + s2)), b, c14);
                    c15 = Avx512F.FusedMultiplyAdd(Vector512.Create(*(u + s3)), b, c15);
                    c16 = Avx512F.FusedMultiplyAdd(Vector512.Create(*(u + s4)), b, c16);
                    c17 = Avx512F.FusedMultiplyAdd(Vector512.Create(*(u + s5)), b, c17);
                    c18 = Avx512F.FusedMultiplyAdd(Vector512.Create(*v), b, c18);
                    c19 = Avx512F.FusedMultiplyAdd(Vector512.Create(*(v + s1)), b, c19);
                    c20 = Avx512F.FusedMultiplyAdd(Vector512.Create(*(v + s2)), b, c20);
                    c21 = Avx512F.FusedMultiplyAdd(Vector512.Create(*(v + s3)), b, c21);
                    c22 = Avx512F.FusedMultiplyAdd(Vector512.Create(*(v + s4)), b, c22);
                    c23 = Avx512F.FusedMultiplyAdd(Vector512.Create(*(v + s5)), b, c23);
                    x++;
                    z++;
                    u++;
                    v++;
                }

                x += skip;
                z += skip;
                u += skip;
                v += skip;
            }

            first += Pixels * s1;
            if (residual is not null)
            {
                c0 = Avx512F.Add(c0, Avx512F.LoadVector512(residual));
                residual += outputStride;
                c1 = Avx512F.Add(c1, Avx512F.LoadVector512(residual));
                residual += outputStride;
                c2 = Avx512F.Add(c2, Avx512F.LoadVector512(residual));
                residual += outputStride;
                c3 = Avx512F.Add(c3, Avx512F.LoadVector512(residual));
                residual += outputStride;
                c4 = Avx512F.Add(c4, Avx512F.LoadVector512(residual));
                residual += outputStride;
                c5 = Avx512F.Add(c5, Avx512F.LoadVector512(residual));
                residual += outputStride;
                c6 = Avx512F.Add(c6, Avx512F.LoadVector512(residual));
                residual += outputStride;
                c7 = Avx512F.Add(c7, Avx512F.LoadVector512(residual));
                residual += outputStride;
                c8 = Avx512F.Add(c8, Avx512F.LoadVector512(residual));
                residual += outputStride;
                c9 = Avx512F.Add(c9, Avx512F.LoadVector512(residual));
                residual += outputStride;
                c10 = Avx512F.Add(c10, Avx512F.LoadVector512(residual));
                residual += outputStride;
                c11 = Avx512F.Add(c11, Avx512F.LoadVector512(residual));
                residual += outputStride;
                c12 = Avx512F.Add(c12, Avx512F.LoadVector512(residual));
                residual += outputStride;
                c13 = Avx512F.Add(c13, Avx512F.LoadVector512(residual));
                residual += outputStride;
                c14 = Avx512F.Add(c14, Avx512F.LoadVector512(residual));
                residual += outputStride;
                c15 = Avx512F.Add(c15, Avx512F.LoadVector512(residual));
                residual += outputStride;
                c16 = Avx512F.Add(c16, Avx512F.LoadVector512(residual));
                residual += outputStride;
                c17 = Avx512F.Add(c17, Avx512F.LoadVector512(residual));
                residual += outputStride;
                c18 = Avx512F.Add(c18, Avx512F.LoadVector512(residual));
                residual += outputStride;
                c19 = Avx512F.Add(c19, Avx512F.LoadVector512(residual));
                residual += outputStride;
                c20 = Avx512F.Add(c20, Avx512F.LoadVector512(residual));
                residual += outputStride;
                c21 = Avx512F.Add(c21, Avx512F.LoadVector512(residual));
                residual += outputStride;
                c22 = Avx512F.Add(c22, Avx512F.LoadVector512(residual));
                residual += outputStride;
                c23 = Avx512F.Add(c23, Avx512F.LoadVector512(residual));
                residual += outputStride;
            }

            Avx512F.Store(y, clamp.Apply(c0));
            y += outputStride;
            Avx512F.Store(y, clamp.Apply(c1));
            y += outputStride;
            Avx512F.Store(y, clamp.Apply(c2));
            y += outputStride;
            Avx512F.Store(y, clamp.Apply(c3));
            y += outputStride;
            Avx512F.Store(y, clamp.Apply(c4));
            y += outputStride;
            Avx512F.Store(y, clamp.Apply(c5));
            y += outputStride;
            Avx512F.Store(y, clamp.Apply(c6));
            y += outputStride;
            Avx512F.Store(y, clamp.Apply(c7));
            y += outputStride;
            Avx512F.Store(y, clamp.Apply(c8));
            y += outputStride;
            Avx512F.Store(y, clamp.Apply(c9));
            y += outputStride;
            Avx512F.Store(y, clamp.Apply(c10));
            y += outputStride;
            Avx512F.Store(y, clamp.Apply(c11));
            y += outputStride;
            Avx512F.Store(y, clamp.Apply(c12));
            y += outputStride;
            Avx512F.Store(y, clamp.Apply(c13));
            y += outputStride;
            Avx512F.Store(y, clamp.Apply(c14));
            y += outputStride;
            Avx512F.Store(y, clamp.Apply(c15));
            y += outputStride;
            Avx512F.Store(y, clamp.Apply(c16));
            y += outputStride;
            Avx512F.Store(y, clamp.Apply(c17));
            y += outputStride;
            Avx512F.Store(y, clamp.Apply(c18));
            y += outputStride;
            Avx512F.Store(y, clamp.Apply(c19));
            y += outputStride;
            Avx512F.Store(y, clamp.Apply(c20));
            y += outputStride;
            Avx512F.Store(y, clamp.Apply(c21));
            y += outputStride;
            Avx512F.Store(y, clamp.Apply(c22));
            y += outputStride;
            Avx512F.Store(y, clamp.Apply(c23));
            y += outputStride;
        }

        return pixel;
    }
}
