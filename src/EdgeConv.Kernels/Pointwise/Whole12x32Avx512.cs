using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using EdgeConv.Kernels.Elementwise;
using EdgeConv.Kernels.Lanes;
using Target = EdgeConv.Kernels.Pointwise.PixelTarget<
    EdgeConv.Kernels.Lanes.Avx512Lanes, System.Runtime.Intrinsics.Vector512<float>>;

namespace EdgeConv.Kernels.Pointwise;

/// <summary>
/// 12 pixels x 32 output channels, two blocks, where all of them exist, tile after tile: 24 accumulators, two
/// vectors of weights; the input is broadcast by the multiply-add that reads it.
/// </summary>
internal static unsafe class Whole12x32Avx512
{
    /// <summary>Pixels of a tile.</summary>
    public const int Pixels = 12;

    /// <summary>Computes whole tiles from the first pixel on.</summary>
    /// <param name="target">Where from and where to.</param>
    /// <param name="weights">The first packed block.</param>
    /// <param name="second">The one behind it.</param>
    /// <returns>How many pixels they were.</returns>
    public static int Run(in Target target, float* weights, float* second)
    {
        long s1 = target.InputStride, s2 = 2 * s1, s3 = 3 * s1, s4 = 4 * s1, s5 = 5 * s1, s6 = 6 * s1;
        int runLength = target.RunLength, runs = target.Runs;
        long skip = target.RunStep - runLength;
        float* first = target.Input;
        float* y = target.Output;
        float* residual = target.Residual;
        long outputStride = target.OutputStride;
        Clamp<Avx512Lanes, Vector512<float>> clamp = target.Clamp;
        int pixel = 0;

        // The next two blocks are fetched along the way, one by this tile and one by the next.
        long block = second - weights, next = 2 * block;
        for (; pixel + Pixels <= target.Pixels; pixel += Pixels)
        {
            Vector512<float> c0a = Avx512F.LoadVector512(weights);
            Vector512<float> c1a = c0a, c2a = c0a, c3a = c0a, c4a = c0a, c5a = c0a, c6a = c0a;
            Vector512<float> c7a = c0a, c8a = c0a, c9a = c0a, c10a = c0a, c11a = c0a;
            Vector512<float> c0b = Avx512F.LoadVector512(second);
            Vector512<float> c1b = c0b, c2b = c0b, c3b = c0b, c4b = c0b, c5b = c0b, c6b = c0b;
            Vector512<float> c7b = c0b, c8b = c0b, c9b = c0b, c10b = c0b, c11b = c0b;
            float* w = weights + 16;
            float* x = first;
            float* z = first + s6;
            for (int run = runs; run > 0; run--, x += skip, z += skip)
            {
                for (int k = runLength; k > 0; k--, w += 16, x++, z++)
                {
                    Sse.Prefetch1(w + next);
                    Vector512<float> wa = Avx512F.LoadVector512(w);
                    Vector512<float> wb = Avx512F.LoadVector512(w + block);
                    Vector512<float> a;
                    a = Vector512.Create(*x);
                    c0a = Avx512F.FusedMultiplyAdd(a, wa, c0a);
                    c0b = Avx512F.FusedMultiplyAdd(a, wb, c0b);
                    a = Vector512.Create(*(x + s1));
                    c1a = Avx512F.FusedMultiplyAdd(a, wa, c1a);
                    c1b = Avx512F.FusedMultiplyAdd(a, wb, c1b);
                    a = Vector512.Create(*(x + s2));
                    c2a = Avx512F.FusedMultiplyAdd(a, wa, c2a);
                    c2b = Avx512F.FusedMultiplyAdd(a, wb, c2b);
                    a = Vector512.Create(*(x + s3));
                    c3a = Avx512F.FusedMultiplyAdd(a, wa, c3a);
                    c3b = Avx512F.FusedMultiplyAdd(a, wb, c3b);
                    a = Vector512.Create(*(x + s4));
                    c4a = Avx512F.FusedMultiplyAdd(a, wa, c4a);
                    c4b = Avx512F.FusedMultiplyAdd(a, wb, c4b);
                    a = Vector512.Create(*(x + s5));
                    c5a = Avx512F.FusedMultiplyAdd(a, wa, c5a);
                    c5b = Avx512F.FusedMultiplyAdd(a, wb, c5b);
                    a = Vector512.Create(*z);
                    c6a = Avx512F.FusedMultiplyAdd(a, wa, c6a);
                    c6b = Avx512F.FusedMultiplyAdd(a, wb, c6b);
                    a = Vector512.Create(*(z + s1));
                    c7a = Avx512F.FusedMultiplyAdd(a, wa, c7a);
                    c7b = Avx512F.FusedMultiplyAdd(a, wb, c7b);
                    a = Vector512.Create(*(z + s2));
                    c8a = Avx512F.FusedMultiplyAdd(a, wa, c8a);
                    c8b = Avx512F.FusedMultiplyAdd(a, wb, c8b);
                    a = Vector512.Create(*(z + s3));
                    c9a = Avx512F.FusedMultiplyAdd(a, wa, c9a);
                    c9b = Avx512F.FusedMultiplyAdd(a, wb, c9b);
                    a = Vector512.Create(*(z + s4));
                    c10a = Avx512F.FusedMultiplyAdd(a, wa, c10a);
                    c10b = Avx512F.FusedMultiplyAdd(a, wb, c10b);
                    a = Vector512.Create(*(z + s5));
                    c11a = Avx512F.FusedMultiplyAdd(a, wa, c11a);
                    c11b = Avx512F.FusedMultiplyAdd(a, wb, c11b);
                }
            }

            first += Pixels * s1;
            next = (5 * block) - next;
            if (residual is not null)
            {
                c0a = Avx512F.Add(c0a, Avx512F.LoadVector512(residual));
                c0b = Avx512F.Add(c0b, Avx512F.LoadVector512(residual + 16));
                residual += outputStride;
                c1a = Avx512F.Add(c1a, Avx512F.LoadVector512(residual));
                c1b = Avx512F.Add(c1b, Avx512F.LoadVector512(residual + 16));
                residual += outputStride;
                c2a = Avx512F.Add(c2a, Avx512F.LoadVector512(residual));
                c2b = Avx512F.Add(c2b, Avx512F.LoadVector512(residual + 16));
                residual += outputStride;
                c3a = Avx512F.Add(c3a, Avx512F.LoadVector512(residual));
                c3b = Avx512F.Add(c3b, Avx512F.LoadVector512(residual + 16));
                residual += outputStride;
                c4a = Avx512F.Add(c4a, Avx512F.LoadVector512(residual));
                c4b = Avx512F.Add(c4b, Avx512F.LoadVector512(residual + 16));
                residual += outputStride;
                c5a = Avx512F.Add(c5a, Avx512F.LoadVector512(residual));
                c5b = Avx512F.Add(c5b, Avx512F.LoadVector512(residual + 16));
                residual += outputStride;
                c6a = Avx512F.Add(c6a, Avx512F.LoadVector512(residual));
                c6b = Avx512F.Add(c6b, Avx512F.LoadVector512(residual + 16));
                residual += outputStride;
                c7a = Avx512F.Add(c7a, Avx512F.LoadVector512(residual));
                c7b = Avx512F.Add(c7b, Avx512F.LoadVector512(residual + 16));
                residual += outputStride;
                c8a = Avx512F.Add(c8a, Avx512F.LoadVector512(residual));
                c8b = Avx512F.Add(c8b, Avx512F.LoadVector512(residual + 16));
                residual += outputStride;
                c9a = Avx512F.Add(c9a, Avx512F.LoadVector512(residual));
                c9b = Avx512F.Add(c9b, Avx512F.LoadVector512(residual + 16));
                residual += outputStride;
                c10a = Avx512F.Add(c10a, Avx512F.LoadVector512(residual));
                c10b = Avx512F.Add(c10b, Avx512F.LoadVector512(residual + 16));
                residual += outputStride;
                c11a = Avx512F.Add(c11a, Avx512F.LoadVector512(residual));
                c11b = Avx512F.Add(c11b, Avx512F.LoadVector512(residual + 16));
                residual += outputStride;
            }

            Avx512F.Store(y, clamp.Apply(c0a));
            Avx512F.Store(y + 16, clamp.Apply(c0b));
            y += outputStride;
            Avx512F.Store(y, clamp.Apply(c1a));
            Avx512F.Store(y + 16, clamp.Apply(c1b));
            y += outputStride;
            Avx512F.Store(y, clamp.Apply(c2a));
            Avx512F.Store(y + 16, clamp.Apply(c2b));
            y += outputStride;
            Avx512F.Store(y, clamp.Apply(c3a));
            Avx512F.Store(y + 16, clamp.Apply(c3b));
            y += outputStride;
            Avx512F.Store(y, clamp.Apply(c4a));
            Avx512F.Store(y + 16, clamp.Apply(c4b));
            y += outputStride;
            Avx512F.Store(y, clamp.Apply(c5a));
            Avx512F.Store(y + 16, clamp.Apply(c5b));
            y += outputStride;
            Avx512F.Store(y, clamp.Apply(c6a));
            Avx512F.Store(y + 16, clamp.Apply(c6b));
            y += outputStride;
            Avx512F.Store(y, clamp.Apply(c7a));
            Avx512F.Store(y + 16, clamp.Apply(c7b));
            y += outputStride;
            Avx512F.Store(y, clamp.Apply(c8a));
            Avx512F.Store(y + 16, clamp.Apply(c8b));
            y += outputStride;
            Avx512F.Store(y, clamp.Apply(c9a));
            Avx512F.Store(y + 16, clamp.Apply(c9b));
            y += outputStride;
            Avx512F.Store(y, clamp.Apply(c10a));
            Avx512F.Store(y + 16, clamp.Apply(c10b));
            y += outputStride;
            Avx512F.Store(y, clamp.Apply(c11a));
            Avx512F.Store(y + 16, clamp.Apply(c11b));
            y += outputStride;
        }

        return pixel;
    }
}
