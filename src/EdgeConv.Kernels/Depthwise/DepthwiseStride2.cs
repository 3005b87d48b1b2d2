using System.Runtime.CompilerServices;
using EdgeConv.Kernels.Elementwise;
using EdgeConv.Kernels.Lanes;

namespace EdgeConv.Kernels.Depthwise;

/// <summary>
/// Tiles over one row of a 3x3 depthwise convolution of stride 2, for instruction sets of 32 registers: as
/// in <see cref="DepthwisePair{TLanes,TVector}"/> the nine weights of some channels stay in registers, and
/// what may lie outside the image comes last.
/// </summary>
internal static unsafe class DepthwiseStride2<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    /// <summary>One row of 7 outputs.</summary>
    public static void Tile7<TBound>(in DepthwiseNineWindow window, TBound bound)
        where TBound : struct, IFunction<TVector>
    {
        long s1 = window.PixelStep * sizeof(float), o1 = window.OutputStride * sizeof(float);
        long s2 = 2 * s1, s3 = 3 * s1, s4 = 4 * s1, s5 = 5 * s1, s6 = 6 * s1, s7 = 7 * s1, s8 = 8 * s1;
        long o2 = 2 * o1, o3 = 3 * o1, o4 = 4 * o1;
        bool hasTop = window.HasTop, hasBottom = window.HasBottom;
        bool hasFirst = window.HasFirst, hasLast = window.HasLast;
        long rowStep = window.RowStep;
        float* w = window.Weights;
        float* line = window.Input;
        float* output = window.Output;
        for (int channel = 0; channel < window.Channels; channel += TLanes.Count)
        {
            (TVector y0, TVector y1) = TLanes.LoadPair(w);
            (TVector y2, TVector y3) = TLanes.LoadPair(w);
            (TVector y4, TVector y5) = TLanes.LoadPair(w);
            TVector y6 = TLanes.Load(w);
            TVector w00 = TLanes.Load(w + (2 * TLanes.Count));
            TVector w01 = TLanes.Load(w + (3 * TLanes.Count));
            TVector w02 = TLanes.Load(w + (4 * TLanes.Count));
            TVector w10 = TLanes.Load(w + (5 * TLanes.Count));
            TVector w11 = TLanes.Load(w + (6 * TLanes.Count));
            TVector w12 = TLanes.Load(w + (7 * TLanes.Count));
            TVector w20 = TLanes.Load(w + (8 * TLanes.Count));
            TVector w21 = TLanes.Load(w + (9 * TLanes.Count));
            TVector w22 = TLanes.Load(w + (10 * TLanes.Count));
            w += 11 * TLanes.Count;

            float* row1 = line + rowStep;
            TVector x11 = TLanes.Load(At(row1, s1));
            y0 = TLanes.MultiplyAdd(w11, x11, y0);
            TVector x12 = TLanes.Load(At(row1, s2));
            y0 = TLanes.MultiplyAdd(w12, x12, y0);
            y1 = TLanes.MultiplyAdd(w10, x12, y1);
            TVector x13 = TLanes.Load(At(row1, s3));
            y1 = TLanes.MultiplyAdd(w11, x13, y1);
            TVector x14 = TLanes.Load(At(row1, s4));
            y1 = TLanes.MultiplyAdd(w12, x14, y1);
            y2 = TLanes.MultiplyAdd(w10, x14, y2);
            TVector x15 = TLanes.Load(At(row1, s5));
            y2 = TLanes.MultiplyAdd(w11, x15, y2);
            TVector x16 = TLanes.Load(At(row1, s6));
            y2 = TLanes.MultiplyAdd(w12, x16, y2);
            y3 = TLanes.MultiplyAdd(w10, x16, y3);
            TVector x17 = TLanes.Load(At(row1, s7));
            y3 = TLanes.MultiplyAdd(w11, x17, y3);
            float* far1 = At(row1, s8);
            TVector x18 = TLanes.Load(far1);
            y3 = TLanes.MultiplyAdd(w12, x18, y3);
            y4 = TLanes.MultiplyAdd(w10, x18, y4);
            TVector x19 = TLanes.Load(At(far1, s1));
            y4 = TLanes.MultiplyAdd(w11, x19, y4);
            TVector x110 = TLanes.Load(At(far1, s2));
            y4 = TLanes.MultiplyAdd(w12, x110, y4);
            y5 = TLanes.MultiplyAdd(w10, x110, y5);
            TVector x111 = TLanes.Load(At(far1, s3));
            y5 = TLanes.MultiplyAdd(w11, x111, y5);
            TVector x112 = TLanes.Load(At(far1, s4));
            y5 = TLanes.MultiplyAdd(w12, x112, y5);
            y6 = TLanes.MultiplyAdd(w10, x112, y6);
            TVector x113 = TLanes.Load(At(far1, s5));
            y6 = TLanes.MultiplyAdd(w11, x113, y6);
            if (hasFirst)
            {
                TVector x10 = TLanes.Load(row1);
                y0 = TLanes.MultiplyAdd(w10, x10, y0);
            }

            if (hasLast)
            {
                TVector x114 = TLanes.Load(At(far1, s6));
                y6 = TLanes.MultiplyAdd(w12, x114, y6);
            }

            if (hasTop)
            {
                float* row0 = line;
                TVector x01 = TLanes.Load(At(row0, s1));
                y0 = TLanes.MultiplyAdd(w01, x01, y0);
                TVector x02 = TLanes.Load(At(row0, s2));
                y0 = TLanes.MultiplyAdd(w02, x02, y0);
                y1 = TLanes.MultiplyAdd(w00, x02, y1);
                TVector x03 = TLanes.Load(At(row0, s3));
                y1 = TLanes.MultiplyAdd(w01, x03, y1);
                TVector x04 = TLanes.Load(At(row0, s4));
                y1 = TLanes.MultiplyAdd(w02, x04, y1);
                y2 = TLanes.MultiplyAdd(w00, x04, y2);
                TVector x05 = TLanes.Load(At(row0, s5));
                y2 = TLanes.MultiplyAdd(w01, x05, y2);
                TVector x06 = TLanes.Load(At(row0, s6));
                y2 = TLanes.MultiplyAdd(w02, x06, y2);
                y3 = TLanes.MultiplyAdd(w00, x06, y3);
                TVector x07 = TLanes.Load(At(row0, s7));
                y3 = TLanes.MultiplyAdd(w01, x07, y3);
                float* far0 = At(row0, s8);
                TVector x08 = TLanes.Load(far0);
                y3 = TLanes.MultiplyAdd(w02, x08, y3);
                y4 = TLanes.MultiplyAdd(w00, x08, y4);
                TVector x09 = TLanes.Load(At(far0, s1));
                y4 = TLanes.MultiplyAdd(w01, x09, y4);
                TVector x010 = TLanes.Load(At(far0, s2));
                y4 = TLanes.MultiplyAdd(w02, x010, y4);
                y5 = TLanes.MultiplyAdd(w00, x010, y5);
                TVector x011 = TLanes.Load(At(far0, s3));
                y5 = TLanes.MultiplyAdd(w01, x011, y5);
                TVector x012 = TLanes.Load(At(far0, s4));
                y5 = TLanes.MultiplyAdd(w02, x012, y5);
                y6 = TLanes.MultiplyAdd(w00, x012, y6);
                TVector x013 = TLanes.Load(At(far0, s5));
                y6 = TLanes.MultiplyAdd(w01, x013, y6);
                if (hasFirst)
                {
                    TVector x00 = TLanes.Load(row0);
                    y0 = TLanes.MultiplyAdd(w00, x00, y0);
                }

                if (hasLast)
                {
                    TVector x014 = TLanes.Load(At(far0, s6));
                    y6 = TLanes.MultiplyAdd(w02, x014, y6);
                }
            }

            if (hasBottom)
            {
                float* row2 = line + (2 * rowStep);
                TVector x21 = TLanes.Load(At(row2, s1));
                y0 = TLanes.MultiplyAdd(w21, x21, y0);
                TVector x22 = TLanes.Load(At(row2, s2));
                y0 = TLanes.MultiplyAdd(w22, x22, y0);
                y1 = TLanes.MultiplyAdd(w20, x22, y1);
                TVector x23 = TLanes.Load(At(row2, s3));
                y1 = TLanes.MultiplyAdd(w21, x23, y1);
                TVector x24 = TLanes.Load(At(row2, s4));
                y1 = TLanes.MultiplyAdd(w22, x24, y1);
                y2 = TLanes.MultiplyAdd(w20, x24, y2);
                TVector x25 = TLanes.Load(At(row2, s5));
                y2 = TLanes.MultiplyAdd(w21, x25, y2);
                TVector x26 = TLanes.Load(At(row2, s6));
                y2 = TLanes.MultiplyAdd(w22, x26, y2);
                y3 = TLanes.MultiplyAdd(w20, x26, y3);
                TVector x27 = TLanes.Load(At(row2, s7));
                y3 = TLanes.MultiplyAdd(w21, x27, y3);
                float* far2 = At(row2, s8);
                TVector x28 = TLanes.Load(far2);
                y3 = TLanes.MultiplyAdd(w22, x28, y3);
                y4 = TLanes.MultiplyAdd(w20, x28, y4);
                TVector x29 = TLanes.Load(At(far2, s1));
                y4 = TLanes.MultiplyAdd(w21, x29, y4);
                TVector x210 = TLanes.Load(At(far2, s2));
                y4 = TLanes.MultiplyAdd(w22, x210, y4);
                y5 = TLanes.MultiplyAdd(w20, x210, y5);
                TVector x211 = TLanes.Load(At(far2, s3));
                y5 = TLanes.MultiplyAdd(w21, x211, y5);
                TVector x212 = TLanes.Load(At(far2, s4));
                y5 = TLanes.MultiplyAdd(w22, x212, y5);
                y6 = TLanes.MultiplyAdd(w20, x212, y6);
                TVector x213 = TLanes.Load(At(far2, s5));
                y6 = TLanes.MultiplyAdd(w21, x213, y6);
                if (hasFirst)
                {
                    TVector x20 = TLanes.Load(row2);
                    y0 = TLanes.MultiplyAdd(w20, x20, y0);
                }

                if (hasLast)
                {
                    TVector x214 = TLanes.Load(At(far2, s6));
                    y6 = TLanes.MultiplyAdd(w22, x214, y6);
                }
            }

            float* y = output;
            TLanes.Store(y, bound.Apply(y0));
            TLanes.Store(At(y, o1), bound.Apply(y1));
            TLanes.Store(At(y, o2), bound.Apply(y2));
            TLanes.Store(At(y, o3), bound.Apply(y3));
            y = At(y, o4);
            TLanes.Store(y, bound.Apply(y4));
            TLanes.Store(At(y, o1), bound.Apply(y5));
            TLanes.Store(At(y, o2), bound.Apply(y6));
            line += TLanes.Count;
            output += TLanes.Count;
        }
    }

    /// <summary>One row of 4 outputs.</summary>
    public static void Tile4<TBound>(in DepthwiseNineWindow window, TBound bound)
        where TBound : struct, IFunction<TVector>
    {
        long s1 = window.PixelStep * sizeof(float), o1 = window.OutputStride * sizeof(float);
        long s2 = 2 * s1, s3 = 3 * s1, s4 = 4 * s1, s5 = 5 * s1, s6 = 6 * s1, s7 = 7 * s1, s8 = 8 * s1;
        long o2 = 2 * o1, o3 = 3 * o1;
        bool hasTop = window.HasTop, hasBottom = window.HasBottom;
        bool hasFirst = window.HasFirst, hasLast = window.HasLast;
        long rowStep = window.RowStep;
        float* w = window.Weights;
        float* line = window.Input;
        float* output = window.Output;
        for (int channel = 0; channel < window.Channels; channel += TLanes.Count)
        {
            (TVector y0, TVector y1) = TLanes.LoadPair(w);
            (TVector y2, TVector y3) = TLanes.LoadPair(w);
            TVector w00 = TLanes.Load(w + (2 * TLanes.Count));
            TVector w01 = TLanes.Load(w + (3 * TLanes.Count));
            TVector w02 = TLanes.Load(w + (4 * TLanes.Count));
            TVector w10 = TLanes.Load(w + (5 * TLanes.Count));
            TVector w11 = TLanes.Load(w + (6 * TLanes.Count));
            TVector w12 = TLanes.Load(w + (7 * TLanes.Count));
            TVector w20 = TLanes.Load(w + (8 * TLanes.Count));
            TVector w21 = TLanes.Load(w + (9 * TLanes.Count));
            TVector w22 = TLanes.Load(w + (10 * TLanes.Count));
            w += 11 * TLanes.Count;

            float* row1 = line + rowStep;
            TVector x11 = TLanes.Load(At(row1, s1));
            y0 = TLanes.MultiplyAdd(w11, x11, y0);
            TVector x12 = TLanes.Load(At(row1, s2));
            y0 = TLanes.MultiplyAdd(w12, x12, y0);
            y1 = TLanes.MultiplyAdd(w10, x12, y1);
            TVector x13 = TLanes.Load(At(row1, s3));
            y1 = TLanes.MultiplyAdd(w11, x13, y1);
            TVector x14 = TLanes.Load(At(row1, s4));
            y1 = TLanes.MultiplyAdd(w12, x14, y1);
            y2 = TLanes.MultiplyAdd(w10, x14, y2);
            TVector x15 = TLanes.Load(At(row1, s5));
            y2 = TLanes.MultiplyAdd(w11, x15, y2);
            TVector x16 = TLanes.Load(At(row1, s6));
            y2 = TLanes.MultiplyAdd(w12, x16, y2);
            y3 = TLanes.MultiplyAdd(w10, x16, y3);
            TVector x17 = TLanes.Load(At(row1, s7));
            y3 = TLanes.MultiplyAdd(w11, x17, y3);
            if (hasFirst)
            {
                TVector x10 = TLanes.Load(row1);
                y0 = TLanes.MultiplyAdd(w10, x10, y0);
            }

            if (hasLast)
            {
                TVector x18 = TLanes.Load(At(row1, s8));
                y3 = TLanes.MultiplyAdd(w12, x18, y3);
            }

            if (hasTop)
            {
                float* row0 = line;
                TVector x01 = TLanes.Load(At(row0, s1));
                y0 = TLanes.MultiplyAdd(w01, x01, y0);
                TVector x02 = TLanes.Load(At(row0, s2));
                y0 = TLanes.MultiplyAdd(w02, x02, y0);
                y1 = TLanes.MultiplyAdd(w00, x02, y1);
                TVector x03 = TLanes.Load(At(row0, s3));
                y1 = TLanes.MultiplyAdd(w01, x03, y1);
                TVector x04 = TLanes.Load(At(row0, s4));
                y1 = TLanes.MultiplyAdd(w02, x04, y1);
                y2 = TLanes.MultiplyAdd(w00, x04, y2);
                TVector x05 = TLanes.Load(At(row0, s5));
                y2 = TLanes.MultiplyAdd(w01, x05, y2);
                TVector x06 = TLanes.Load(At(row0, s6));
                y2 = TLanes.MultiplyAdd(w02, x06, y2);
                y3 = TLanes.MultiplyAdd(w00, x06, y3);
                TVector x07 = TLanes.Load(At(row0, s7));
                y3 = TLanes.MultiplyAdd(w01, x07, y3);
                if (hasFirst)
                {
                    TVector x00 = TLanes.Load(row0);
                    y0 = TLanes.MultiplyAdd(w00, x00, y0);
                }

                if (hasLast)
                {
                    TVector x08 = TLanes.Load(At(row0, s8));
                    y3 = TLanes.MultiplyAdd(w02, x08, y3);
                }
            }

            if (hasBottom)
            {
                float* row2 = line + (2 * rowStep);
                TVector x21 = TLanes.Load(At(row2, s1));
                y0 = TLanes.MultiplyAdd(w21, x21, y0);
                TVector x22 = TLanes.Load(At(row2, s2));
                y0 = TLanes.MultiplyAdd(w22, x22, y0);
                y1 = TLanes.MultiplyAdd(w20, x22, y1);
                TVector x23 = TLanes.Load(At(row2, s3));
                y1 = TLanes.MultiplyAdd(w21, x23, y1);
                TVector x24 = TLanes.Load(At(row2, s4));
                y1 = TLanes.MultiplyAdd(w22, x24, y1);
                y2 = TLanes.MultiplyAdd(w20, x24, y2);
                TVector x25 = TLanes.Load(At(row2, s5));
                y2 = TLanes.MultiplyAdd(w21, x25, y2);
                TVector x26 = TLanes.Load(At(row2, s6));
                y2 = TLanes.MultiplyAdd(w22, x26, y2);
                y3 = TLanes.MultiplyAdd(w20, x26, y3);
                TVector x27 = TLanes.Load(At(row2, s7));
                y3 = TLanes.MultiplyAdd(w21, x27, y3);
                if (hasFirst)
                {
                    TVector x20 = TLanes.Load(row2);
                    y0 = TLanes.MultiplyAdd(w20, x20, y0);
                }

                if (hasLast)
                {
                    TVector x28 = TLanes.Load(At(row2, s8));
                    y3 = TLanes.MultiplyAdd(w22, x28, y3);
                }
            }

            float* y = output;
            TLanes.Store(y, bound.Apply(y0));
            TLanes.Store(At(y, o1), bound.Apply(y1));
            TLanes.Store(At(y, o2), bound.Apply(y2));
            TLanes.Store(At(y, o3), bound.Apply(y3));
            line += TLanes.Count;
            output += TLanes.Count;
        }
    }

    // Offsets in bytes take no instruction of their own.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float* At(float* origin, long bytes) => (float*)((byte*)origin + bytes);
}
