using EdgeConv.Kernels.Elementwise;
using EdgeConv.Kernels.Lanes;
using EdgeConv.Kernels.Pointwise;

namespace EdgeConv.Kernels.Convolution;

/// <summary>
/// As <see cref="PlanarTile{TLanes, TVector}"/>, 6 pixels x two vectors of output channels where all of both
/// exist, or 12 pixels x one vector, for runs of three taps: nothing is tested or computed for a pixel.
/// </summary>
internal static unsafe class WholePlanarTile<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private const int Pixels = 6;
    private const int NarrowPixels = 12;

    /// <summary>Taps of a run.</summary>
    public const int Taps = 3;

    /// <summary>Computes whole tiles from the first pixel on.</summary>
    /// <returns>How many pixels they were.</returns>
    public static int Wide(in PixelTarget<TLanes, TVector> target, in PlanarPatch patch, float* weights)
    {
        int lanes = TLanes.Count, count = patch.Count;
        long* runs = patch.Runs;
        long s1 = patch.Step, s2 = 2 * s1, s3 = 3 * s1, s4 = 4 * s1, s5 = 5 * s1;
        float* first = target.Input;
        float* y = target.Output;
        float* residual = target.Residual;
        long outputStride = target.OutputStride;
        Clamp<TLanes, TVector> clamp = target.Clamp;
        int pixel = 0;
        for (; pixel + Pixels <= target.Pixels; pixel += Pixels)
        {
            TVector c0a = TLanes.Load(weights);
            TVector c0b = TLanes.Load(weights + lanes);
            TVector c1a = c0a, c2a = c0a, c3a = c0a, c4a = c0a, c5a = c0a;
            TVector c1b = c0b, c2b = c0b, c3b = c0b, c4b = c0b, c5b = c0b;
            float* w = weights + (2 * lanes);
            for (int run = 0; run < count; run++)
            {
                float* x = first + runs[run];
                TVector a, wa, wb;
                wa = TLanes.Load(w);
                wb = TLanes.Load(w + lanes);
                a = TLanes.Broadcast(*x);
                c0a = TLanes.MultiplyAdd(a, wa, c0a);
                c0b = TLanes.MultiplyAdd(a, wb, c0b);
                a = TLanes.Broadcast(x[s1]);
                c1a = TLanes.MultiplyAdd(a, wa, c1a);
                c1b = TLanes.MultiplyAdd(a, wb, c1b);
                a = TLanes.Broadcast(x[s2]);
                c2a = TLanes.MultiplyAdd(a, wa, c2a);
                c2b = TLanes.MultiplyAdd(a, wb, c2b);
                a = TLanes.Broadcast(x[s3]);
                c3a = TLanes.MultiplyAdd(a, wa, c3a);
                c3b = TLanes.MultiplyAdd(a, wb, c3b);
                a = TLanes.Broadcast(x[s4]);
                c4a = TLanes.MultiplyAdd(a, wa, c4a);
                c4b = TLanes.MultiplyAdd(a, wb, c4b);
                a = TLanes.Broadcast(x[s5]);
                c5a = TLanes.MultiplyAdd(a, wa, c5a);
                c5b = TLanes.MultiplyAdd(a, wb, c5b);
                wa = TLanes.Load(w + (2 * lanes));
                wb = TLanes.Load(w + (3 * lanes));
                a = TLanes.Broadcast(x[1]);
                c0a = TLanes.MultiplyAdd(a, wa, c0a);
                c0b = TLanes.MultiplyAdd(a, wb, c0b);
                a = TLanes.Broadcast(x[s1 + 1]);
                c1a = TLanes.MultiplyAdd(a, wa, c1a);
                c1b = TLanes.MultiplyAdd(a, wb, c1b);
                a = TLanes.Broadcast(x[s2 + 1]);
                c2a = TLanes.MultiplyAdd(a, wa, c2a);
                c2b = TLanes.MultiplyAdd(a, wb, c2b);
                a = TLanes.Broadcast(x[s3 + 1]);
                c3a = TLanes.MultiplyAdd(a, wa, c3a);
                c3b = TLanes.MultiplyAdd(a, wb, c3b);
                a = TLanes.Broadcast(x[s4 + 1]);
                c4a = TLanes.MultiplyAdd(a, wa, c4a);
                c4b = TLanes.MultiplyAdd(a, wb, c4b);
                a = TLanes.Broadcast(x[s5 + 1]);
                c5a = TLanes.MultiplyAdd(a, wa, c5a);
                c5b = TLanes.MultiplyAdd(a, wb, c5b);
                wa = TLanes.Load(w + (4 * lanes));
                wb = TLanes.Load(w + (5 * lanes));
                a = TLanes.Broadcast(x[2]);
                c0a = TLanes.MultiplyAdd(a, wa, c0a);
                c0b = TLanes.MultiplyAdd(a, wb, c0b);
                a = TLanes.Broadcast(x[s1 + 2]);
                c1a = TLanes.MultiplyAdd(a, wa, c1a);
                c1b = TLanes.MultiplyAdd(a, wb, c1b);
                a = TLanes.Broadcast(x[s2 + 2]);
                c2a = TLanes.MultiplyAdd(a, wa, c2a);
                c2b = TLanes.MultiplyAdd(a, wb, c2b);
                a = TLanes.Broadcast(x[s3 + 2]);
                c3a = TLanes.MultiplyAdd(a, wa, c3a);
                c3b = TLanes.MultiplyAdd(a, wb, c3b);
                a = TLanes.Broadcast(x[s4 + 2]);
                c4a = TLanes.MultiplyAdd(a, wa, c4a);
                c4b = TLanes.MultiplyAdd(a, wb, c4b);
                a = TLanes.Broadcast(x[s5 + 2]);
                c5a = TLanes.MultiplyAdd(a, wa, c5a);
                c5b = TLanes.MultiplyAdd(a, wb, c5b);
                w += 6 * lanes;
            }

            first += Pixels * s1;
            if (residual is not null)
            {
                c0a = TLanes.Add(c0a, TLanes.Load(residual));
                c0b = TLanes.Add(c0b, TLanes.Load(residual + lanes));
                residual += outputStride;
                c1a = TLanes.Add(c1a, TLanes.Load(residual));
                c1b = TLanes.Add(c1b, TLanes.Load(residual + lanes));
                residual += outputStride;
                c2a = TLanes.Add(c2a, TLanes.Load(residual));
                c2b = TLanes.Add(c2b, TLanes.Load(residual + lanes));
                residual += outputStride;
                c3a = TLanes.Add(c3a, TLanes.Load(residual));
                c3b = TLanes.Add(c3b, TLanes.Load(residual + lanes));
                residual += outputStride;
                c4a = TLanes.Add(c4a, TLanes.Load(residual));
                c4b = TLanes.Add(c4b, TLanes.Load(residual + lanes));
                residual += outputStride;
                c5a = TLanes.Add(c5a, TLanes.Load(residual));
                c5b = TLanes.Add(c5b, TLanes.Load(residual + lanes));
                residual += outputStride;
            }

            TLanes.Store(y, clamp.Apply(c0a));
            TLanes.Store(y + lanes, clamp.Apply(c0b));
            y += outputStride;
            TLanes.Store(y, clamp.Apply(c1a));
            TLanes.Store(y + lanes, clamp.Apply(c1b));
            y += outputStride;
            TLanes.Store(y, clamp.Apply(c2a));
            TLanes.Store(y + lanes, clamp.Apply(c2b));
            y += outputStride;
            TLanes.Store(y, clamp.Apply(c3a));
            TLanes.Store(y + lanes, clamp.Apply(c3b));
            y += outputStride;
            TLanes.Store(y, clamp.Apply(c4a));
            TLanes.Store(y + lanes, clamp.Apply(c4b));
            y += outputStride;
            TLanes.Store(y, clamp.Apply(c5a));
            TLanes.Store(y + lanes, clamp.Apply(c5b));
            y += outputStride;
        }

        return pixel;
    }

    /// <summary>The same for a block of one vector, 12 pixels at a time.</summary>
    public static int Narrow(in PixelTarget<TLanes, TVector> target, in PlanarPatch patch, float* weights)
    {
        int lanes = TLanes.Count, count = patch.Count;
        long* runs = patch.Runs;
        long s1 = patch.Step, s2 = 2 * s1, s3 = 3 * s1, s4 = 4 * s1, s5 = 5 * s1, s6 = 6 * s1;
        float* first = target.Input;
        float* y = target.Output;
        float* residual = target.Residual;
        long outputStride = target.OutputStride;
        Clamp<TLanes, TVector> clamp = target.Clamp;
        int pixel = 0;
        for (; pixel + NarrowPixels <= target.Pixels; pixel += NarrowPixels)
        {
            TVector c0 = TLanes.Load(weights);
            TVector c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0;
            TVector c6 = c0, c7 = c0, c8 = c0, c9 = c0, c10 = c0, c11 = c0;
            float* w = weights + lanes;
            for (int run = 0; run < count; run++)
            {
                float* x = first + runs[run];
                float* z = x + s6;
                TVector wa;
                wa = TLanes.Load(w);
                c0 = TLanes.MultiplyAdd(TLanes.Broadcast(*x), wa, c0);
                c1 = TLanes.MultiplyAdd(TLanes.Broadcast(x[s1]), wa, c1);
                c2 = TLanes.MultiplyAdd(TLanes.Broadcast(x[s2]), wa, c2);
                c3 = TLanes.MultiplyAdd(TLanes.Broadcast(x[s3]), wa, c3);
                c4 = TLanes.MultiplyAdd(TLanes.Broadcast(x[s4]), wa, c4);
                c5 = TLanes.MultiplyAdd(TLanes.Broadcast(x[s5]), wa, c5);
                c6 = TLanes.MultiplyAdd(TLanes.Broadcast(*z), wa, c6);
                c7 = TLanes.MultiplyAdd(TLanes.Broadcast(z[s1]), wa, c7);
                c8 = TLanes.MultiplyAdd(TLanes.Broadcast(z[s2]), wa, c8);
                c9 = TLanes.MultiplyAdd(TLanes.Broadcast(z[s3]), wa, c9);
                c10 = TLanes.MultiplyAdd(TLanes.Broadcast(z[s4]), wa, c10);
                c11 = TLanes.MultiplyAdd(TLanes.Broadcast(z[s5]), wa, c11);
                wa = TLanes.Load(w + lanes);
                c0 = TLanes.MultiplyAdd(TLanes.Broadcast(x[1]), wa, c0);
                c1 = TLanes.MultiplyAdd(TLanes.Broadcast(x[s1 + 1]), wa, c1);
                c2 = TLanes.MultiplyAdd(TLanes.Broadcast(x[s2 + 1]), wa, c2);
                c3 = TLanes.MultiplyAdd(TLanes.Broadcast(x[s3 + 1]), wa, c3);
                c4 = TLanes.MultiplyAdd(TLanes.Broadcast(x[s4 + 1]), wa, c4);
                c5 = TLanes.MultiplyAdd(TLanes.Broadcast(x[s5 + 1]), wa, c5);
                c6 = TLanes.MultiplyAdd(TLanes.Broadcast(z[1]), wa, c6);
                c7 = TLanes.MultiplyAdd(TLanes.Broadcast(z[s1 + 1]), wa, c7);
                c8 = TLanes.MultiplyAdd(TLanes.Broadcast(z[s2 + 1]), wa, c8);
                c9 = TLanes.MultiplyAdd(TLanes.Broadcast(z[s3 + 1]), wa, c9);
                c10 = TLanes.MultiplyAdd(TLanes.Broadcast(z[s4 + 1]), wa, c10);
                c11 = TLanes.MultiplyAdd(TLanes.Broadcast(z[s5 + 1]), wa, c11);
                wa = TLanes.Load(w + (2 * lanes));
                c0 = TLanes.MultiplyAdd(TLanes.Broadcast(x[2]), wa, c0);
                c1 = TLanes.MultiplyAdd(TLanes.Broadcast(x[s1 + 2]), wa, c1);
                c2 = TLanes.MultiplyAdd(TLanes.Broadcast(x[s2 + 2]), wa, c2);
                c3 = TLanes.MultiplyAdd(TLanes.Broadcast(x[s3 + 2]), wa, c3);
                c4 = TLanes.MultiplyAdd(TLanes.Broadcast(x[s4 + 2]), wa, c4);
                c5 = TLanes.MultiplyAdd(TLanes.Broadcast(x[s5 + 2]), wa, c5);
                c6 = TLanes.MultiplyAdd(TLanes.Broadcast(z[2]), wa, c6);
                c7 = TLanes.MultiplyAdd(TLanes.Broadcast(z[s1 + 2]), wa, c7);
                c8 = TLanes.MultiplyAdd(TLanes.Broadcast(z[s2 + 2]), wa, c8);
                c9 = TLanes.MultiplyAdd(TLanes.Broadcast(z[s3 + 2]), wa, c9);
                c10 = TLanes.MultiplyAdd(TLanes.Broadcast(z[s4 + 2]), wa, c10);
                c11 = TLanes.MultiplyAdd(TLanes.Broadcast(z[s5 + 2]), wa, c11);
                w += 3 * lanes;
            }

            first += NarrowPixels * s1;
            if (residual is not null)
            {
                c0 = TLanes.Add(c0, TLanes.Load(residual));
                residual += outputStride;
                c1 = TLanes.Add(c1, TLanes.Load(residual));
                residual += outputStride;
                c2 = TLanes.Add(c2, TLanes.Load(residual));
                residual += outputStride;
                c3 = TLanes.Add(c3, TLanes.Load(residual));
                residual += outputStride;
                c4 = TLanes.Add(c4, TLanes.Load(residual));
                residual += outputStride;
                c5 = TLanes.Add(c5, TLanes.Load(residual));
                residual += outputStride;
                c6 = TLanes.Add(c6, TLanes.Load(residual));
                residual += outputStride;
                c7 = TLanes.Add(c7, TLanes.Load(residual));
                residual += outputStride;
                c8 = TLanes.Add(c8, TLanes.Load(residual));
                residual += outputStride;
                c9 = TLanes.Add(c9, TLanes.Load(residual));
                residual += outputStride;
                c10 = TLanes.Add(c10, TLanes.Load(residual));
                residual += outputStride;
                c11 = TLanes.Add(c11, TLanes.Load(residual));
                residual += outputStride;
            }

            TLanes.Store(y, clamp.Apply(c0));
            y += outputStride;
            TLanes.Store(y, clamp.Apply(c1));
            y += outputStride;
            TLanes.Store(y, clamp.Apply(c2));
            y += outputStride;
            TLanes.Store(y, clamp.Apply(c3));
            y += outputStride;
            TLanes.Store(y, clamp.Apply(c4));
            y += outputStride;
            TLanes.Store(y, clamp.Apply(c5));
            y += outputStride;
            TLanes.Store(y, clamp.Apply(c6));
            y += outputStride;
            TLanes.Store(y, clamp.Apply(c7));
            y += outputStride;
            TLanes.Store(y, clamp.Apply(c8));
            y += outputStride;
            TLanes.Store(y, clamp.Apply(c9));
            y += outputStride;
            TLanes.Store(y, clamp.Apply(c10));
            y += outputStride;
            TLanes.Store(y, clamp.Apply(c11));
            y += outputStride;
        }

        return pixel;
    }
}
