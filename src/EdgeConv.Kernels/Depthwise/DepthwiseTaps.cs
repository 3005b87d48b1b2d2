using EdgeConv.Kernels.Lanes;

namespace EdgeConv.Kernels.Depthwise;

/// <summary>
/// Tiles for any kernel: neighbouring outputs whose accumulators stay in registers while the taps pass, one
/// vector of channels (or a few, for fewer outputs) at a time.
/// </summary>
internal static unsafe class DepthwiseTaps<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    /// <summary>8 outputs.</summary>
    public static void Tile8(in DepthwiseWindow<TLanes, TVector> window)
    {
        int channel = 0;
        for (; channel + TLanes.Count <= window.Channels; channel += TLanes.Count)
            Tile8x1(window, channel);
        if (channel < window.Channels)
            Partial(window, channel, 8);
    }

    /// <summary>4 outputs.</summary>
    public static void Tile4(in DepthwiseWindow<TLanes, TVector> window)
    {
        int channel = 0;
        for (; channel + (2 * TLanes.Count) <= window.Channels; channel += 2 * TLanes.Count)
            Tile4x2(window, channel);
        for (; channel + TLanes.Count <= window.Channels; channel += TLanes.Count)
            Tile4x1(window, channel);
        if (channel < window.Channels)
            Partial(window, channel, 4);
    }

    /// <summary>One output.</summary>
    public static void Tile1(in DepthwiseWindow<TLanes, TVector> window)
    {
        int channel = 0;
        for (; channel + (4 * TLanes.Count) <= window.Channels; channel += 4 * TLanes.Count)
            Tile1x4(window, channel);
        for (; channel + TLanes.Count <= window.Channels; channel += TLanes.Count)
            Tile1x1(window, channel);
        if (channel < window.Channels)
            Partial(window, channel, 1);
    }

    /// <summary>The last channels, fewer than a vector, of some outputs.</summary>
    public static void Partial(in DepthwiseWindow<TLanes, TVector> window, long channel, int outputs)
    {
        int count = (int)(window.Channels - channel);
        for (int output = 0; output < outputs; output++)
        {
            TVector sum = TLanes.LoadPartial(window.Weights + channel, count);
            float* w = window.FirstTap + channel;
            for (int ky = window.KyStart; ky < window.KyEnd; ky++, w += window.RowSkip)
            {
                float* x = window.Rows[ky] + window.Column + channel + (output * window.PixelStep);
                for (int kx = window.KxStart; kx < window.KxEnd; kx++)
                {
                    sum = TLanes.MultiplyAdd(TLanes.LoadPartial(w, count), TLanes.LoadPartial(x, count), sum);
                    x += window.TapStep;
                    w += window.Channels;
                }
            }

            float* y = window.Output + channel + (output * window.OutputStride);
            TLanes.StorePartial(y, window.Epilogue.Apply(sum), count);
        }
    }

    private static void Tile8x1(in DepthwiseWindow<TLanes, TVector> window, long channel)
    {
        TVector y0 = TLanes.Load(window.Weights + channel);
        TVector y1 = y0, y2 = y0, y3 = y0, y4 = y0, y5 = y0, y6 = y0, y7 = y0;
        float* w = window.FirstTap + channel;
        for (int ky = window.KyStart; ky < window.KyEnd; ky++, w += window.RowSkip)
        {
            float* row = window.Rows[ky] + window.Column + channel;
            for (int kx = window.KxStart; kx < window.KxEnd; kx++)
            {
                float* x = row;
                TVector weight = TLanes.Load(w);
                y0 = TLanes.MultiplyAdd(weight, TLanes.Load(x), y0);
                x += window.PixelStep;
                y1 = TLanes.MultiplyAdd(weight, TLanes.Load(x), y1);
                x += window.PixelStep;
                y2 = TLanes.MultiplyAdd(weight, TLanes.Load(x), y2);
                x += window.PixelStep;
                y3 = TLanes.MultiplyAdd(weight, TLanes.Load(x), y3);
                x += window.PixelStep;
                y4 = TLanes.MultiplyAdd(weight, TLanes.Load(x), y4);
                x += window.PixelStep;
                y5 = TLanes.MultiplyAdd(weight, TLanes.Load(x), y5);
                x += window.PixelStep;
                y6 = TLanes.MultiplyAdd(weight, TLanes.Load(x), y6);
                x += window.PixelStep;
                y7 = TLanes.MultiplyAdd(weight, TLanes.Load(x), y7);
                row += window.TapStep;
                w += window.Channels;
            }
        }

        float* y = window.Output + channel;
        TLanes.Store(y, window.Epilogue.Apply(y0));
        y += window.OutputStride;
        TLanes.Store(y, window.Epilogue.Apply(y1));
        y += window.OutputStride;
        TLanes.Store(y, window.Epilogue.Apply(y2));
        y += window.OutputStride;
        TLanes.Store(y, window.Epilogue.Apply(y3));
        y += window.OutputStride;
        TLanes.Store(y, window.Epilogue.Apply(y4));
        y += window.OutputStride;
        TLanes.Store(y, window.Epilogue.Apply(y5));
        y += window.OutputStride;
        TLanes.Store(y, window.Epilogue.Apply(y6));
        y += window.OutputStride;
        TLanes.Store(y, window.Epilogue.Apply(y7));
    }

    private static void Tile4x2(in DepthwiseWindow<TLanes, TVector> window, long channel)
    {
        long lanes = TLanes.Count;
        TVector y0a = TLanes.Load(window.Weights + channel);
        TVector y0b = TLanes.Load(window.Weights + channel + lanes);
        TVector y1a = y0a, y2a = y0a, y3a = y0a;
        TVector y1b = y0b, y2b = y0b, y3b = y0b;
        float* w = window.FirstTap + channel;
        for (int ky = window.KyStart; ky < window.KyEnd; ky++, w += window.RowSkip)
        {
            float* row = window.Rows[ky] + window.Column + channel;
            for (int kx = window.KxStart; kx < window.KxEnd; kx++)
            {
                float* x = row;
                TVector wa = TLanes.Load(w);
                TVector wb = TLanes.Load(w + lanes);
                y0a = TLanes.MultiplyAdd(wa, TLanes.Load(x), y0a);
                y0b = TLanes.MultiplyAdd(wb, TLanes.Load(x + lanes), y0b);
                x += window.PixelStep;
                y1a = TLanes.MultiplyAdd(wa, TLanes.Load(x), y1a);
                y1b = TLanes.MultiplyAdd(wb, TLanes.Load(x + lanes), y1b);
                x += window.PixelStep;
                y2a = TLanes.MultiplyAdd(wa, TLanes.Load(x), y2a);
                y2b = TLanes.MultiplyAdd(wb, TLanes.Load(x + lanes), y2b);
                x += window.PixelStep;
                y3a = TLanes.MultiplyAdd(wa, TLanes.Load(x), y3a);
                y3b = TLanes.MultiplyAdd(wb, TLanes.Load(x + lanes), y3b);
                row += window.TapStep;
                w += window.Channels;
            }
        }

        float* y = window.Output + channel;
        TLanes.Store(y, window.Epilogue.Apply(y0a));
        TLanes.Store(y + lanes, window.Epilogue.Apply(y0b));
        y += window.OutputStride;
        TLanes.Store(y, window.Epilogue.Apply(y1a));
        TLanes.Store(y + lanes, window.Epilogue.Apply(y1b));
        y += window.OutputStride;
        TLanes.Store(y, window.Epilogue.Apply(y2a));
        TLanes.Store(y + lanes, window.Epilogue.Apply(y2b));
        y += window.OutputStride;
        TLanes.Store(y, window.Epilogue.Apply(y3a));
        TLanes.Store(y + lanes, window.Epilogue.Apply(y3b));
    }

    private static void Tile4x1(in DepthwiseWindow<TLanes, TVector> window, long channel)
    {
        TVector y0 = TLanes.Load(window.Weights + channel);
        TVector y1 = y0, y2 = y0, y3 = y0;
        float* w = window.FirstTap + channel;
        for (int ky = window.KyStart; ky < window.KyEnd; ky++, w += window.RowSkip)
        {
            float* row = window.Rows[ky] + window.Column + channel;
            for (int kx = window.KxStart; kx < window.KxEnd; kx++)
            {
                float* x = row;
                TVector weight = TLanes.Load(w);
                y0 = TLanes.MultiplyAdd(weight, TLanes.Load(x), y0);
                x += window.PixelStep;
                y1 = TLanes.MultiplyAdd(weight, TLanes.Load(x), y1);
                x += window.PixelStep;
                y2 = TLanes.MultiplyAdd(weight, TLanes.Load(x), y2);
                x += window.PixelStep;
                y3 = TLanes.MultiplyAdd(weight, TLanes.Load(x), y3);
                row += window.TapStep;
                w += window.Channels;
            }
        }

        float* y = window.Output + channel;
        TLanes.Store(y, window.Epilogue.Apply(y0));
        y += window.OutputStride;
        TLanes.Store(y, window.Epilogue.Apply(y1));
        y += window.OutputStride;
        TLanes.Store(y, window.Epilogue.Apply(y2));
        y += window.OutputStride;
        TLanes.Store(y, window.Epilogue.Apply(y3));
    }

    private static void Tile1x4(in DepthwiseWindow<TLanes, TVector> window, long channel)
    {
        long lanes = TLanes.Count;
        TVector y0a = TLanes.Load(window.Weights + channel);
        TVector y0b = TLanes.Load(window.Weights + channel + lanes);
        TVector y0c = TLanes.Load(window.Weights + channel + (2 * lanes));
        TVector y0d = TLanes.Load(window.Weights + channel + (3 * lanes));
        float* w = window.FirstTap + channel;
        for (int ky = window.KyStart; ky < window.KyEnd; ky++, w += window.RowSkip)
        {
            float* row = window.Rows[ky] + window.Column + channel;
            for (int kx = window.KxStart; kx < window.KxEnd; kx++)
            {
                TVector wa = TLanes.Load(w);
                TVector wb = TLanes.Load(w + lanes);
                TVector wc = TLanes.Load(w + (2 * lanes));
                TVector wd = TLanes.Load(w + (3 * lanes));
                y0a = TLanes.MultiplyAdd(wa, TLanes.Load(row), y0a);
                y0b = TLanes.MultiplyAdd(wb, TLanes.Load(row + lanes), y0b);
                y0c = TLanes.MultiplyAdd(wc, TLanes.Load(row + (2 * lanes)), y0c);
                y0d = TLanes.MultiplyAdd(wd, TLanes.Load(row + (3 * lanes)), y0d);
                row += window.TapStep;
                w += window.Channels;
            }
        }

        float* y = window.Output + channel;
        TLanes.Store(y, window.Epilogue.Apply(y0a));
        TLanes.Store(y + lanes, window.Epilogue.Apply(y0b));
        TLanes.Store(y + (2 * lanes), window.Epilogue.Apply(y0c));
        TLanes.Store(y + (3 * lanes), window.Epilogue.Apply(y0d));
    }

    private static void Tile1x1(in DepthwiseWindow<TLanes, TVector> window, long channel)
    {
        TVector y0 = TLanes.Load(window.Weights + channel);
        float* w = window.FirstTap + channel;
        for (int ky = window.KyStart; ky < window.KyEnd; ky++, w += window.RowSkip)
        {
            float* row = window.Rows[ky] + window.Column + channel;
            for (int kx = window.KxStart; kx < window.KxEnd; kx++)
            {
                TVector weight = TLanes.Load(w);
                y0 = TLanes.MultiplyAdd(weight, TLanes.Load(row), y0);
                row += window.TapStep;
                w += window.Channels;
            }
        }

        float* y = window.Output + channel;
        TLanes.Store(y, window.Epilogue.Apply(y0));
    }
}
