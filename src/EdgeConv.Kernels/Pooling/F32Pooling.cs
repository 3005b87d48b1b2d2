using System.Runtime.CompilerServices;
using EdgeConv.Kernels.Lanes;
using EdgeConv.Kernels.Statistics;

namespace EdgeConv.Kernels.Pooling;

/// <summary>
/// Pooling as one sweep over a row of outputs for each tap of the window, over just those outputs whose tap
/// lies inside the input: no tests in the loop. Strides 1 and 2 are vectorised.
/// </summary>
internal sealed unsafe class F32Pooling<TLanes, TVector> : PoolingKernel
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private readonly F32ChannelStatistics<TLanes, TVector> _statistics = new();

    public override string Name => "F32Pooling" + TLanes.Set;

    public override void GlobalAverage(ReadOnlySpan<float> x, Span<float> y) =>
        _statistics.Mean(x, y);

    internal override void MaxPlane(PoolingShape shape, float* x, float* y) =>
        Sweep<Greatest>(shape, x, y);

    internal override void SumPlane(PoolingShape shape, float* x, float* y) => Sweep<Total>(shape, x, y);

    private static void Sweep<TCombination>(PoolingShape shape, float* x, float* y)
        where TCombination : struct, ICombination
    {
        for (int oy = 0; oy < shape.OutputHeight; oy++)
        {
            float* row = y + ((long)oy * shape.OutputWidth);
            new Span<float>(row, shape.OutputWidth).Fill(TCombination.Start);
            for (int ky = 0; ky < shape.KernelHeight; ky++)
            {
                int iy = (oy * shape.StrideY) - shape.PadTop + (ky * shape.DilationY);
                if (iy >= 0 && iy < shape.InputHeight)
                    SweepRow<TCombination>(shape, x + ((long)iy * shape.InputWidth), row);
            }
        }
    }

    private static void SweepRow<TCombination>(PoolingShape shape, float* x, float* y)
        where TCombination : struct, ICombination
    {
        int stride = shape.StrideX;
        for (int kx = 0; kx < shape.KernelWidth; kx++)
        {
            int first = (kx * shape.DilationX) - shape.PadLeft;
            int start = first >= 0 ? 0 : (-first + stride - 1) / stride;
            int room = shape.InputWidth - 1 - first;
            int end = room < 0 ? 0 : Math.Min(shape.OutputWidth, (room / stride) + 1);
            if (start < end)
                Combine<TCombination>(x + first + ((long)start * stride), stride, y + start, end - start);
        }
    }

    private static void Combine<TCombination>(float* x, int stride, float* y, int count)
        where TCombination : struct, ICombination
    {
        int lanes = TLanes.Count;
        if (stride == 1)
        {
            for (; count >= lanes; count -= lanes)
            {
                TLanes.Store(y, TCombination.Of(TLanes.Load(y), TLanes.Load(x)));
                x += lanes;
                y += lanes;
            }
        }
        else if (stride == 2)
        {
            // One vector is left to the scalar loop: the last odd element may lie behind the input.
            for (; count > lanes; count -= lanes)
            {
                TLanes.Deinterleave(TLanes.Load(x), TLanes.Load(x + lanes), out TVector even, out _);
                TLanes.Store(y, TCombination.Of(TLanes.Load(y), even));
                x += 2 * lanes;
                y += lanes;
            }
        }

        for (; count > 0; count--)
        {
            *y = TCombination.OfLone(*y, *x);
            x += stride;
            y++;
        }
    }

    private interface ICombination
    {
        static abstract float Start { get; }

        static abstract TVector Of(TVector a, TVector b);

        static abstract float OfLone(float a, float b);
    }

    private readonly struct Greatest : ICombination
    {
        public static float Start => float.NegativeInfinity;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Of(TVector a, TVector b) => TLanes.Max(a, b);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static float OfLone(float a, float b) => ScalarLanes.Max(a, b);
    }

    private readonly struct Total : ICombination
    {
        public static float Start => 0;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Of(TVector a, TVector b) => TLanes.Add(a, b);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static float OfLone(float a, float b) => a + b;
    }
}
