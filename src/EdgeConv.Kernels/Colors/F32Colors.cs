using System.Runtime.CompilerServices;
using EdgeConv.Kernels.Lanes;

namespace EdgeConv.Kernels.Colors;

/// <summary>Three channels of three components at once; anything else a channel at a time.</summary>
internal sealed unsafe class F32Colors<TLanes, TVector> : ColorKernel
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private const int Colors = 3;
    private const int Overrun = 4;

    public override string Name => "F32Colors" + TLanes.Set;

    private protected override void Channel(
        ColorRow row, int channel, float* x, int xStride, int width, float* y)
    {
        int inputs = row.Matrix.Inputs;
        bool isRounded = row.IsRounded;
        TVector mean = TLanes.Broadcast(row.Mean[channel]), scale = TLanes.Broadcast(row.Scale[channel]);
        TVector offset = TLanes.Broadcast(row.Matrix.Offsets[channel]);
        ReadOnlySpan<float> coefficients = row.Matrix.Coefficients.AsSpan(inputs * channel, inputs);
        TVector m0 = TLanes.Broadcast(coefficients[0]);
        for (int i = 0; i < width; i += TLanes.Count)
        {
            TVector sum = TLanes.MultiplyAdd(TLanes.Load(x + i), m0, offset);
            for (int k = 1; k < inputs; k++)
            {
                sum = TLanes.MultiplyAdd(
                    TLanes.Load(x + (k * xStride) + i), TLanes.Broadcast(coefficients[k]), sum);
            }

            sum = Finish(sum, isRounded, mean, scale);
            if (width - i >= TLanes.Count)
                TLanes.Store(y + i, sum);
            else
                TLanes.StorePartial(y + i, sum, width - i);
        }
    }

    private protected override void Three(
        ColorRow row, float* x, int xStride, int width, float* y, long yStride)
    {
        float* x1 = x + xStride, x2 = x1 + xStride, y1 = y + yStride, y2 = y1 + yStride;
        float[] m = row.Matrix.Coefficients, offset = row.Matrix.Offsets, mean = row.Mean, scale = row.Scale;
        TVector m00 = TLanes.Broadcast(m[0]), m01 = TLanes.Broadcast(m[1]), m02 = TLanes.Broadcast(m[2]);
        TVector m10 = TLanes.Broadcast(m[3]), m11 = TLanes.Broadcast(m[4]), m12 = TLanes.Broadcast(m[5]);
        TVector m20 = TLanes.Broadcast(m[6]), m21 = TLanes.Broadcast(m[7]), m22 = TLanes.Broadcast(m[8]);
        TVector offset0 = TLanes.Broadcast(offset[0]), offset1 = TLanes.Broadcast(offset[1]);
        TVector offset2 = TLanes.Broadcast(offset[2]);
        TVector mean0 = TLanes.Broadcast(mean[0]), mean1 = TLanes.Broadcast(mean[1]);
        TVector mean2 = TLanes.Broadcast(mean[2]);
        TVector scale0 = TLanes.Broadcast(scale[0]), scale1 = TLanes.Broadcast(scale[1]);
        TVector scale2 = TLanes.Broadcast(scale[2]);
        bool isRounded = row.IsRounded;
        for (int i = 0; i < width; i += TLanes.Count)
        {
            TVector a = TLanes.Load(x + i), b = TLanes.Load(x1 + i), c = TLanes.Load(x2 + i);
            TVector red = Finish(Sum(a, b, c, m00, m01, m02, offset0), isRounded, mean0, scale0);
            TVector green = Finish(Sum(a, b, c, m10, m11, m12, offset1), isRounded, mean1, scale1);
            TVector blue = Finish(Sum(a, b, c, m20, m21, m22, offset2), isRounded, mean2, scale2);
            if (width - i >= TLanes.Count)
            {
                TLanes.Store(y + i, red);
                TLanes.Store(y1 + i, green);
                TLanes.Store(y2 + i, blue);
            }
            else
            {
                TLanes.StorePartial(y + i, red, width - i);
                TLanes.StorePartial(y1 + i, green, width - i);
                TLanes.StorePartial(y2 + i, blue, width - i);
            }
        }
    }

    public override void RunBytes(ColorMatrix matrix, float* x, int xStride, int width, byte* pixels)
    {
        byte* last = stackalloc byte[(Colors * TLanes.Count) + Overrun];
        int i = 0, safe = width - TLanes.Count - 1;
        for (; i < safe; i += TLanes.Count, pixels += Colors * TLanes.Count)
            StorePixels(matrix, x + i, xStride, pixels);
        for (; i < width; i += TLanes.Count, pixels += Colors * TLanes.Count)
        {
            int bytes = Colors * Math.Min(TLanes.Count, width - i);
            StorePixels(matrix, x + i, xStride, last);
            new ReadOnlySpan<byte>(last, bytes).CopyTo(new Span<byte>(pixels, bytes));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StorePixels(ColorMatrix matrix, float* x, int xStride, byte* pixels)
    {
        fixed (float* m = matrix.Coefficients, offset = matrix.Offsets)
        {
            TVector a = TLanes.Load(x);
            if (matrix.Inputs == 1)
            {
                TVector gray = Whole(TLanes.MultiplyAdd(a, TLanes.Broadcast(m[0]), TLanes.Broadcast(offset[0])));
                TLanes.StorePixels(pixels, gray, gray, gray);
                return;
            }

            TVector b = TLanes.Load(x + xStride), c = TLanes.Load(x + (2 * xStride));
            TVector red = Sum(a, b, c, TLanes.Broadcast(m[0]), TLanes.Broadcast(m[1]), TLanes.Broadcast(m[2]),
                TLanes.Broadcast(offset[0]));
            TVector green = Sum(a, b, c, TLanes.Broadcast(m[3]), TLanes.Broadcast(m[4]), TLanes.Broadcast(m[5]),
                TLanes.Broadcast(offset[1]));
            TVector blue = Sum(a, b, c, TLanes.Broadcast(m[6]), TLanes.Broadcast(m[7]), TLanes.Broadcast(m[8]),
                TLanes.Broadcast(offset[2]));
            TLanes.StorePixels(pixels, Whole(red), Whole(green), Whole(blue));
        }
    }

    // What is added before fractions are cut off rounds.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Whole(TVector value) =>
        TLanes.Add(Clamp(value), TLanes.Broadcast(0.5f));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Clamp(TVector value) =>
        TLanes.Max(TLanes.Broadcast(0), TLanes.Min(TLanes.Broadcast(Greatest), value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Sum(
        TVector a, TVector b, TVector c, TVector m0, TVector m1, TVector m2, TVector offset) =>
        TLanes.MultiplyAdd(c, m2, TLanes.MultiplyAdd(b, m1, TLanes.MultiplyAdd(a, m0, offset)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Finish(TVector value, bool isRounded, TVector mean, TVector scale)
    {
        value = isRounded ? TLanes.Floor(Whole(value)) : Clamp(value);
        return TLanes.Multiply(TLanes.Subtract(value, mean), scale);
    }
}
