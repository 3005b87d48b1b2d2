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
    /// <param name="shape">The window.</param>
    /// <param name="x"><c>[H,W,C]</c>.</param>
    /// <param name="y"><c>[H',W',C]</c>, of which the rows of <paramref name="part"/> are computed.</param>
    /// <param name="channels">C.</param>
    /// <param name="part">Which part of the rows.</param>
    public void Max(PoolingShape shape, ReadOnlySpan<float> x, Span<float> y, int channels, Share part)
    {
        Check(shape, x.Length, y.Length, channels);
        fixed (float* source = x)
        fixed (float* destination = y)
            Max(shape, source, destination, channels, part.Cut(shape.OutputHeight, 1));
    }

    /// <summary>
    /// y = the mean under the window. The divisor is the number of taps inside the input or, where the shape
    /// counts pads, inside the padded input; a window without any gives 0.
    /// </summary>
    /// <inheritdoc cref="Max(PoolingShape, ReadOnlySpan{float}, Span{float}, int, Share)" path="/param"/>
    /// <exception cref="ArgumentException">A length is not the number of channels times its
    /// plane.</exception>
    public void Average(PoolingShape shape, ReadOnlySpan<float> x, Span<float> y, int channels, Share part)
    {
        Check(shape, x.Length, y.Length, channels);
        fixed (float* source = x)
        fixed (float* destination = y)
            Average(shape, source, destination, channels, part.Cut(shape.OutputHeight, 1));
    }

    /// <summary>
    /// y[c] = Σp x[p,c] / P for x <c>[P,C]</c>, C being the length of y, and the channels c of
    /// <paramref name="part"/>.
    /// </summary>
    /// <exception cref="ArgumentException">The length of x is no positive multiple of C.</exception>
    public abstract void GlobalAverage(ReadOnlySpan<float> x, Span<float> y, Share part);

    /// <summary>As the public method, without checks.</summary>
    internal abstract void Max(PoolingShape shape, float* x, float* y, int channels, (int Start, int End) rows);

    /// <summary>As the public method, without checks.</summary>
    internal abstract void Average(
        PoolingShape shape, float* x, float* y, int channels, (int Start, int End) rows);

    private static long InputPlane(PoolingShape shape) => (long)shape.InputHeight * shape.InputWidth;

    private static long OutputPlane(PoolingShape shape) => (long)shape.OutputHeight * shape.OutputWidth;

    private static void Check(PoolingShape shape, int inputs, int outputs, int channels)
    {
        if (inputs != channels * InputPlane(shape) || outputs != channels * OutputPlane(shape))
            throw new ArgumentException(
                $"{inputs} → {outputs} elements do not fill {channels} planes of {shape}");
    }
}
