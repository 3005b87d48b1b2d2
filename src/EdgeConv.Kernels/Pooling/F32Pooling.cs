using System.Runtime.CompilerServices;
using EdgeConv.Kernels.Lanes;
using EdgeConv.Kernels.Statistics;

namespace EdgeConv.Kernels.Pooling;

/// <summary>
/// Pooling pixel by pixel: the taps of a window inside the image are found once, then pass for one vector of
/// channels after another.
/// </summary>
internal sealed unsafe class F32Pooling<TLanes, TVector> : PoolingKernel
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private readonly F32ChannelStatistics<TLanes, TVector> _statistics = new();

    public override string Name => "F32Pooling" + TLanes.Set;

    public override void GlobalAverage(ReadOnlySpan<float> x, Span<float> y, Share part) =>
        _statistics.PixelMean(x, y, part);

    internal override void Max(PoolingShape shape, float* x, float* y, int channels, (int Start, int End) rows)
    {
        y += (long)rows.Start * shape.OutputWidth * channels;
        for (int oy = rows.Start; oy < rows.End; oy++)
        {
            for (int ox = 0; ox < shape.OutputWidth; ox++, y += channels)
                Combine<Greatest>(Window.At(shape, oy, ox), x, y, channels, 1);
        }
    }

    internal override void Average(
        PoolingShape shape, float* x, float* y, int channels, (int Start, int End) rows)
    {
        y += (long)rows.Start * shape.OutputWidth * channels;
        for (int oy = rows.Start; oy < rows.End; oy++)
        {
            for (int ox = 0; ox < shape.OutputWidth; ox++, y += channels)
            {
                Window window = Window.At(shape, oy, ox);
                int count = shape.CountsPads ? Window.CountPadded(shape, oy, ox) : window.Rows * window.Columns;
                Combine<Total>(window, x, y, channels, count == 0 ? 0 : 1f / count);
            }
        }
    }

    private static void Combine<TCombination>(
        in Window window, float* x, float* y, int channels, float factor)
        where TCombination : struct, ICombination
    {
        int lanes = TLanes.Count, rows = window.Rows, columns = window.Columns;
        long rowStep = window.RowStep * channels, columnStep = (long)window.ColumnStep * channels;
        TVector scale = TLanes.Broadcast(factor);
        float* first = x + (window.FirstPixel * channels);
        int channel = 0;

        // Two vectors at a time, as each waits for its own last combination.
        for (; channel + (2 * lanes) <= channels; channel += 2 * lanes)
        {
            TVector low = TLanes.Broadcast(TCombination.Start), high = low;
            float* row = first + channel;
            for (int ky = 0; ky < rows; ky++, row += rowStep)
            {
                float* tap = row;
                for (int kx = 0; kx < columns; kx++, tap += columnStep)
                {
                    low = TCombination.Of(low, TLanes.Load(tap));
                    high = TCombination.Of(high, TLanes.Load(tap + lanes));
                }
            }

            TLanes.Store(y + channel, TCombination.Scale(low, scale));
            TLanes.Store(y + channel + lanes, TCombination.Scale(high, scale));
        }

        for (; channel + lanes <= channels; channel += lanes)
        {
            TVector total = TLanes.Broadcast(TCombination.Start);
            float* row = first + channel;
            for (int ky = 0; ky < rows; ky++, row += rowStep)
            {
                float* tap = row;
                for (int kx = 0; kx < columns; kx++, tap += columnStep)
                    total = TCombination.Of(total, TLanes.Load(tap));
            }

            TLanes.Store(y + channel, TCombination.Scale(total, scale));
        }

        for (; channel < channels; channel++)
            y[channel] = Single<TCombination>(window, first + channel, channels, factor);
    }

    private static float Single<TCombination>(in Window window, float* x, int channels, float factor)
        where TCombination : struct, ICombination
    {
        float total = TCombination.Start;
        for (int ky = 0; ky < window.Rows; ky++, x += window.RowStep * channels)
        {
            for (int kx = 0; kx < window.Columns; kx++)
                total = TCombination.OfLone(total, x[(long)kx * window.ColumnStep * channels]);
        }

        return TCombination.ScaleLone(total, factor);
    }

    private interface ICombination
    {
        static abstract float Start { get; }

        static abstract TVector Of(TVector total, TVector value);

        static abstract float OfLone(float total, float value);

        static abstract TVector Scale(TVector total, TVector factor);

        static abstract float ScaleLone(float total, float factor);
    }

    private readonly struct Greatest : ICombination
    {
        public static float Start => float.NegativeInfinity;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Of(TVector total, TVector value) => TLanes.MaxOrNaN(total, value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static float OfLone(float total, float value) => MathF.Max(total, value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Scale(TVector total, TVector factor) => total;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static float ScaleLone(float total, float factor) => total;
    }

    private readonly struct Total : ICombination
    {
        public static float Start => 0;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Of(TVector total, TVector value) => TLanes.Add(total, value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static float OfLone(float total, float value) => total + value;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Scale(TVector total, TVector factor) => TLanes.Multiply(total, factor);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static float ScaleLone(float total, float factor) => total * factor;
    }
}
