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

    /// <summary>
    /// The shuffle of two groups of channels: low | high <c>[P,2C]</c> with pixels y[2c] = first[c] and
    /// y[2c+1] = second[c] for first and second <c>[P,C]</c>.
    /// </summary>
    /// <param name="first"><c>[P,C]</c>.</param>
    /// <param name="second"><c>[P,C]</c>.</param>
    /// <param name="low"><c>[P,C]</c>, gets the lower half of the channels; or all <c>[P,2C]</c>.</param>
    /// <param name="high"><c>[P,C]</c>, gets the upper half; empty where the other one gets all.</param>
    /// <param name="channels">C; even where there are two outputs.</param>
    /// <exception cref="ArgumentException">The lengths do not fit together.</exception>
    public void ShuffleChannels(
        ReadOnlySpan<float> first,
        ReadOnlySpan<float> second,
        Span<float> low,
        Span<float> high,
        int channels)
    {
        bool isCut = !high.IsEmpty;
        RequireSameLength(second.Length, first.Length);
        RequireSameLength(low.Length + high.Length, 2 * first.Length);
        RequireSameLength(isCut ? high.Length : 0, isCut ? low.Length : 0);
        if (channels < 1 || first.Length % channels != 0 || (isCut && channels % 2 != 0))
            throw new ArgumentException($"{first.Length} elements do not fill pixels of {channels} channels");
        int half = isCut ? channels / 2 : channels;
        fixed (float* a = first)
        fixed (float* b = second)
        fixed (float* y = low)
        fixed (float* z = high)
        {
            for (int start = 0; start < first.Length; start += channels)
            {
                Interleave(a + start, b + start, y + (start / channels * 2L * half), half);
                if (isCut)
                    Interleave(a + start + half, b + start + half, z + start, half);
            }
        }
    }

    internal void Activate(in Activation activation, float* x, float* y, long count) => Activate(
        activation, new ElementRows { Source = x, Target = y, Count = count });

    /// <summary>Activates some channels of pixels <paramref name="stride"/> floats apart, in place.</summary>
    internal void ActivatePixels(in Activation activation, float* y, int pixels, int channels, long stride)
    {
        bool isRun = channels == stride;
        Activate(activation, new ElementRows
        {
            Source = y,
            Target = y,
            Count = isRun ? (long)channels * pixels : channels,
            Rows = isRun ? 1 : pixels,
            Stride = stride,
        });
    }

    internal abstract void Activate(in Activation activation, ElementRows rows);

    internal abstract void Interleave(float* a, float* b, float* y, int count);

    internal abstract void Multiply(float* a, float* b, float* y, long count);

    private static void RequireSameLength(int actual, int expected)
    {
        if (actual != expected)
            throw new ArgumentException($"{actual} elements beside {expected}");
    }
}

/// <summary>Elements to map, in rows as far apart in the source as in the target.</summary>
internal unsafe struct ElementRows
{
    /// <summary>Makes a single row.</summary>
    public ElementRows()
    {
    }

    /// <summary>First element of the first row.</summary>
    public float* Source { get; init; }

    /// <summary>First element of the first row.</summary>
    public float* Target { get; init; }

    /// <summary>Elements of a row.</summary>
    public long Count { get; init; }

    /// <summary>Number of rows.</summary>
    public int Rows { get; init; } = 1;

    /// <summary>Floats from one row to the next.</summary>
    public long Stride { get; init; }
}
