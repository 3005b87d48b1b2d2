using EdgeConv.Kernels.Elementwise;
using EdgeConv.Kernels.Lanes;

namespace EdgeConv.Kernels.Depthwise;

/// <summary>
/// Tiles for rows of three taps without dilation: the three weights of a row stay in registers, and each
/// input is loaded once for all the outputs that see it. The first input may lie left of the image and the
/// last one right of it; they are then left out.
/// </summary>
internal static unsafe class DepthwiseThree<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    /// <summary>7 outputs of stride 1.</summary>
    public static void Stride1Tile7(in DepthwiseWindow<TLanes, TVector> window)
    {
        long step = window.TapStep;
        int channels = window.Channels, channel = 0;
        long weightStep = window.WeightStep;
        bool hasFirst = window.HasFirst, hasLast = window.HasLast;
        float* weights = window.Weights;
        float* firstTap = window.FirstTap;
        float* first = window.FirstRow + window.Column;
        int rows = window.KyEnd - window.KyStart;
        long rowStep = window.RowStep;
        Clamp<TLanes, TVector> clamp = window.Clamp;
        for (; channel + TLanes.Count <= channels; channel += TLanes.Count)
        {
            TVector y0 = TLanes.Load(weights + channel);
            TVector y1 = y0, y2 = y0, y3 = y0, y4 = y0, y5 = y0, y6 = y0;
            float* w = firstTap + channel;
            float* line = first + channel;
            for (int ky = 0; ky < rows; ky++, line += rowStep)
            {
                TVector w0 = TLanes.Load(w);
                TVector w1 = TLanes.Load(w + weightStep);
                TVector w2 = TLanes.Load(w + weightStep + weightStep);
                w += 3 * weightStep;
                float* row = line;
                if (hasFirst)
                    y0 = TLanes.MultiplyAdd(w0, TLanes.Load(row), y0);
                row += step;
                TVector x = TLanes.Load(row);
                y0 = TLanes.MultiplyAdd(w1, x, y0);
                y1 = TLanes.MultiplyAdd(w0, x, y1);
                row += step;
                x = TLanes.Load(row);
                y0 = TLanes.MultiplyAdd(w2, x, y0);
                y1 = TLanes.MultiplyAdd(w1, x, y1);
                y2 = TLanes.MultiplyAdd(w0, x, y2);
                row += step;
                x = TLanes.Load(row);
                y1 = TLanes.MultiplyAdd(w2, x, y1);
                y2 = TLanes.MultiplyAdd(w1, x, y2);
                y3 = TLanes.MultiplyAdd(w0, x, y3);
                row += step;
                x = TLanes.Load(row);
                y2 = TLanes.MultiplyAdd(w2, x, y2);
                y3 = TLanes.MultiplyAdd(w1, x, y3);
                y4 = TLanes.MultiplyAdd(w0, x, y4);
                row += step;
                x = TLanes.Load(row);
                y3 = TLanes.MultiplyAdd(w2, x, y3);
                y4 = TLanes.MultiplyAdd(w1, x, y4);
                y5 = TLanes.MultiplyAdd(w0, x, y5);
                row += step;
                x = TLanes.Load(row);
                y4 = TLanes.MultiplyAdd(w2, x, y4);
                y5 = TLanes.MultiplyAdd(w1, x, y5);
                y6 = TLanes.MultiplyAdd(w0, x, y6);
                row += step;
                x = TLanes.Load(row);
                y5 = TLanes.MultiplyAdd(w2, x, y5);
                y6 = TLanes.MultiplyAdd(w1, x, y6);
                row += step;
                if (hasLast)
                    y6 = TLanes.MultiplyAdd(w2, TLanes.Load(row), y6);
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
        }

        if (channel < channels)
            DepthwiseTaps<TLanes, TVector>.Edges(window, channel, 7);
    }

    /// <summary>4 outputs of stride 1.</summary>
    public static void Stride1Tile4(in DepthwiseWindow<TLanes, TVector> window)
    {
        long step = window.TapStep;
        int channels = window.Channels, channel = 0;
        long weightStep = window.WeightStep;
        bool hasFirst = window.HasFirst, hasLast = window.HasLast;
        float* weights = window.Weights;
        float* firstTap = window.FirstTap;
        float* first = window.FirstRow + window.Column;
        int rows = window.KyEnd - window.KyStart;
        long rowStep = window.RowStep;
        Clamp<TLanes, TVector> clamp = window.Clamp;
        for (; channel + TLanes.Count <= channels; channel += TLanes.Count)
        {
            TVector y0 = TLanes.Load(weights + channel);
            TVector y1 = y0, y2 = y0, y3 = y0;
            float* w = firstTap + channel;
            float* line = first + channel;
            for (int ky = 0; ky < rows; ky++, line += rowStep)
            {
                TVector w0 = TLanes.Load(w);
                TVector w1 = TLanes.Load(w + weightStep);
                TVector w2 = TLanes.Load(w + weightStep + weightStep);
                w += 3 * weightStep;
                float* row = line;
                if (hasFirst)
                    y0 = TLanes.MultiplyAdd(w0, TLanes.Load(row), y0);
                row += step;
                TVector x = TLanes.Load(row);
                y0 = TLanes.MultiplyAdd(w1, x, y0);
                y1 = TLanes.MultiplyAdd(w0, x, y1);
                row += step;
                x = TLanes.Load(row);
                y0 = TLanes.MultiplyAdd(w2, x, y0);
                y1 = TLanes.MultiplyAdd(w1, x, y1);
                y2 = TLanes.MultiplyAdd(w0, x, y2);
                row += step;
                x = TLanes.Load(row);
                y1 = TLanes.MultiplyAdd(w2, x, y1);
                y2 = TLanes.MultiplyAdd(w1, x, y2);
                y3 = TLanes.MultiplyAdd(w0, x, y3);
                row += step;
                x = TLanes.Load(row);
                y2 = TLanes.MultiplyAdd(w2, x, y2);
                y3 = TLanes.MultiplyAdd(w1, x, y3);
                row += step;
                if (hasLast)
                    y3 = TLanes.MultiplyAdd(w2, TLanes.Load(row), y3);
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

        if (channel < channels)
            DepthwiseTaps<TLanes, TVector>.Edges(window, channel, 4);
    }

    /// <summary>4 outputs of stride 2.</summary>
    public static void Stride2Tile4(in DepthwiseWindow<TLanes, TVector> window)
    {
        long step = window.TapStep;
        int channels = window.Channels, channel = 0;
        long weightStep = window.WeightStep;
        bool hasFirst = window.HasFirst, hasLast = window.HasLast;
        float* weights = window.Weights;
        float* firstTap = window.FirstTap;
        float* first = window.FirstRow + window.Column;
        int rows = window.KyEnd - window.KyStart;
        long rowStep = window.RowStep;
        Clamp<TLanes, TVector> clamp = window.Clamp;
        for (; channel + TLanes.Count <= channels; channel += TLanes.Count)
        {
            TVector y0 = TLanes.Load(weights + channel);
            TVector y1 = y0, y2 = y0, y3 = y0;
            float* w = firstTap + channel;
            float* line = first + channel;
            for (int ky = 0; ky < rows; ky++, line += rowStep)
            {
                TVector w0 = TLanes.Load(w);
                TVector w1 = TLanes.Load(w + weightStep);
                TVector w2 = TLanes.Load(w + weightStep + weightStep);
                w += 3 * weightStep;
                float* row = line;
                if (hasFirst)
                    y0 = TLanes.MultiplyAdd(w0, TLanes.Load(row), y0);
                row += step;
                TVector x = TLanes.Load(row);
                y0 = TLanes.MultiplyAdd(w1, x, y0);
                row += step;
                x = TLanes.Load(row);
                y0 = TLanes.MultiplyAdd(w2, x, y0);
                y1 = TLanes.MultiplyAdd(w0, x, y1);
                row += step;
                x = TLanes.Load(row);
                y1 = TLanes.MultiplyAdd(w1, x, y1);
                row += step;
                x = TLanes.Load(row);
                y1 = TLanes.MultiplyAdd(w2, x, y1);
                y2 = TLanes.MultiplyAdd(w0, x, y2);
                row += step;
                x = TLanes.Load(row);
                y2 = TLanes.MultiplyAdd(w1, x, y2);
                row += step;
                x = TLanes.Load(row);
                y2 = TLanes.MultiplyAdd(w2, x, y2);
                y3 = TLanes.MultiplyAdd(w0, x, y3);
                row += step;
                x = TLanes.Load(row);
                y3 = TLanes.MultiplyAdd(w1, x, y3);
                row += step;
                if (hasLast)
                    y3 = TLanes.MultiplyAdd(w2, TLanes.Load(row), y3);
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

        if (channel < channels)
            DepthwiseTaps<TLanes, TVector>.Edges(window, channel, 4);
    }

    /// <summary>7 outputs of stride 2.</summary>
    public static void Stride2Tile7(in DepthwiseWindow<TLanes, TVector> window)
    {
        long step = window.TapStep;
        int channels = window.Channels, channel = 0;
        long weightStep = window.WeightStep;
        bool hasFirst = window.HasFirst, hasLast = window.HasLast;
        float* weights = window.Weights;
        float* firstTap = window.FirstTap;
        float* first = window.FirstRow + window.Column;
        int rows = window.KyEnd - window.KyStart;
        long rowStep = window.RowStep;
        Clamp<TLanes, TVector> clamp = window.Clamp;
        for (; channel + TLanes.Count <= channels; channel += TLanes.Count)
        {
            TVector y0 = TLanes.Load(weights + channel);
            TVector y1 = y0, y2 = y0, y3 = y0, y4 = y0, y5 = y0, y6 = y0;
            float* w = firstTap + channel;
            float* line = first + channel;
            for (int ky = 0; ky < rows; ky++, line += rowStep)
            {
                TVector w0 = TLanes.Load(w);
                TVector w1 = TLanes.Load(w + weightStep);
                TVector w2 = TLanes.Load(w + weightStep + weightStep);
                w += 3 * weightStep;
                float* row = line;
                if (hasFirst)
                    y0 = TLanes.MultiplyAdd(w0, TLanes.Load(row), y0);
                row += step;
                TVector x = TLanes.Load(row);
                y0 = TLanes.MultiplyAdd(w1, x, y0);
                row += step;
                x = TLanes.Load(row);
                y0 = TLanes.MultiplyAdd(w2, x, y0);
                y1 = TLanes.MultiplyAdd(w0, x, y1);
                row += step;
                x = TLanes.Load(row);
                y1 = TLanes.MultiplyAdd(w1, x, y1);
                row += step;
                x = TLanes.Load(row);
                y1 = TLanes.MultiplyAdd(w2, x, y1);
                y2 = TLanes.MultiplyAdd(w0, x, y2);
                row += step;
                x = TLanes.Load(row);
                y2 = TLanes.MultiplyAdd(w1, x, y2);
                row += step;
                x = TLanes.Load(row);
                y2 = TLanes.MultiplyAdd(w2, x, y2);
                y3 = TLanes.MultiplyAdd(w0, x, y3);
                row += step;
                x = TLanes.Load(row);
                y3 = TLanes.MultiplyAdd(w1, x, y3);
                row += step;
                x = TLanes.Load(row);
                y3 = TLanes.MultiplyAdd(w2, x, y3);
                y4 = TLanes.MultiplyAdd(w0, x, y4);
                row += step;
                x = TLanes.Load(row);
                y4 = TLanes.MultiplyAdd(w1, x, y4);
                row += step;
                x = TLanes.Load(row);
                y4 = TLanes.MultiplyAdd(w2, x, y4);
                y5 = TLanes.MultiplyAdd(w0, x, y5);
                row += step;
                x = TLanes.Load(row);
                y5 = TLanes.MultiplyAdd(w1, x, y5);
                row += step;
                x = TLanes.Load(row);
                y5 = TLanes.MultiplyAdd(w2, x, y5);
                y6 = TLanes.MultiplyAdd(w0, x, y6);
                row += step;
                x = TLanes.Load(row);
                y6 = TLanes.MultiplyAdd(w1, x, y6);
                row += step;
                if (hasLast)
                    y6 = TLanes.MultiplyAdd(w2, TLanes.Load(row), y6);
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
        }

        if (channel < channels)
            DepthwiseTaps<TLanes, TVector>.Edges(window, channel, 7);
    }
}
