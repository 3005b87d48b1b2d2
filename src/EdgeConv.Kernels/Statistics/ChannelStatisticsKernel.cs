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
    /// mean[c] = Σp x[c,p] / P for x <c>[C,P]</c>, C being the length of <paramref name="mean"/>.
    /// </summary>
    /// <exception cref="ArgumentException">The length of x is no positive multiple of C.</exception>
    public void Mean(ReadOnlySpan<float> x, Span<float> mean) => Run(x, mean, []);

    /// <summary>
    /// mean[c] = Σp x[c,p] / P and variance[c] = Σp (x[c,p] - mean[c])² / P (population variance) for x
    /// <c>[C,P]</c>, in two passes, so that a mean far from zero costs no digits.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The length of x is no positive multiple of C, or the numbers of means and variances differ.
    /// </exception>
    public void MeanAndVariance(ReadOnlySpan<float> x, Span<float> mean, Span<float> variance)
    {
        if (mean.Length != variance.Length)
            throw new ArgumentException(
                $"{variance.Length} variances for {mean.Length} means", nameof(variance));
        Run(x, mean, variance);
    }

    internal abstract void Plane(float* x, long count, out double mean, out double variance);

    internal abstract double PlaneMean(float* x, long count);

    private void Run(ReadOnlySpan<float> x, Span<float> mean, Span<float> variance)
    {
        if (mean.Length == 0 || x.Length == 0 || x.Length % mean.Length != 0)
            throw new ArgumentException($"{x.Length} elements for {mean.Length} channels", nameof(x));
        int pixels = x.Length / mean.Length;
        fixed (float* source = x)
        {
            for (int channel = 0; channel < mean.Length; channel++)
            {
                float* plane = source + ((long)channel * pixels);
                if (variance.IsEmpty)
                {
                    mean[channel] = (float)PlaneMean(plane, pixels);
                    continue;
                }

                Plane(plane, pixels, out double average, out double spread);
                mean[channel] = (float)average;
                variance[channel] = (float)spread;
            }
        }
    }
}

/// <summary>The statistics in one instruction set.</summary>
internal sealed unsafe class F32ChannelStatistics<TLanes, TVector> : ChannelStatisticsKernel
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    public override string Name => "F32ChannelStatistics" + TLanes.Set;

    internal override double PlaneMean(float* x, long count) => Sums<TLanes, TVector>.Of(x, count) / count;

    // The second pass measures from the rounded mean and corrects for the rounding.
    internal override void Plane(float* x, long count, out double mean, out double variance)
    {
        float origin = (float)PlaneMean(x, count);
        double rest = Sums<TLanes, TVector>.OfDifferences(x, origin, count, out double squares) / count;
        mean = origin + rest;
        variance = Math.Max(0, (squares / count) - (rest * rest));
    }
}
