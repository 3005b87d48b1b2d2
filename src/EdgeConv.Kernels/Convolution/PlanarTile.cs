using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using EdgeConv.Kernels.Lanes;
using EdgeConv.Kernels.Pointwise;

namespace EdgeConv.Kernels.Convolution;

/// <summary>Where the inputs of one pixel lie in planes, and those of the next.</summary>
internal readonly unsafe struct PlanarPatch
{
    /// <summary>Floats from the first input to each run of taps.</summary>
    public long* Runs { get; init; }

    /// <summary>Number of runs.</summary>
    public int Count { get; init; }

    /// <summary>Inputs of a run, side by side.</summary>
    public int Taps { get; init; }

    /// <summary>Floats from a pixel's inputs to those of the next.</summary>
    public int Step { get; init; }
}

/// <summary>
/// 6 pixels of a row x two vectors of output channels, or one: each input is one float of a plane, broadcast.
/// Weights are packed as for 1x1 convolutions; pixels beyond the last repeat it and are not stored.
/// </summary>
internal static unsafe class PlanarTile<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private const int Pixels = 6;

    /// <summary>Output channels of a wide block.</summary>
    public static int BlockChannels => 2 * TLanes.Count;

    /// <summary>Computes a block of two vectors of channels for the pixels of a row.</summary>
    public static void Wide(in PixelTarget<TLanes, TVector> target, in PlanarPatch patch, float* weights)
    {
        bool isWhole = patch.Taps == WholePlanarTile<TLanes, TVector>.Taps && target.IsWhole(BlockChannels);
        if (isWhole && TLanes.Set == KernelSet.Neon && patch.Step == WholePlanarNeon.Step
            && target.Pixels >= WholePlanarNeon.Pixels && target.Residual is null)
        {
            ref PixelTarget<TLanes, TVector> same = ref Unsafe.AsRef(in target);
            WholePlanarNeon.Run(
                Unsafe.As<PixelTarget<TLanes, TVector>, PixelTarget<NeonLanes, Vector128<float>>>(ref same),
                patch,
                weights);
            return;
        }

        int pixel = isWhole ? WholePlanarTile<TLanes, TVector>.Wide(target, patch, weights) : 0;
        for (; pixel < target.Pixels; pixel += Pixels)
            Tile6x2(target, patch, weights, pixel, target.Pixels - pixel);
    }

    /// <summary>The same for a block of one vector.</summary>
    public static void Narrow(in PixelTarget<TLanes, TVector> target, in PlanarPatch patch, float* weights)
    {
        bool isWhole = patch.Taps == WholePlanarTile<TLanes, TVector>.Taps && target.IsWhole(TLanes.Count);
        int pixel = isWhole ? WholePlanarTile<TLanes, TVector>.Narrow(target, patch, weights) : 0;
        for (; pixel < target.Pixels; pixel += Pixels)
            Tile6x1(target, patch, weights, pixel, target.Pixels - pixel);
    }

    // Twelve accumulators, two vectors of weights, one input.
    private static void Tile6x2(
        in PixelTarget<TLanes, TVector> target, in PlanarPatch patch, float* w, int pixel, int pixels)
    {
        int lanes = TLanes.Count, taps = patch.Taps, left = patch.Count;
        long* run = patch.Runs;
        float* first = target.Input + ((long)pixel * patch.Step);
        long s1 = pixels > 1 ? patch.Step : 0, s2 = pixels > 2 ? s1 + patch.Step : s1;
        long s3 = pixels > 3 ? s2 + patch.Step : s2, s4 = pixels > 4 ? s3 + patch.Step : s3;
        long s5 = pixels > 5 ? s4 + patch.Step : s4;
        TVector c0a = TLanes.Load(w);
        TVector c0b = TLanes.Load(w + lanes);
        TVector c1a = c0a, c2a = c0a, c3a = c0a, c4a = c0a, c5a = c0a;
        TVector c1b = c0b, c2b = c0b, c3b = c0b, c4b = c0b, c5b = c0b;
        w += 2 * lanes;
        for (;; run++)
        {
            float* x = first + *run;
            for (int tap = taps; tap > 0; tap--, x++)
            {
                TVector wa = TLanes.Load(w);
                TVector wb = TLanes.Load(w + lanes);
                w += 2 * lanes;
                TVector a = TLanes.Broadcast(*x);
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
            }

            if (--left == 0)
                break;
        }

        target.Store(pixel, c0a, c0b);
        if (pixels > 1)
            target.Store(pixel + 1, c1a, c1b);
        if (pixels > 2)
            target.Store(pixel + 2, c2a, c2b);
        if (pixels > 3)
            target.Store(pixel + 3, c3a, c3b);
        if (pixels > 4)
            target.Store(pixel + 4, c4a, c4b);
        if (pixels > 5)
            target.Store(pixel + 5, c5a, c5b);
    }

    // Six accumulators and one vector of weights.
    private static void Tile6x1(
        in PixelTarget<TLanes, TVector> target, in PlanarPatch patch, float* w, int pixel, int pixels)
    {
        int lanes = TLanes.Count, taps = patch.Taps, left = patch.Count;
        long* run = patch.Runs;
        float* first = target.Input + ((long)pixel * patch.Step);
        long s1 = pixels > 1 ? patch.Step : 0, s2 = pixels > 2 ? s1 + patch.Step : s1;
        long s3 = pixels > 3 ? s2 + patch.Step : s2, s4 = pixels > 4 ? s3 + patch.Step : s3;
        long s5 = pixels > 5 ? s4 + patch.Step : s4;
        TVector c0 = TLanes.Load(w);
        TVector c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0;
        w += lanes;
        for (;; run++)
        {
            float* x = first + *run;
            for (int tap = taps; tap > 0; tap--, x++)
            {
                TVector wa = TLanes.Load(w);
                w += lanes;
                c0 = TLanes.MultiplyAdd(TLanes.Broadcast(*x), wa, c0);
                c1 = TLanes.MultiplyAdd(TLanes.Broadcast(x[s1]), wa, c1);
                c2 = TLanes.MultiplyAdd(TLanes.Broadcast(x[s2]), wa, c2);
                c3 = TLanes.MultiplyAdd(TLanes.Broadcast(x[s3]), wa, c3);
                c4 = TLanes.MultiplyAdd(TLanes.Broadcast(x[s4]), wa, c4);
                c5 = TLanes.MultiplyAdd(TLanes.Broadcast(x[s5]), wa, c5);
            }

            if (--left == 0)
                break;
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
}
