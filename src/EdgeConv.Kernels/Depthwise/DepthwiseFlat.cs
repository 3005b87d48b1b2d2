using EdgeConv.Kernels.Elementwise;
using EdgeConv.Kernels.Lanes;

namespace EdgeConv.Kernels.Depthwise;

/// <summary>
/// Rows of stride 1 whose channels do not fill vectors: the row is one run of floats, and a vector holds
/// channels of several pixels. The weights are repeated so far that each vector finds its own side by side,
/// wherever in a pixel it begins.
/// </summary>
internal static unsafe class DepthwiseFlat<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    /// <summary>Floats of a tap's repeated weights.</summary>
    public static int Period(int channels) => channels + TLanes.Count;

    /// <summary>Repeats <c>[1 + KH KW, C]</c> to <c>[1 + KH KW, Period]</c>.</summary>
    public static PackedWeights Repeat(float* weights, int channels, int rows)
    {
        int period = Period(channels);
        PackedWeights repeated = new((long)rows * period, "depthwise, repeated");
        if (repeated.IsFilled)
            return repeated;
        for (int row = 0; row < rows; row++)
        {
            for (int i = 0; i < period; i++)
                repeated.Data[((long)row * period) + i] = weights[((long)row * channels) + (i % channels)];
        }

        return repeated;
    }

    /// <summary>
    /// Outputs whose taps all lie inside the image, <paramref name="count"/> floats of whole pixels.
    /// </summary>
    public static void Run(in DepthwiseWindow<TLanes, TVector> window, float* repeated, long count)
    {
        int channels = window.Channels, kernelWidth = window.KernelWidth, phase = 0;
        long period = Period(channels);
        float* firstTap = repeated + ((1 + (window.KyStart * kernelWidth)) * period);
        float* first = window.FirstRow + window.Column;
        int rows = window.KyEnd - window.KyStart;
        float* y = window.Output;
        Clamp<TLanes, TVector> clamp = window.Clamp;
        for (long i = 0; i < count; i += TLanes.Count)
        {
            int left = (int)Math.Min(count - i, TLanes.Count);
            TVector sum = TLanes.Load(repeated + phase);
            float* w = firstTap + phase;
            for (int ky = 0; ky < rows; ky++)
            {
                float* x = first + (ky * window.RowStep) + i;
                for (int kx = 0; kx < kernelWidth; kx++, x += channels, w += period)
                {
                    TVector value = left == TLanes.Count ? TLanes.Load(x) : TLanes.LoadPartial(x, left);
                    sum = TLanes.MultiplyAdd(TLanes.Load(w), value, sum);
                }
            }

            if (left == TLanes.Count)
                TLanes.Store(y + i, clamp.Apply(sum));
            else
                TLanes.StorePartial(y + i, clamp.Apply(sum), left);
            phase = (phase + TLanes.Count) % channels;
        }
    }
}
