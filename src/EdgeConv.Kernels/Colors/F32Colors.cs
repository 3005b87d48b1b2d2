using System.Runtime.CompilerServices;
using EdgeConv.Kernels.Lanes;

namespace EdgeConv.Kernels.Colors;

/// <summary>A channel at a time: its few constants stay in registers, the planes of a row in the cache.</summary>
internal sealed unsafe class F32Colors<TLanes, TVector> : ColorKernel
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    public override string Name => "F32Colors" + TLanes.Set;

    private protected override void OfOne(ColorRow row, int channel, float* x, int width, float* y)
    {
        bool isRounded = row.IsRounded;
        TVector mean = TLanes.Broadcast(row.Mean[channel]), scale = TLanes.Broadcast(row.Scale[channel]);
        TVector offset = TLanes.Broadcast(row.Matrix.Offsets[channel]);
        TVector m = TLanes.Broadcast(row.Matrix.Coefficients[channel]);
        for (int i = 0; i < width; i += TLanes.Count)
        {
            TVector sum = TLanes.MultiplyAdd(TLanes.Load(x + i), m, offset);
            sum = Finish(sum, isRounded, mean, scale);
            if (i <= width - TLanes.Count)
                TLanes.Store(y + i, sum);
            else
                TLanes.StorePartial(y + i, sum, width - i);
        }
    }

    private protected override void OfThree(
        ColorRow row, int channel, float* x, int xStride, int width, float* y)
    {
        bool isRounded = row.IsRounded;
        TVector mean = TLanes.Broadcast(row.Mean[channel]), scale = TLanes.Broadcast(row.Scale[channel]);
        TVector offset = TLanes.Broadcast(row.Matrix.Offsets[channel]);
        ReadOnlySpan<float> coefficients = row.Matrix.Coefficients.AsSpan(3 * channel, 3);
        TVector m0 = TLanes.Broadcast(coefficients[0]), m1 = TLanes.Broadcast(coefficients[1]);
        TVector m2 = TLanes.Broadcast(coefficients[2]);
        float* x1 = x + xStride, x2 = x1 + xStride;
        for (int i = 0; i < width; i += TLanes.Count)
        {
            TVector sum = TLanes.MultiplyAdd(TLanes.Load(x + i), m0, offset);
            sum = TLanes.MultiplyAdd(TLanes.Load(x1 + i), m1, sum);
            sum = TLanes.MultiplyAdd(TLanes.Load(x2 + i), m2, sum);
            sum = Finish(sum, isRounded, mean, scale);
            if (i <= width - TLanes.Count)
                TLanes.Store(y + i, sum);
            else
                TLanes.StorePartial(y + i, sum, width - i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Finish(TVector value, bool isRounded, TVector mean, TVector scale)
    {
        value = TLanes.Max(TLanes.Broadcast(0), TLanes.Min(TLanes.Broadcast(Greatest), value));
        if (isRounded)
            value = TLanes.Floor(TLanes.Add(value, TLanes.Broadcast(0.5f)));
        return TLanes.Multiply(TLanes.Subtract(value, mean), scale);
    }
}
