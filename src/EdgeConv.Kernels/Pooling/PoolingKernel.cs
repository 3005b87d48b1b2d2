namespace EdgeConv.Kernels.Pooling;

/// <summary>
/// Pooling of an image with channels last, <c>[H,W,C]</c> → <c>[H',W',C]</c>. Stateless, so that any number
/// of threads may share one.
/// </summary>
public abstract unsafe class PoolingKernel
{
    /// <summary>Name by the grammar in README.md.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// y = the greatest value under the window; padding never wins, a window of padding alone gives -∞, one
    /// with a NaN NaN.
    /// </summary>
    /// <exception cref="ArgumentException">A length is not the number of channels times its
    /// plane.</exception>
    public void Max(PoolingShape shape, ReadOnlySpan<float> x, Span<float> y, int channels)
    {
        Check(shape, x.Length, y.Length, channels);
        fixed (float* source = x)
        fixed (float* destination = y)
            Max(shape, source, destination, channels);
    }

    /// <summary>
    /// y = the mean under the window. The divisor is the number of taps inside the input or, with
    /// <paramref name="countPadding"/>, inside the padded input; a window without any gives 0.
    /// </summary>
    /// <exception cref="ArgumentException">A length is not the number of channels times its
    /// plane.</exception>
    public void Average(
        PoolingShape shape, ReadOnlySpan<float> x, Span<float> y, int channels, bool countPadding)
    {
        Check(shape, x.Length, y.Length, channels);
        fixed (float* source = x)
        fixed (float* destination = y)
            Average(shape, source, destination, channels, countPadding);
    }

    /// <summary>y[c] = Σp x[p,c] / P for x <c>[P,C]</c>, C being the length of y.</summary>
    /// <exception cref="ArgumentException">The length of x is no positive multiple of C.</exception>
    public abstract void GlobalAverage(ReadOnlySpan<float> x, Span<float> y);

    /// <summary>As the public method, without checks.</summary>
    internal abstract void Max(PoolingShape shape, float* x, float* y, int channels);

    /// <summary>As the public method, without checks.</summary>
    internal abstract void Average(PoolingShape shape, float* x, float* y, int channels, bool countPadding);

    private static long InputPlane(PoolingShape shape) => (long)shape.InputHeight * shape.InputWidth;

    private static long OutputPlane(PoolingShape shape) => (long)shape.OutputHeight * shape.OutputWidth;

    private static void Check(PoolingShape shape, int inputs, int outputs, int channels)
    {
        if (inputs != channels * InputPlane(shape) || outputs != channels * OutputPlane(shape))
            throw new ArgumentException(
                $"{inputs} → {outputs} elements do not fill {channels} planes of {shape}");
    }
}
