namespace EdgeConv.Kernels.Elementwise;

/// <summary>
/// Functions applied to each element of contiguous memory. Outputs may be the very memory of an input, but
/// not overlap it otherwise. Stateless, so that any number of threads may share one.
/// </summary>
public abstract unsafe class ElementwiseKernel
{
    /// <summary>Name by the grammar in README.md.</summary>
    public abstract string Name { get; }

    /// <summary>y = act(x).</summary>
    /// <remarks>
    /// Relative error at most 2e-7 for Exp and 4e-7 for Sigmoid, Silu and Tanh where the result is a normal
    /// number. Exp overflows to ∞ from 88.7228 on, passes through the subnormals and is 0 from -104 on; NaN
    /// stays NaN.
    /// </remarks>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void Activate(in Activation activation, ReadOnlySpan<float> x, Span<float> y)
    {
        RequireSameLength(x.Length, y.Length);
        fixed (float* source = x)
        fixed (float* destination = y)
            Activate(activation, source, destination, x.Length);
    }

    /// <summary>
    /// y[p,c] = x[p,c] scale[c] for x <c>[P,C]</c>, C being the number of scales: the last step of
    /// squeeze-and-excitation. y may be x.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The length of x is no multiple of that of the scales, or y's differs.
    /// </exception>
    public void ScaleChannels(ReadOnlySpan<float> x, ReadOnlySpan<float> scale, Span<float> y)
    {
        RequireSameLength(x.Length, y.Length);
        int channels = scale.Length;
        if (channels == 0 ? x.Length != 0 : x.Length % channels != 0)
            throw new ArgumentException($"{x.Length} elements do not fill pixels of {channels} channels");
        fixed (float* source = x)
        fixed (float* factors = scale)
        fixed (float* destination = y)
        {
            for (long start = 0; start < x.Length; start += channels)
                Multiply(source + start, factors, destination + start, channels);
        }
    }

    /// <summary>Activates some channels of pixels <paramref name="stride"/> floats apart, in place.</summary>
    internal void ActivatePixels(in Activation activation, float* y, int pixels, int channels, long stride)
    {
        if (channels == stride)
        {
            Activate(activation, y, y, (long)channels * pixels);
            return;
        }

        for (int pixel = 0; pixel < pixels; pixel++, y += stride)
            Activate(activation, y, y, channels);
    }

    internal abstract void Activate(in Activation activation, float* x, float* y, long count);

    internal abstract void Multiply(float* a, float* b, float* y, long count);

    private static void RequireSameLength(int actual, int expected)
    {
        if (actual != expected)
            throw new ArgumentException($"{actual} elements beside {expected}");
    }
}
