using System.Runtime.CompilerServices;
using EdgeConv.Kernels.Elementwise;
using EdgeConv.Kernels.Lanes;

namespace EdgeConv.Kernels.Depthwise;

/// <summary>
/// Tiles over two rows of a 3x3 depthwise convolution of stride 1, for instruction sets of 32 registers: the
/// nine weights of some channels stay in registers, each input is loaded once for all of the up to six
/// outputs that see it. y[p,c] and z[p,c] are the outputs of the upper and the lower row. What may lie
/// outside the image comes last: accumulators that a branch begins with are copied at its end.
/// </summary>
internal static unsafe partial class DepthwisePair<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    /// <summary>2 rows of 7 outputs.</summary>
    public static void Tile7<TBound>(in DepthwiseNineWindow window, TBound bound)
        where TBound : struct, IFunction<TVector>
    {
        long s1 = window.PixelStep * sizeof(float), o1 = window.OutputStride * sizeof(float);
        long s2 = 2 * s1, s3 = 3 * s1, s4 = 4 * s1, s5 = 5 * s1, s6 = 6 * s1, s7 = 7 * s1, back = -s1;
        long o2 = 2 * o1, o3 = 3 * o1, o4 = 4 * o1;
        bool hasTop = window.HasTop, hasBottom = window.HasBottom;
        bool hasFirst = window.HasFirst, hasLast = window.HasLast;
        long rowStep = window.RowStep, outputRowStep = window.OutputRowStep;
        float* w = window.Weights;
        float* line = At(window.Input, s1);
        float* output = window.Output;
        for (int channel = 0; channel < window.Channels; channel += TLanes.Count)
        {

            (TVector y0, TVector y1) = TLanes.LoadPair(w);
            (TVector y2, TVector y3) = TLanes.LoadPair(w);
            (TVector y4, TVector y5) = TLanes.LoadPair(w);
            (TVector y6, TVector z0) = TLanes.LoadPair(w);
            (TVector z1, TVector z2) = TLanes.LoadPair(w);
            (TVector z3, TVector z4) = TLanes.LoadPair(w);
            (TVector z5, TVector z6) = TLanes.LoadPair(w);
            TVector w00 = TLanes.Load(w + (2 * TLanes.Count));
            TVector w01 = TLanes.Load(w + (3 * TLanes.Count));
            TVector w02 = TLanes.Load(w + (4 * TLanes.Count));
            TVector w10 = TLanes.Load(w + (5 * TLanes.Count));
            TVector w11 = TLanes.Load(w + (6 * TLanes.Count));
            TVector w12 = TLanes.Load(w + (7 * TLanes.Count));

            float* row1 = line + rowStep;
            TVector x11 = TLanes.Load(row1);
            y0 = TLanes.MultiplyAdd(w11, x11, y0);
            y1 = TLanes.MultiplyAdd(w10, x11, y1);
            z0 = TLanes.MultiplyAdd(w01, x11, z0);
            z1 = TLanes.MultiplyAdd(w00, x11, z1);
            TVector x12 = TLanes.Load(At(row1, s1));
            y0 = TLanes.MultiplyAdd(w12, x12, y0);
            y1 = TLanes.MultiplyAdd(w11, x12, y1);
            y2 = TLanes.MultiplyAdd(w10, x12, y2);
            z0 = TLanes.MultiplyAdd(w02, x12, z0);
            z1 = TLanes.MultiplyAdd(w01, x12, z1);
            z2 = TLanes.MultiplyAdd(w00, x12, z2);
            TVector x13 = TLanes.Load(At(row1, s2));
            y1 = TLanes.MultiplyAdd(w12, x13, y1);
            y2 = TLanes.MultiplyAdd(w11, x13, y2);
            y3 = TLanes.MultiplyAdd(w10, x13, y3);
            z1 = TLanes.MultiplyAdd(w02, x13, z1);
            z2 = TLanes.MultiplyAdd(w01, x13, z2);
            z3 = TLanes.MultiplyAdd(w00, x13, z3);
            TVector x14 = TLanes.Load(At(row1, s3));
            y2 = TLanes.MultiplyAdd(w12, x14, y2);
            y3 = TLanes.MultiplyAdd(w11, x14, y3);
            y4 = TLanes.MultiplyAdd(w10, x14, y4);
            z2 = TLanes.MultiplyAdd(w02, x14, z2);
            z3 = TLanes.MultiplyAdd(w01, x14, z3);
            z4 = TLanes.MultiplyAdd(w00, x14, z4);
            TVector x15 = TLanes.Load(At(row1, s4));
            y3 = TLanes.MultiplyAdd(w12, x15, y3);
            y4 = TLanes.MultiplyAdd(w11, x15, y4);
            y5 = TLanes.MultiplyAdd(w10, x15, y5);
            z3 = TLanes.MultiplyAdd(w02, x15, z3);
            z4 = TLanes.MultiplyAdd(w01, x15, z4);
            z5 = TLanes.MultiplyAdd(w00, x15, z5);
            TVector x16 = TLanes.Load(At(row1, s5));
            y4 = TLanes.MultiplyAdd(w12, x16, y4);
            y5 = TLanes.MultiplyAdd(w11, x16, y5);
            y6 = TLanes.MultiplyAdd(w10, x16, y6);
            z4 = TLanes.MultiplyAdd(w02, x16, z4);
            z5 = TLanes.MultiplyAdd(w01, x16, z5);
            z6 = TLanes.MultiplyAdd(w00, x16, z6);
            TVector x17 = TLanes.Load(At(row1, s6));
            y5 = TLanes.MultiplyAdd(w12, x17, y5);
            y6 = TLanes.MultiplyAdd(w11, x17, y6);
            z5 = TLanes.MultiplyAdd(w02, x17, z5);
            z6 = TLanes.MultiplyAdd(w01, x17, z6);
            if (hasFirst)
            {
                TVector x10 = TLanes.Load(At(row1, back));
                y0 = TLanes.MultiplyAdd(w10, x10, y0);
                z0 = TLanes.MultiplyAdd(w00, x10, z0);
            }

            if (hasLast)
            {
                TVector x18 = TLanes.Load(At(row1, s7));
                y6 = TLanes.MultiplyAdd(w12, x18, y6);
                z6 = TLanes.MultiplyAdd(w02, x18, z6);
            }

            TVector w20 = TLanes.Load(w + (8 * TLanes.Count));
            TVector w21 = TLanes.Load(w + (9 * TLanes.Count));
            TVector w22 = TLanes.Load(w + (10 * TLanes.Count));
            w += 11 * TLanes.Count;
            float* row2 = line + (2 * rowStep);
            TVector x21 = TLanes.Load(row2);
            y0 = TLanes.MultiplyAdd(w21, x21, y0);
            y1 = TLanes.MultiplyAdd(w20, x21, y1);
            z0 = TLanes.MultiplyAdd(w11, x21, z0);
            z1 = TLanes.MultiplyAdd(w10, x21, z1);
            TVector x22 = TLanes.Load(At(row2, s1));
            y0 = TLanes.MultiplyAdd(w22, x22, y0);
            y1 = TLanes.MultiplyAdd(w21, x22, y1);
            y2 = TLanes.MultiplyAdd(w20, x22, y2);
            z0 = TLanes.MultiplyAdd(w12, x22, z0);
            z1 = TLanes.MultiplyAdd(w11, x22, z1);
            z2 = TLanes.MultiplyAdd(w10, x22, z2);
            TVector x23 = TLanes.Load(At(row2, s2));
            y1 = TLanes.MultiplyAdd(w22, x23, y1);
            y2 = TLanes.MultiplyAdd(w21, x23, y2);
            y3 = TLanes.MultiplyAdd(w20, x23, y3);
            z1 = TLanes.MultiplyAdd(w12, x23, z1);
            z2 = TLanes.MultiplyAdd(w11, x23, z2);
            z3 = TLanes.MultiplyAdd(w10, x23, z3);
            TVector x24 = TLanes.Load(At(row2, s3));
            y2 = TLanes.MultiplyAdd(w22, x24, y2);
            y3 = TLanes.MultiplyAdd(w21, x24, y3);
            y4 = TLanes.MultiplyAdd(w20, x24, y4);
            z2 = TLanes.MultiplyAdd(w12, x24, z2);
            z3 = TLanes.MultiplyAdd(w11, x24, z3);
            z4 = TLanes.MultiplyAdd(w10, x24, z4);
            TVector x25 = TLanes.Load(At(row2, s4));
            y3 = TLanes.MultiplyAdd(w22, x25, y3);
            y4 = TLanes.MultiplyAdd(w21, x25, y4);
            y5 = TLanes.MultiplyAdd(w20, x25, y5);
            z3 = TLanes.MultiplyAdd(w12, x25, z3);
            z4 = TLanes.MultiplyAdd(w11, x25, z4);
            z5 = TLanes.MultiplyAdd(w10, x25, z5);
            TVector x26 = TLanes.Load(At(row2, s5));
            y4 = TLanes.MultiplyAdd(w22, x26, y4);
            y5 = TLanes.MultiplyAdd(w21, x26, y5);
            y6 = TLanes.MultiplyAdd(w20, x26, y6);
            z4 = TLanes.MultiplyAdd(w12, x26, z4);
            z5 = TLanes.MultiplyAdd(w11, x26, z5);
            z6 = TLanes.MultiplyAdd(w10, x26, z6);
            TVector x27 = TLanes.Load(At(row2, s6));
            y5 = TLanes.MultiplyAdd(w22, x27, y5);
            y6 = TLanes.MultiplyAdd(w21, x27, y6);
            z5 = TLanes.MultiplyAdd(w12, x27, z5);
            z6 = TLanes.MultiplyAdd(w11, x27, z6);
            if (hasFirst)
            {
                TVector x20 = TLanes.Load(At(row2, back));
                y0 = TLanes.MultiplyAdd(w20, x20, y0);
                z0 = TLanes.MultiplyAdd(w10, x20, z0);
            }

            if (hasLast)
            {
                TVector x28 = TLanes.Load(At(row2, s7));
                y6 = TLanes.MultiplyAdd(w22, x28, y6);
                z6 = TLanes.MultiplyAdd(w12, x28, z6);
            }

            if (hasTop)
            {
                float* row0 = line;
                TVector x01 = TLanes.Load(row0);
                y0 = TLanes.MultiplyAdd(w01, x01, y0);
                y1 = TLanes.MultiplyAdd(w00, x01, y1);
                TVector x02 = TLanes.Load(At(row0, s1));
                y0 = TLanes.MultiplyAdd(w02, x02, y0);
                y1 = TLanes.MultiplyAdd(w01, x02, y1);
                y2 = TLanes.MultiplyAdd(w00, x02, y2);
                TVector x03 = TLanes.Load(At(row0, s2));
                y1 = TLanes.MultiplyAdd(w02, x03, y1);
                y2 = TLanes.MultiplyAdd(w01, x03, y2);
                y3 = TLanes.MultiplyAdd(w00, x03, y3);
                TVector x04 = TLanes.Load(At(row0, s3));
                y2 = TLanes.MultiplyAdd(w02, x04, y2);
                y3 = TLanes.MultiplyAdd(w01, x04, y3);
                y4 = TLanes.MultiplyAdd(w00, x04, y4);
                TVector x05 = TLanes.Load(At(row0, s4));
                y3 = TLanes.MultiplyAdd(w02, x05, y3);
                y4 = TLanes.MultiplyAdd(w01, x05, y4);
                y5 = TLanes.MultiplyAdd(w00, x05, y5);
                TVector x06 = TLanes.Load(At(row0, s5));
                y4 = TLanes.MultiplyAdd(w02, x06, y4);
                y5 = TLanes.MultiplyAdd(w01, x06, y5);
                y6 = TLanes.MultiplyAdd(w00, x06, y6);
                TVector x07 = TLanes.Load(At(row0, s6));
                y5 = TLanes.MultiplyAdd(w02, x07, y5);
                y6 = TLanes.MultiplyAdd(w01, x07, y6);
                if (hasFirst)
                {
                    TVector x00 = TLanes.Load(At(row0, back));
                    y0 = TLanes.MultiplyAdd(w00, x00, y0);
                }

                if (hasLast)
                {
                    TVector x08 = TLanes.Load(At(row0, s7));
                    y6 = TLanes.MultiplyAdd(w02, x08, y6);
                }
            }

            float* upper = output;
            TLanes.Store(upper, bound.Apply(y0));
            TLanes.Store(At(upper, o1), bound.Apply(y1));
            TLanes.Store(At(upper, o2), bound.Apply(y2));
            TLanes.Store(At(upper, o3), bound.Apply(y3));
            upper = At(upper, o4);
            TLanes.Store(upper, bound.Apply(y4));
            TLanes.Store(At(upper, o1), bound.Apply(y5));
            TLanes.Store(At(upper, o2), bound.Apply(y6));

            if (hasBottom)
            {
                float* row3 = line + (3 * rowStep);
                TVector x31 = TLanes.Load(row3);
                z0 = TLanes.MultiplyAdd(w21, x31, z0);
                z1 = TLanes.MultiplyAdd(w20, x31, z1);
                TVector x32 = TLanes.Load(At(row3, s1));
                z0 = TLanes.MultiplyAdd(w22, x32, z0);
                z1 = TLanes.MultiplyAdd(w21, x32, z1);
                z2 = TLanes.MultiplyAdd(w20, x32, z2);
                TVector x33 = TLanes.Load(At(row3, s2));
                z1 = TLanes.MultiplyAdd(w22, x33, z1);
                z2 = TLanes.MultiplyAdd(w21, x33, z2);
                z3 = TLanes.MultiplyAdd(w20, x33, z3);
                TVector x34 = TLanes.Load(At(row3, s3));
                z2 = TLanes.MultiplyAdd(w22, x34, z2);
                z3 = TLanes.MultiplyAdd(w21, x34, z3);
                z4 = TLanes.MultiplyAdd(w20, x34, z4);
                TVector x35 = TLanes.Load(At(row3, s4));
                z3 = TLanes.MultiplyAdd(w22, x35, z3);
                z4 = TLanes.MultiplyAdd(w21, x35, z4);
                z5 = TLanes.MultiplyAdd(w20, x35, z5);
                TVector x36 = TLanes.Load(At(row3, s5));
                z4 = TLanes.MultiplyAdd(w22, x36, z4);
                z5 = TLanes.MultiplyAdd(w21, x36, z5);
                z6 = TLanes.MultiplyAdd(w20, x36, z6);
                TVector x37 = TLanes.Load(At(row3, s6));
                z5 = TLanes.MultiplyAdd(w22, x37, z5);
                z6 = TLanes.MultiplyAdd(w21, x37, z6);
                if (hasFirst)
                {
                    TVector x30 = TLanes.Load(At(row3, back));
                    z0 = TLanes.MultiplyAdd(w20, x30, z0);
                }

                if (hasLast)
                {
                    TVector x38 = TLanes.Load(At(row3, s7));
                    z6 = TLanes.MultiplyAdd(w22, x38, z6);
                }
            }

            float* lower = output + outputRowStep;
            TLanes.Store(lower, bound.Apply(z0));
            TLanes.Store(At(lower, o1), bound.Apply(z1));
            TLanes.Store(At(lower, o2), bound.Apply(z2));
            TLanes.Store(At(lower, o3), bound.Apply(z3));
            lower = At(lower, o4);
            TLanes.Store(lower, bound.Apply(z4));
            TLanes.Store(At(lower, o1), bound.Apply(z5));
            TLanes.Store(At(lower, o2), bound.Apply(z6));
            line += TLanes.Count;
            output += TLanes.Count;
        }
    }

    // Offsets in bytes take no instruction of their own.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float* At(float* origin, long bytes) => (float*)((byte*)origin + bytes);
}
