using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using EdgeConv.Kernels.Elementwise;
using EdgeConv.Kernels.Lanes;
using Target = EdgeConv.Kernels.Pointwise.PixelTarget<
    EdgeConv.Kernels.Lanes.NeonLanes, System.Runtime.Intrinsics.Vector128<float>>;

namespace EdgeConv.Kernels.Pointwise;

/// <summary>
/// 6 pixels x two blocks of 8 output channels where all of both exist, tile after tile: 24 accumulators, four
/// channels of each pixel and two vectors of weights fill the 32 registers. Sums are added up in the order of
/// <see cref="Tile8x8Neon"/>.
/// </summary>
internal static unsafe class Whole6x16Neon
{
    /// <summary>Pixels of a tile.</summary>
    public const int Pixels = 6;

    private const int Step = 8;

    /// <summary>Computes whole tiles from the first pixel on.</summary>
    /// <param name="target">Where from and where to: 16 channels.</param>
    /// <param name="low">The packed block of the first 8.</param>
    /// <param name="high">That of the others.</param>
    /// <param name="pixels">Pixels of the tiles.</param>
    public static void Run(in Target target, float* low, float* high, int pixels)
    {
        long stride = target.InputStride, step = target.OutputStride;
        int runs = target.Runs, rest = target.RunLength % Step;
        long length = 8L * (target.RunLength - rest);
        float* first = target.Input;
        float* y = target.Output;
        float* r = target.Residual;
        for (; pixels > 0; pixels -= Pixels)
        {
            float* a0 = first;
            float* a1 = a0 + stride;
            float* a2 = a1 + stride;
            float* a3 = a2 + stride;
            float* a4 = a3 + stride;
            float* a5 = a4 + stride;
            first = a5 + stride;
            (Vector128<float> c0a, Vector128<float> c0b) = AdvSimd.Arm64.LoadPairVector128(low);
            (Vector128<float> c1a, Vector128<float> c1b) = AdvSimd.Arm64.LoadPairVector128(low);
            (Vector128<float> c2a, Vector128<float> c2b) = AdvSimd.Arm64.LoadPairVector128(low);
            (Vector128<float> c3a, Vector128<float> c3b) = AdvSimd.Arm64.LoadPairVector128(low);
            (Vector128<float> c4a, Vector128<float> c4b) = AdvSimd.Arm64.LoadPairVector128(low);
            (Vector128<float> c5a, Vector128<float> c5b) = AdvSimd.Arm64.LoadPairVector128(low);
            (Vector128<float> c0c, Vector128<float> c0d) = AdvSimd.Arm64.LoadPairVector128(high);
            (Vector128<float> c1c, Vector128<float> c1d) = AdvSimd.Arm64.LoadPairVector128(high);
            (Vector128<float> c2c, Vector128<float> c2d) = AdvSimd.Arm64.LoadPairVector128(high);
            (Vector128<float> c3c, Vector128<float> c3d) = AdvSimd.Arm64.LoadPairVector128(high);
            (Vector128<float> c4c, Vector128<float> c4d) = AdvSimd.Arm64.LoadPairVector128(high);
            (Vector128<float> c5c, Vector128<float> c5d) = AdvSimd.Arm64.LoadPairVector128(high);
            float* wl = low + 8;
            float* wh = high + 8;
            for (int run = runs; ; )
            {
                float* end = wl + length;
                while (wl != end)
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
                    Vector128<float> l0a = Vector128.Load(wl);
                    Vector128<float> l0b = Vector128.Load(wl + 4);
                    c0a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0a, l0a, x0, 0);
                    c1a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1a, l0a, x1, 0);
                    c2a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2a, l0a, x2, 0);
                    c3a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3a, l0a, x3, 0);
                    c4a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4a, l0a, x4, 0);
                    c5a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5a, l0a, x5, 0);
                    c0b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0b, l0b, x0, 0);
                    c1b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1b, l0b, x1, 0);
                    c2b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2b, l0b, x2, 0);
                    c3b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3b, l0b, x3, 0);
                    c4b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4b, l0b, x4, 0);
                    c5b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5b, l0b, x5, 0);
                    Vector128<float> h0a = Vector128.Load(wh);
                    Vector128<float> h0b = Vector128.Load(wh + 4);
                    c0c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0c, h0a, x0, 0);
                    c1c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1c, h0a, x1, 0);
                    c2c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2c, h0a, x2, 0);
                    c3c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3c, h0a, x3, 0);
                    c4c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4c, h0a, x4, 0);
                    c5c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5c, h0a, x5, 0);
                    c0d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0d, h0b, x0, 0);
                    c1d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1d, h0b, x1, 0);
                    c2d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2d, h0b, x2, 0);
                    c3d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3d, h0b, x3, 0);
                    c4d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4d, h0b, x4, 0);
                    c5d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5d, h0b, x5, 0);
                    Vector128<float> l1a = Vector128.Load(wl + 8);
                    Vector128<float> l1b = Vector128.Load(wl + 12);
                    c0a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0a, l1a, x0, 1);
                    c1a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1a, l1a, x1, 1);
                    c2a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2a, l1a, x2, 1);
                    c3a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3a, l1a, x3, 1);
                    c4a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4a, l1a, x4, 1);
                    c5a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5a, l1a, x5, 1);
                    c0b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0b, l1b, x0, 1);
                    c1b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1b, l1b, x1, 1);
                    c2b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2b, l1b, x2, 1);
                    c3b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3b, l1b, x3, 1);
                    c4b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4b, l1b, x4, 1);
                    c5b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5b, l1b, x5, 1);
                    Vector128<float> h1a = Vector128.Load(wh + 8);
                    Vector128<float> h1b = Vector128.Load(wh + 12);
                    c0c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0c, h1a, x0, 1);
                    c1c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1c, h1a, x1, 1);
                    c2c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2c, h1a, x2, 1);
                    c3c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3c, h1a, x3, 1);
                    c4c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4c, h1a, x4, 1);
                    c5c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5c, h1a, x5, 1);
                    c0d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0d, h1b, x0, 1);
                    c1d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1d, h1b, x1, 1);
                    c2d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2d, h1b, x2, 1);
                    c3d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3d, h1b, x3, 1);
                    c4d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4d, h1b, x4, 1);
                    c5d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5d, h1b, x5, 1);
                    Vector128<float> l2a = Vector128.Load(wl + 16);
                    Vector128<float> l2b = Vector128.Load(wl + 20);
                    c0a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0a, l2a, x0, 2);
                    c1a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1a, l2a, x1, 2);
                    c2a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2a, l2a, x2, 2);
                    c3a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3a, l2a, x3, 2);
                    c4a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4a, l2a, x4, 2);
                    c5a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5a, l2a, x5, 2);
                    c0b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0b, l2b, x0, 2);
                    c1b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1b, l2b, x1, 2);
                    c2b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2b, l2b, x2, 2);
                    c3b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3b, l2b, x3, 2);
                    c4b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4b, l2b, x4, 2);
                    c5b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5b, l2b, x5, 2);
                    Vector128<float> h2a = Vector128.Load(wh + 16);
                    Vector128<float> h2b = Vector128.Load(wh + 20);
                    c0c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0c, h2a, x0, 2);
                    c1c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1c, h2a, x1, 2);
                    c2c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2c, h2a, x2, 2);
                    c3c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3c, h2a, x3, 2);
                    c4c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4c, h2a, x4, 2);
                    c5c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5c, h2a, x5, 2);
                    c0d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0d, h2b, x0, 2);
                    c1d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1d, h2b, x1, 2);
                    c2d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2d, h2b, x2, 2);
                    c3d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3d, h2b, x3, 2);
                    c4d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4d, h2b, x4, 2);
                    c5d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5d, h2b, x5, 2);
                    Vector128<float> l3a = Vector128.Load(wl + 24);
                    Vector128<float> l3b = Vector128.Load(wl + 28);
                    c0a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0a, l3a, x0, 3);
                    c1a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1a, l3a, x1, 3);
                    c2a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2a, l3a, x2, 3);
                    c3a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3a, l3a, x3, 3);
                    c4a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4a, l3a, x4, 3);
                    c5a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5a, l3a, x5, 3);
                    c0b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0b, l3b, x0, 3);
                    c1b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1b, l3b, x1, 3);
                    c2b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2b, l3b, x2, 3);
                    c3b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3b, l3b, x3, 3);
                    c4b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4b, l3b, x4, 3);
                    c5b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5b, l3b, x5, 3);
                    Vector128<float> h3a = Vector128.Load(wh + 24);
                    Vector128<float> h3b = Vector128.Load(wh + 28);
                    c0c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0c, h3a, x0, 3);
                    c1c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1c, h3a, x1, 3);
                    c2c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2c, h3a, x2, 3);
                    c3c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3c, h3a, x3, 3);
                    c4c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4c, h3a, x4, 3);
                    c5c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5c, h3a, x5, 3);
                    c0d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0d, h3b, x0, 3);
                    c1d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1d, h3b, x1, 3);
                    c2d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2d, h3b, x2, 3);
                    c3d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3d, h3b, x3, 3);
                    c4d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4d, h3b, x4, 3);
                    c5d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5d, h3b, x5, 3);
                    Vector128<float> z0 = Vector128.Load(a0);
                    a0 += 4;
                    Vector128<float> z1 = Vector128.Load(a1);
                    a1 += 4;
                    Vector128<float> z2 = Vector128.Load(a2);
                    a2 += 4;
                    Vector128<float> z3 = Vector128.Load(a3);
                    a3 += 4;
                    Vector128<float> z4 = Vector128.Load(a4);
                    a4 += 4;
                    Vector128<float> z5 = Vector128.Load(a5);
                    a5 += 4;
                    Vector128<float> l4a = Vector128.Load(wl + 32);
                    Vector128<float> l4b = Vector128.Load(wl + 36);
                    c0a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0a, l4a, z0, 0);
                    c1a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1a, l4a, z1, 0);
                    c2a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2a, l4a, z2, 0);
                    c3a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3a, l4a, z3, 0);
                    c4a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4a, l4a, z4, 0);
                    c5a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5a, l4a, z5, 0);
                    c0b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0b, l4b, z0, 0);
                    c1b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1b, l4b, z1, 0);
                    c2b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2b, l4b, z2, 0);
                    c3b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3b, l4b, z3, 0);
                    c4b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4b, l4b, z4, 0);
                    c5b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5b, l4b, z5, 0);
                    Vector128<float> h4a = Vector128.Load(wh + 32);
                    Vector128<float> h4b = Vector128.Load(wh + 36);
                    c0c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0c, h4a, z0, 0);
                    c1c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1c, h4a, z1, 0);
                    c2c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2c, h4a, z2, 0);
                    c3c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3c, h4a, z3, 0);
                    c4c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4c, h4a, z4, 0);
                    c5c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5c, h4a, z5, 0);
                    c0d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0d, h4b, z0, 0);
                    c1d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1d, h4b, z1, 0);
                    c2d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2d, h4b, z2, 0);
                    c3d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3d, h4b, z3, 0);
                    c4d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4d, h4b, z4, 0);
                    c5d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5d, h4b, z5, 0);
                    Vector128<float> l5a = Vector128.Load(wl + 40);
                    Vector128<float> l5b = Vector128.Load(wl + 44);
                    c0a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0a, l5a, z0, 1);
                    c1a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1a, l5a, z1, 1);
                    c2a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2a, l5a, z2, 1);
                    c3a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3a, l5a, z3, 1);
                    c4a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4a, l5a, z4, 1);
                    c5a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5a, l5a, z5, 1);
                    c0b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0b, l5b, z0, 1);
                    c1b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1b, l5b, z1, 1);
                    c2b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2b, l5b, z2, 1);
                    c3b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3b, l5b, z3, 1);
                    c4b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4b, l5b, z4, 1);
                    c5b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5b, l5b, z5, 1);
                    Vector128<float> h5a = Vector128.Load(wh + 40);
                    Vector128<float> h5b = Vector128.Load(wh + 44);
                    c0c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0c, h5a, z0, 1);
                    c1c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1c, h5a, z1, 1);
                    c2c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2c, h5a, z2, 1);
                    c3c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3c, h5a, z3, 1);
                    c4c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4c, h5a, z4, 1);
                    c5c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5c, h5a, z5, 1);
                    c0d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0d, h5b, z0, 1);
                    c1d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1d, h5b, z1, 1);
                    c2d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2d, h5b, z2, 1);
                    c3d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3d, h5b, z3, 1);
                    c4d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4d, h5b, z4, 1);
                    c5d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5d, h5b, z5, 1);
                    Vector128<float> l6a = Vector128.Load(wl + 48);
                    Vector128<float> l6b = Vector128.Load(wl + 52);
                    c0a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0a, l6a, z0, 2);
                    c1a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1a, l6a, z1, 2);
                    c2a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2a, l6a, z2, 2);
                    c3a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3a, l6a, z3, 2);
                    c4a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4a, l6a, z4, 2);
                    c5a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5a, l6a, z5, 2);
                    c0b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0b, l6b, z0, 2);
                    c1b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1b, l6b, z1, 2);
                    c2b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2b, l6b, z2, 2);
                    c3b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3b, l6b, z3, 2);
                    c4b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4b, l6b, z4, 2);
                    c5b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5b, l6b, z5, 2);
                    Vector128<float> h6a = Vector128.Load(wh + 48);
                    Vector128<float> h6b = Vector128.Load(wh + 52);
                    c0c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0c, h6a, z0, 2);
                    c1c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1c, h6a, z1, 2);
                    c2c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2c, h6a, z2, 2);
                    c3c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3c, h6a, z3, 2);
                    c4c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4c, h6a, z4, 2);
                    c5c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5c, h6a, z5, 2);
                    c0d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0d, h6b, z0, 2);
                    c1d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1d, h6b, z1, 2);
                    c2d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2d, h6b, z2, 2);
                    c3d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3d, h6b, z3, 2);
                    c4d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4d, h6b, z4, 2);
                    c5d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5d, h6b, z5, 2);
                    Vector128<float> l7a = Vector128.Load(wl + 56);
                    Vector128<float> l7b = Vector128.Load(wl + 60);
                    c0a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0a, l7a, z0, 3);
                    c1a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1a, l7a, z1, 3);
                    c2a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2a, l7a, z2, 3);
                    c3a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3a, l7a, z3, 3);
                    c4a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4a, l7a, z4, 3);
                    c5a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5a, l7a, z5, 3);
                    c0b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0b, l7b, z0, 3);
                    c1b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1b, l7b, z1, 3);
                    c2b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2b, l7b, z2, 3);
                    c3b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3b, l7b, z3, 3);
                    c4b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4b, l7b, z4, 3);
                    c5b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5b, l7b, z5, 3);
                    Vector128<float> h7a = Vector128.Load(wh + 56);
                    Vector128<float> h7b = Vector128.Load(wh + 60);
                    c0c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0c, h7a, z0, 3);
                    c1c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1c, h7a, z1, 3);
                    c2c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2c, h7a, z2, 3);
                    c3c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3c, h7a, z3, 3);
                    c4c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4c, h7a, z4, 3);
                    c5c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5c, h7a, z5, 3);
                    c0d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0d, h7b, z0, 3);
                    c1d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1d, h7b, z1, 3);
                    c2d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2d, h7b, z2, 3);
                    c3d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3d, h7b, z3, 3);
                    c4d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4d, h7b, z4, 3);
                    c5d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5d, h7b, z5, 3);
                    wl += 64;
                    wh += 64;
                }

                for (int k = rest; k > 0; k--)
                {
                    Vector128<float> la = Vector128.Load(wl);
                    Vector128<float> lb = Vector128.Load(wl + 4);
                    wl += 8;
                    Vector128<float> x0 = Vector128.CreateScalarUnsafe(*a0++);
                    c0a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0a, la, x0, 0);
                    c0b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0b, lb, x0, 0);
                    Vector128<float> x1 = Vector128.CreateScalarUnsafe(*a1++);
                    c1a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1a, la, x1, 0);
                    c1b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1b, lb, x1, 0);
                    Vector128<float> x2 = Vector128.CreateScalarUnsafe(*a2++);
                    c2a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2a, la, x2, 0);
                    c2b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2b, lb, x2, 0);
                    Vector128<float> x3 = Vector128.CreateScalarUnsafe(*a3++);
                    c3a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3a, la, x3, 0);
                    c3b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3b, lb, x3, 0);
                    Vector128<float> x4 = Vector128.CreateScalarUnsafe(*a4++);
                    c4a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4a, la, x4, 0);
                    c4b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4b, lb, x4, 0);
                    Vector128<float> x5 = Vector128.CreateScalarUnsafe(*a5++);
                    c5a = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5a, la, x5, 0);
                    c5b = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5b, lb, x5, 0);
                    Vector128<float> ha = Vector128.Load(wh);
                    Vector128<float> hb = Vector128.Load(wh + 4);
                    wh += 8;
                    c0c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0c, ha, x0, 0);
                    c0d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0d, hb, x0, 0);
                    c1c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1c, ha, x1, 0);
                    c1d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1d, hb, x1, 0);
                    c2c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2c, ha, x2, 0);
                    c2d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2d, hb, x2, 0);
                    c3c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3c, ha, x3, 0);
                    c3d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3d, hb, x3, 0);
                    c4c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4c, ha, x4, 0);
                    c4d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4d, hb, x4, 0);
                    c5c = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5c, ha, x5, 0);
                    c5d = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5d, hb, x5, 0);
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
            }

            if (r is not null)
            {
                c0a = AdvSimd.Add(c0a, Vector128.Load(r));
                c0b = AdvSimd.Add(c0b, Vector128.Load(r + 4));
                c0c = AdvSimd.Add(c0c, Vector128.Load(r + 8));
                c0d = AdvSimd.Add(c0d, Vector128.Load(r + 12));
                r += step;
                c1a = AdvSimd.Add(c1a, Vector128.Load(r));
                c1b = AdvSimd.Add(c1b, Vector128.Load(r + 4));
                c1c = AdvSimd.Add(c1c, Vector128.Load(r + 8));
                c1d = AdvSimd.Add(c1d, Vector128.Load(r + 12));
                r += step;
                c2a = AdvSimd.Add(c2a, Vector128.Load(r));
                c2b = AdvSimd.Add(c2b, Vector128.Load(r + 4));
                c2c = AdvSimd.Add(c2c, Vector128.Load(r + 8));
                c2d = AdvSimd.Add(c2d, Vector128.Load(r + 12));
                r += step;
                c3a = AdvSimd.Add(c3a, Vector128.Load(r));
                c3b = AdvSimd.Add(c3b, Vector128.Load(r + 4));
                c3c = AdvSimd.Add(c3c, Vector128.Load(r + 8));
                c3d = AdvSimd.Add(c3d, Vector128.Load(r + 12));
                r += step;
                c4a = AdvSimd.Add(c4a, Vector128.Load(r));
                c4b = AdvSimd.Add(c4b, Vector128.Load(r + 4));
                c4c = AdvSimd.Add(c4c, Vector128.Load(r + 8));
                c4d = AdvSimd.Add(c4d, Vector128.Load(r + 12));
                r += step;
                c5a = AdvSimd.Add(c5a, Vector128.Load(r));
                c5b = AdvSimd.Add(c5b, Vector128.Load(r + 4));
                c5c = AdvSimd.Add(c5c, Vector128.Load(r + 8));
                c5d = AdvSimd.Add(c5d, Vector128.Load(r + 12));
                r += step;
            }

            if (target.HasClamp)
            {
                Clamp<NeonLanes, Vector128<float>> clamp = target.Clamp;
                c0a = clamp.Apply(c0a);
                c0b = clamp.Apply(c0b);
                c0c = clamp.Apply(c0c);
                c0d = clamp.Apply(c0d);
                c1a = clamp.Apply(c1a);
                c1b = clamp.Apply(c1b);
                c1c = clamp.Apply(c1c);
                c1d = clamp.Apply(c1d);
                c2a = clamp.Apply(c2a);
                c2b = clamp.Apply(c2b);
                c2c = clamp.Apply(c2c);
                c2d = clamp.Apply(c2d);
                c3a = clamp.Apply(c3a);
                c3b = clamp.Apply(c3b);
                c3c = clamp.Apply(c3c);
                c3d = clamp.Apply(c3d);
                c4a = clamp.Apply(c4a);
                c4b = clamp.Apply(c4b);
                c4c = clamp.Apply(c4c);
                c4d = clamp.Apply(c4d);
                c5a = clamp.Apply(c5a);
                c5b = clamp.Apply(c5b);
                c5c = clamp.Apply(c5c);
                c5d = clamp.Apply(c5d);
            }

            c0a.Store(y);
            c0b.Store(y + 4);
            c0c.Store(y + 8);
            c0d.Store(y + 12);
            y += step;
            c1a.Store(y);
            c1b.Store(y + 4);
            c1c.Store(y + 8);
            c1d.Store(y + 12);
            y += step;
            c2a.Store(y);
            c2b.Store(y + 4);
            c2c.Store(y + 8);
            c2d.Store(y + 12);
            y += step;
            c3a.Store(y);
            c3b.Store(y + 4);
            c3c.Store(y + 8);
            c3d.Store(y + 12);
            y += step;
            c4a.Store(y);
            c4b.Store(y + 4);
            c4c.Store(y + 8);
            c4d.Store(y + 12);
            y += step;
            c5a.Store(y);
            c5b.Store(y + 4);
            c5c.Store(y + 8);
            c5d.Store(y + 12);
            y += step;
        }
    }
}
