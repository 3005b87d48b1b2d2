using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using EdgeConv.Kernels.Elementwise;
using EdgeConv.Kernels.Lanes;
using Target = EdgeConv.Kernels.Pointwise.PixelTarget<
    EdgeConv.Kernels.Lanes.NeonLanes, System.Runtime.Intrinsics.Vector128<float>>;

namespace EdgeConv.Kernels.Convolution;

/// <summary>
/// 8 pixels x 8 output channels where all of both exist, for runs of three taps and pixels two inputs apart,
/// without a residual: inputs of even and of odd place are loaded into vectors of their own, so that neighbours
/// in a vector belong to neighbouring pixels, and the multiply-add selects a pixel.
/// </summary>
internal static unsafe class WholePlanarNeon
{
    /// <summary>Pixels of a tile.</summary>
    public const int Pixels = 8;

    /// <summary>Floats from a pixel's inputs to those of the next.</summary>
    public const int Step = 2;

    /// <summary>Computes all pixels, at least <see cref="Pixels"/>.</summary>
    public static void Run(in Target target, in PlanarPatch patch, float* weights)
    {
        int count = patch.Count;
        long* runs = patch.Runs;
        long step = target.OutputStride;
        Clamp<NeonLanes, Vector128<float>> clamp = target.Clamp;
        float* first = target.Input;
        float* y = target.Output;
        for (int left = target.Pixels; ;)
        {
            (Vector128<float> c0l, Vector128<float> c0h) = AdvSimd.Arm64.LoadPairVector128(weights);
            (Vector128<float> c1l, Vector128<float> c1h) = AdvSimd.Arm64.LoadPairVector128(weights);
            (Vector128<float> c2l, Vector128<float> c2h) = AdvSimd.Arm64.LoadPairVector128(weights);
            (Vector128<float> c3l, Vector128<float> c3h) = AdvSimd.Arm64.LoadPairVector128(weights);
            (Vector128<float> c4l, Vector128<float> c4h) = AdvSimd.Arm64.LoadPairVector128(weights);
            (Vector128<float> c5l, Vector128<float> c5h) = AdvSimd.Arm64.LoadPairVector128(weights);
            (Vector128<float> c6l, Vector128<float> c6h) = AdvSimd.Arm64.LoadPairVector128(weights);
            (Vector128<float> c7l, Vector128<float> c7h) = AdvSimd.Arm64.LoadPairVector128(weights);
            float* w = weights + 8;
            for (int run = 0; run < count; run++)
            {
                float* x = first + runs[run];
                (Vector128<float> xe, Vector128<float> xo) = AdvSimd.Arm64.Load2xVector128AndUnzip(x);
                (Vector128<float> ze, Vector128<float> zo) = AdvSimd.Arm64.Load2xVector128AndUnzip(x + 8);
                Vector128<float> end = Vector128.CreateScalarUnsafe(x[16]);
                Vector128<float> xn = AdvSimd.ExtractVector128(xe, ze, 1);
                Vector128<float> zn = AdvSimd.ExtractVector128(ze, end, 1);
                Vector128<float> w0l = Vector128.Load(w);
                Vector128<float> w0h = Vector128.Load(w + 4);
                c0l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0l, w0l, xe, 0);
                c1l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1l, w0l, xe, 1);
                c2l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2l, w0l, xe, 2);
                c3l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3l, w0l, xe, 3);
                c4l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4l, w0l, ze, 0);
                c5l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5l, w0l, ze, 1);
                c6l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c6l, w0l, ze, 2);
                c7l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c7l, w0l, ze, 3);
                c0h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0h, w0h, xe, 0);
                c1h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1h, w0h, xe, 1);
                c2h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2h, w0h, xe, 2);
                c3h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3h, w0h, xe, 3);
                c4h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4h, w0h, ze, 0);
                c5h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5h, w0h, ze, 1);
                c6h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c6h, w0h, ze, 2);
                c7h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c7h, w0h, ze, 3);
                Vector128<float> w1l = Vector128.Load(w + 8);
                Vector128<float> w1h = Vector128.Load(w + 12);
                c0l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0l, w1l, xo, 0);
                c1l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1l, w1l, xo, 1);
                c2l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2l, w1l, xo, 2);
                c3l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3l, w1l, xo, 3);
                c4l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4l, w1l, zo, 0);
                c5l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5l, w1l, zo, 1);
                c6l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c6l, w1l, zo, 2);
                c7l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c7l, w1l, zo, 3);
                c0h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0h, w1h, xo, 0);
                c1h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1h, w1h, xo, 1);
                c2h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2h, w1h, xo, 2);
                c3h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3h, w1h, xo, 3);
                c4h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4h, w1h, zo, 0);
                c5h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5h, w1h, zo, 1);
                c6h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c6h, w1h, zo, 2);
                c7h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c7h, w1h, zo, 3);
                Vector128<float> w2l = Vector128.Load(w + 16);
                Vector128<float> w2h = Vector128.Load(w + 20);
                c0l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0l, w2l, xn, 0);
                c1l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1l, w2l, xn, 1);
                c2l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2l, w2l, xn, 2);
                c3l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3l, w2l, xn, 3);
                c4l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4l, w2l, zn, 0);
                c5l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5l, w2l, zn, 1);
                c6l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c6l, w2l, zn, 2);
                c7l = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c7l, w2l, zn, 3);
                c0h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c0h, w2h, xn, 0);
                c1h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c1h, w2h, xn, 1);
                c2h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c2h, w2h, xn, 2);
                c3h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c3h, w2h, xn, 3);
                c4h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c4h, w2h, zn, 0);
                c5h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c5h, w2h, zn, 1);
                c6h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c6h, w2h, zn, 2);
                c7h = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c7h, w2h, zn, 3);
                w += 24;
            }

            clamp.Apply(c0l).Store(y);
            clamp.Apply(c0h).Store(y + 4);
            y += step;
            clamp.Apply(c1l).Store(y);
            clamp.Apply(c1h).Store(y + 4);
            y += step;
            clamp.Apply(c2l).Store(y);
            clamp.Apply(c2h).Store(y + 4);
            y += step;
            clamp.Apply(c3l).Store(y);
            clamp.Apply(c3h).Store(y + 4);
            y += step;
            clamp.Apply(c4l).Store(y);
            clamp.Apply(c4h).Store(y + 4);
            y += step;
            clamp.Apply(c5l).Store(y);
            clamp.Apply(c5h).Store(y + 4);
            y += step;
            clamp.Apply(c6l).Store(y);
            clamp.Apply(c6h).Store(y + 4);
            y += step;
            clamp.Apply(c7l).Store(y);
            clamp.Apply(c7h).Store(y + 4);
            y += step;

            // The last tile starts where it ends with the row; what it computes again is the same.
            left -= Pixels;
            if (left == 0)
                return;
            int next = Math.Min(left, Pixels);
            first += next * Step;
            y += (next - Pixels) * step;
            left += Pixels - next;
        }
    }
}
