using EdgeConv.Kernels.Lanes;

namespace EdgeConv.Kernels.Statistics;

/// <summary>
/// Per-channel statistics over the positions of a feature map: what a gate keeps of a tap. Stateless, so that
/// any number of threads may share one.
/// </summary>
public abstract unsafe class ChannelStatisticsKernel
{
    /// <summary>Name by the grammar in README.md.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// mean[c] = Σp x[c,p] / P and variance[c] = Σp (x[c,p] - mean[c])² / P (population variance) for planes
    /// x <c>[C,P]</c>, in two passes, so that a mean far from zero costs no digits.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The length of x is no positive multiple of C, or the numbers of means and variances differ.
    /// </exception>
    public void PlaneMeanAndVariance(ReadOnlySpan<float> x, Span<float> mean, Span<float> variance)
    {
        int pixels = PixelsOf(x.Length, mean.Length, variance.Length);
        fixed (float* source = x)
        {
            for (int channel = 0; channel < mean.Length; channel++)
            {
                Plane(source + ((long)channel * pixels), pixels, out double average, out double spread);
                mean[channel] = (float)average;
                variance[channel] = (float)spread;
            }
        }
    }

    /// <summary>
    /// The same for pixels x <c>[P,C]</c>: mean[c] = Σp x[p,c] / P, variance[c] = Σp (x[p,c] - mean[c])² / P.
    /// </summary>
    /// <inheritdoc cref="PlaneMeanAndVariance" path="//exception"/>
    public void PixelMeanAndVariance(ReadOnlySpan<float> x, Span<float> mean, Span<float> variance)
    {
        int pixels = PixelsOf(x.Length, mean.Length, variance.Length);
        fixed (float* source = x)
        fixed (float* means = mean)
        fixed (float* variances = variance)
            Pixels(Columns(source, pixels, mean.Length, (0, mean.Length)), means, variances);
    }

    /// <summary>
    /// mean[c] = Σp x[p,c] / P for pixels x <c>[P,C]</c> and the channels c of <paramref name="part"/>.
    /// </summary>
    /// <exception cref="ArgumentException">The length of x is no positive multiple of C.</exception>
    public void PixelMean(ReadOnlySpan<float> x, Span<float> mean, Share part)
    {
        int pixels = PixelsOf(x.Length, mean.Length, mean.Length);
        fixed (float* source = x)
        fixed (float* means = mean)
        {
            (int start, int end) = part.Cut(mean.Length, ChannelUnit);
            Pixels(Columns(source, pixels, mean.Length, (start, end)), means + start, null);
        }
    }

    // A cache line, and whole vectors.
    private const int ChannelUnit = 32;

    internal abstract void Plane(float* x, long count, out double mean, out double variance);

    /// <param name="x">Some channels of all pixels.</param>
    /// <param name="mean">Gets the means.</param>
    /// <param name="variance">Gets the variances; null when they are not wanted.</param>
    internal abstract void Pixels(in PixelColumns x, float* mean, float* variance);

    private static PixelColumns Columns(float* x, int pixels, int channels, (int Start, int End) part) => new()
    {
        First = x + part.Start,
        Pixels = pixels,
        Stride = channels,
        Channels = part.End - part.Start,
    };

    private static int PixelsOf(int count, int channels, int variances)
    {
        if (channels != variances)
            throw new ArgumentException($"{variances} variances for {channels} means", nameof(variances));
        if (channels == 0 || count == 0 || count % channels != 0)
            throw new ArgumentException($"{count} elements for {channels} channels", nameof(count));
        return count / channels;
    }
}

/// <summary>Neighbouring channels of pixels.</summary>
internal readonly unsafe struct PixelColumns
{
    /// <summary>The first channel of the first pixel.</summary>
    public required float* First { get; init; }

    /// <summary>How many pixels.</summary>
    public required int Pixels { get; init; }

    /// <summary>Floats from one pixel to the next.</summary>
    public required int Stride { get; init; }

    /// <summary>How many channels.</summary>
    public required int Channels { get; init; }
}

/// <summary>The statistics in one instruction set.</summary>
internal sealed unsafe class F32ChannelStatistics<TLanes, TVector> : ChannelStatisticsKernel
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    public override string Name => "F32ChannelStatistics" + TLanes.Set;

    // The second pass measures from the rounded mean and corrects for the rounding.
    internal override void Plane(float* x, long count, out double mean, out double variance)
    {
        float origin = (float)(Sums<TLanes, TVector>.Of(x, count) / count);
        double rest = Sums<TLanes, TVector>.OfDifferences(x, origin, count, out double squares) / count;
        mean = origin + rest;
        variance = Math.Max(0, (squares / count) - (rest * rest));
    }

    internal override void Pixels(in PixelColumns x, float* mean, float* variance)
    {
        float* source = x.First;
        (int pixels, int stride, int channels) = (x.Pixels, x.Stride, x.Channels);
        int channel = 0, wide = variance is null ? PixelSums<TLanes, TVector>.WideCount : int.MaxValue;
        for (; channel <= channels - wide; channel += wide)
            PixelSums<TLanes, TVector>.WideMeans(source + channel, pixels, stride, mean + channel);
        for (; channel + TLanes.Count <= channels; channel += TLanes.Count)
        {
            float* variances = variance is null ? null : variance + channel;
            PixelSums<TLanes, TVector>.Statistics(
                source + channel, pixels, stride, mean + channel, variances);
        }

        for (; channel < channels; channel++)
        {
            float* variances = variance is null ? null : variance + channel;
            PixelSums<ScalarLanes, float>.Statistics(
                source + channel, pixels, stride, mean + channel, variances);
        }
    }
}
