using EdgeConv.Kernels.Elementwise;
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
    public static void Tile8(in DepthwiseWindow<TLanes, TVector> window) =>
        Partial(window, Tile8x1(window, 0), 8);

    /// <summary>4 outputs.</summary>
    public static void Tile4(in DepthwiseWindow<TLanes, TVector> window) =>
        Partial(window, Tile4x1(window, Tile4x2(window, 0)), 4);

    /// <summary>One output.</summary>
    public static void Tile1(in DepthwiseWindow<TLanes, TVector> window) =>
        Partial(window, Tile1x1(window, Tile1x4(window, 0)), 1);

    /// <summary>
    /// The last channels, fewer than a vector, of outputs whose row may lack inputs at its ends.
    /// </summary>
    public static void Edges(in DepthwiseWindow<TLanes, TVector> window, int channel, int outputs)
    {
        DepthwiseWindow<TLanes, TVector> single = window;
        int stride = (int)(window.PixelStep / window.TapStep);
        for (int output = 0; output < outputs; output++)
        {
            int before = output * stride, behind = (outputs - 1 - output) * stride;
            single.KxStart = Math.Max(0, window.MissingLeft - before);
            single.KxEnd = window.KernelWidth - Math.Max(0, window.MissingRight - behind);
            single.Column = window.Column + ((before + single.KxStart) * window.TapStep);
            single.Output = window.Output + (output * window.OutputStride);
            Partial(single, channel, 1);
        }
    }

    // The last channels, fewer than a vector, of some outputs.
    private static void Partial(in DepthwiseWindow<TLanes, TVector> window, int channel, int outputs)
    {
        int count = window.Channels - channel;
        if (count == 0)
            return;
        for (int output = 0; output < outputs; output++)
        {
            TVector sum = TLanes.LoadPartial(window.Weights + channel, count);
            float* w = window.FirstTap + channel;
            float* row = window.FirstRow + window.Column + channel + (output * window.PixelStep);
            for (int ky = window.KyStart; ky < window.KyEnd; ky++, w += window.RowSkip, row += window.RowStep)
            {
                float* x = row;
                for (int kx = window.KxStart; kx < window.KxEnd; kx++)
                {
                    sum = TLanes.MultiplyAdd(TLanes.LoadPartial(w, count), TLanes.LoadPartial(x, count), sum);
                    x += window.TapStep;
                    w += window.WeightStep;
                }
            }

            float* y = window.Output + channel + (output * window.OutputStride);
            TLanes.StorePartial(y, window.Clamp.Apply(sum), count);
        }
    }

    // 8 outputs of whole vectors of channels; returns the channel behind the last.
    private static int Tile8x1(in DepthwiseWindow<TLanes, TVector> window, int channel)
    {
        int lanes = TLanes.Count, channels = window.Channels;
        long weightStep = window.WeightStep;
        long step = window.PixelStep, tapStep = window.TapStep, rowSkip = window.RowSkip;
        float* weights = window.Weights;
        float* firstTap = window.FirstTap;
        float* first = window.FirstRow + window.Column;
        int rows = window.KyEnd - window.KyStart;
        long rowStep = window.RowStep;
        Clamp<TLanes, TVector> clamp = window.Clamp;
        for (; channel + lanes <= channels; channel += lanes)
        {
            TVector y0 = TLanes.Load(weights + channel);
            TVector y1 = y0, y2 = y0, y3 = y0, y4 = y0, y5 = y0, y6 = y0, y7 = y0;
            float* w = firstTap + channel;
            float* line = first + channel;
            for (int ky = 0; ky < rows; ky++, w += rowSkip, line += rowStep)
            {
                float* row = line;
                for (int kx = window.KxStart; kx < window.KxEnd; kx++)
                {
                    float* x = row;
                    TVector weight = TLanes.Load(w);
                    y0 = TLanes.MultiplyAdd(weight, TLanes.Load(x), y0);
                    x += step;
                    y1 = TLanes.MultiplyAdd(weight, TLanes.Load(x), y1);
                    x += step;
                    y2 = TLanes.MultiplyAdd(weight, TLanes.Load(x), y2);
                    x += step;
                    y3 = TLanes.MultiplyAdd(weight, TLanes.Load(x), y3);
                    x += step;
                    y4 = TLanes.MultiplyAdd(weight, TLanes.Load(x), y4);
                    x += step;
                    y5 = TLanes.MultiplyAdd(weight, TLanes.Load(x), y5);
                    x += step;
                    y6 = TLanes.MultiplyAdd(weight, TLanes.Load(x), y6);
                    x += step;
                    y7 = TLanes.MultiplyAdd(weight, TLanes.Load(x), y7);
                    row += tapStep;
                    w += weightStep;
                }
            }

            float* y = window.Output + channel;
            TLanes.Store(y, clamp.Apply(y0));
            y += window.OutputStride;
            TLanes.Store(y, clamp.Apply(y1));
            y += window.OutputStride;
            TLanes.Store(y, clamp.Apply(y2));
            y += window.OutputStride;
            TLanes.Store(y, clamp.Apply(y3));
            y += window.OutputStride;
            TLanes.Store(y, clamp.Apply(y4));
            y += window.OutputStride;
            TLanes.Store(y, clamp.Apply(y5));
            y += window.OutputStride;
            TLanes.Store(y, clamp.Apply(y6));
            y += window.OutputStride;
            TLanes.Store(y, clamp.Apply(y7));
        }

        return channel;
    }

    // 4 outputs of pairs of vectors.
    private static int Tile4x2(in DepthwiseWindow<TLanes, TVector> window, int channel)
    {
        int lanes = TLanes.Count, channels = window.Channels;
        long weightStep = window.WeightStep;
        long step = window.PixelStep, tapStep = window.TapStep, rowSkip = window.RowSkip;
        float* weights = window.Weights;
        float* firstTap = window.FirstTap;
        float* first = window.FirstRow + window.Column;
        int rows = window.KyEnd - window.KyStart;
        long rowStep = window.RowStep;
        Clamp<TLanes, TVector> clamp = window.Clamp;
        for (; channel + (2 * lanes) <= channels; channel += 2 * lanes)
        {
            TVector y0a = TLanes.Load(weights + channel);
            TVector y0b = TLanes.Load(weights + channel + lanes);
            TVector y1a = y0a, y2a = y0a, y3a = y0a;
            TVector y1b = y0b, y2b = y0b, y3b = y0b;
            float* w = firstTap + channel;
            float* line = first + channel;
            for (int ky = 0; ky < rows; ky++, w += rowSkip, line += rowStep)
            {
                float* row = line;
                for (int kx = window.KxStart; kx < window.KxEnd; kx++)
                {
                    float* x = row;
                    TVector wa = TLanes.Load(w);
                    TVector wb = TLanes.Load(w + lanes);
                    y0a = TLanes.MultiplyAdd(wa, TLanes.Load(x), y0a);
                    y0b = TLanes.MultiplyAdd(wb, TLanes.Load(x + lanes), y0b);
                    x += step;
                    y1a = TLanes.MultiplyAdd(wa, TLanes.Load(x), y1a);
                    y1b = TLanes.MultiplyAdd(wb, TLanes.Load(x + lanes), y1b);
                    x += step;
                    y2a = TLanes.MultiplyAdd(wa, TLanes.Load(x), y2a);
                    y2b = TLanes.MultiplyAdd(wb, TLanes.Load(x + lanes), y2b);
                    x += step;
                    y3a = TLanes.MultiplyAdd(wa, TLanes.Load(x), y3a);
                    y3b = TLanes.MultiplyAdd(wb, TLanes.Load(x + lanes), y3b);
                    row += tapStep;
                    w += weightStep;
                }
            }

            float* y = window.Output + channel;
            TLanes.Store(y, clamp.Apply(y0a));
            TLanes.Store(y + lanes, clamp.Apply(y0b));
            y += window.OutputStride;
            TLanes.Store(y, clamp.Apply(y1a));
            TLanes.Store(y + lanes, clamp.Apply(y1b));
            y += window.OutputStride;
            TLanes.Store(y, clamp.Apply(y2a));
            TLanes.Store(y + lanes, clamp.Apply(y2b));
            y += window.OutputStride;
            TLanes.Store(y, clamp.Apply(y3a));
            TLanes.Store(y + lanes, clamp.Apply(y3b));
        }

        return channel;
    }

    // 4 outputs of single vectors.
    private static int Tile4x1(in DepthwiseWindow<TLanes, TVector> window, int channel)
    {
        int lanes = TLanes.Count, channels = window.Channels;
        long weightStep = window.WeightStep;
        long step = window.PixelStep, tapStep = window.TapStep, rowSkip = window.RowSkip;
        float* weights = window.Weights;
        float* firstTap = window.FirstTap;
        float* first = window.FirstRow + window.Column;
        int rows = window.KyEnd - window.KyStart;
        long rowStep = window.RowStep;
        Clamp<TLanes, TVector> clamp = window.Clamp;
        for (; channel + lanes <= channels; channel += lanes)
        {
            TVector y0 = TLanes.Load(weights + channel);
            TVector y1 = y0, y2 = y0, y3 = y0;
            float* w = firstTap + channel;
            float* line = first + channel;
            for (int ky = 0; ky < rows; ky++, w += rowSkip, line += rowStep)
            {
                float* row = line;
                for (int kx = window.KxStart; kx < window.KxEnd; kx++)
                {
                    float* x = row;
                    TVector weight = TLanes.Load(w);
                    y0 = TLanes.MultiplyAdd(weight, TLanes.Load(x), y0);
                    x += step;
                    y1 = TLanes.MultiplyAdd(weight, TLanes.Load(x), y1);
                    x += step;
                    y2 = TLanes.MultiplyAdd(weight, TLanes.Load(x), y2);
                    x += step;
                    y3 = TLanes.MultiplyAdd(weight, TLanes.Load(x), y3);
                    row += tapStep;
                    w += weightStep;
                }
            }

            float* y = window.Output + channel;
            TLanes.Store(y, clamp.Apply(y0));
            y += window.OutputStride;
            TLanes.Store(y, clamp.Apply(y1));
            y += window.OutputStride;
            TLanes.Store(y, clamp.Apply(y2));
            y += window.OutputStride;
            TLanes.Store(y, clamp.Apply(y3));
        }

        return channel;
    }

    // One output of four vectors.
    private static int Tile1x4(in DepthwiseWindow<TLanes, TVector> window, int channel)
    {
        int lanes = TLanes.Count, channels = window.Channels;
        long weightStep = window.WeightStep;
        long tapStep = window.TapStep, rowSkip = window.RowSkip;
        float* weights = window.Weights;
        float* firstTap = window.FirstTap;
        float* first = window.FirstRow + window.Column;
        int rows = window.KyEnd - window.KyStart;
        long rowStep = window.RowStep;
        Clamp<TLanes, TVector> clamp = window.Clamp;
        for (; channel + (4 * lanes) <= channels; channel += 4 * lanes)
        {
            TVector y0a = TLanes.Load(weights + channel);
            TVector y0b = TLanes.Load(weights + channel + lanes);
            TVector y0c = TLanes.Load(weights + channel + (2 * lanes));
            TVector y0d = TLanes.Load(weights + channel + (3 * lanes));
            float* w = firstTap + channel;
            float* line = first + channel;
            for (int ky = 0; ky < rows; ky++, w += rowSkip, line += rowStep)
            {
                float* row = line;
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
                    row += tapStep;
                    w += weightStep;
                }
            }

            float* y = window.Output + channel;
            TLanes.Store(y, clamp.Apply(y0a));
            TLanes.Store(y + lanes, clamp.Apply(y0b));
            TLanes.Store(y + (2 * lanes), clamp.Apply(y0c));
            TLanes.Store(y + (3 * lanes), clamp.Apply(y0d));
        }

        return channel;
    }

    // One output of single vectors.
    private static int Tile1x1(in DepthwiseWindow<TLanes, TVector> window, int channel)
    {
        int lanes = TLanes.Count, channels = window.Channels;
        long weightStep = window.WeightStep;
        long tapStep = window.TapStep, rowSkip = window.RowSkip;
        float* weights = window.Weights;
        float* firstTap = window.FirstTap;
        float* first = window.FirstRow + window.Column;
        int rows = window.KyEnd - window.KyStart;
        long rowStep = window.RowStep;
        Clamp<TLanes, TVector> clamp = window.Clamp;
        for (; channel + lanes <= channels; channel += lanes)
        {
            TVector y0 = TLanes.Load(weights + channel);
            float* w = firstTap + channel;
            float* line = first + channel;
            for (int ky = 0; ky < rows; ky++, w += rowSkip, line += rowStep)
            {
                float* row = line;
                for (int kx = window.KxStart; kx < window.KxEnd; kx++)
                {
                    TVector weight = TLanes.Load(w);
                    y0 = TLanes.MultiplyAdd(weight, TLanes.Load(row), y0);
                    row += tapStep;
                    w += weightStep;
                }
            }

            float* y = window.Output + channel;
            TLanes.Store(y, clamp.Apply(y0));
        }

        return channel;
    }
}
