namespace EdgeConv.Kernels.Pooling;

/// <summary>
/// Pooling over planes <c>[C,H,W]</c> → <c>[C,H',W']</c>. Stateless, so that any number of threads may share
/// one.
/// </summary>
public abstract unsafe class PoolingKernel
{
    /// <summary>Name by the grammar in README.md.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// y = the greatest value under the window; padding never wins, a window of padding alone gives -∞.
    /// </summary>
    /// <exception cref="ArgumentException">A length is not the number of channels times its
    /// plane.</exception>
    public void Max(PoolingShape shape, ReadOnlySpan<float> x, Span<float> y, int channels)
    {
        Check(shape, x.Length, y.Length, channels);
        fixed (float* source = x)
        fixed (float* destination = y)
        {
            for (long channel = 0; channel < channels; channel++)
            {
                float* output = destination + (channel * OutputPlane(shape));
                MaxPlane(shape, source + (channel * InputPlane(shape)), output);
            }
        }
    }

    /// <summary>
    /// y = the mean under the window. The divisor is the number of taps inside the input or, with
    /// <paramref name="countPadding"/>, inside the padded input; a window without any gives NaN.
    /// </summary>
    /// <exception cref="ArgumentException">A length is not the number of channels times its
    /// plane.</exception>
    public void Average(
        PoolingShape shape, ReadOnlySpan<float> x, Span<float> y, int channels, bool countPadding)
    {
        Check(shape, x.Length, y.Length, channels);
        fixed (float* source = x)
        fixed (float* destination = y)
        {
            for (long channel = 0; channel < channels; channel++)
            {
                float* output = destination + (channel * OutputPlane(shape));
                SumPlane(shape, source + (channel * InputPlane(shape)), output);
                Divide(shape, output, countPadding);
            }
        }
    }

    /// <summary>y[c] = Σp x[c,p] / P for x <c>[C,P]</c>, C being the length of y.</summary>
    /// <exception cref="ArgumentException">The length of x is no positive multiple of C.</exception>
    public abstract void GlobalAverage(ReadOnlySpan<float> x, Span<float> y);

    internal abstract void MaxPlane(PoolingShape shape, float* x, float* y);

    internal abstract void SumPlane(PoolingShape shape, float* x, float* y);

    private static long InputPlane(PoolingShape shape) => (long)shape.InputHeight * shape.InputWidth;

    private static long OutputPlane(PoolingShape shape) => (long)shape.OutputHeight * shape.OutputWidth;

    private static void Check(PoolingShape shape, int inputs, int outputs, int channels)
    {
        if (inputs != channels * InputPlane(shape) || outputs != channels * OutputPlane(shape))
            throw new ArgumentException(
                $"{inputs} → {outputs} elements do not fill {channels} planes of {shape}");
    }

    private static void Divide(PoolingShape shape, float* y, bool countPadding)
    {
        int padTop = countPadding ? shape.PadTop : 0, padBottom = countPadding ? shape.PadBottom : 0;
        int padLeft = countPadding ? shape.PadLeft : 0, padRight = countPadding ? shape.PadRight : 0;
        for (int oy = 0; oy < shape.OutputHeight; oy++)
        {
            int top = (oy * shape.StrideY) - shape.PadTop;
            int rows = Taps(top, shape.KernelHeight, shape.DilationY, -padTop, shape.InputHeight + padBottom);
            for (int ox = 0; ox < shape.OutputWidth; ox++)
            {
                int left = (ox * shape.StrideX) - shape.PadLeft;
                int columns = Taps(
                    left, shape.KernelWidth, shape.DilationX, -padLeft, shape.InputWidth + padRight);
                *y++ /= rows * columns;
            }
        }
    }

    private static int Taps(int start, int count, int dilation, int least, int end)
    {
        int inside = 0;
        for (int tap = 0; tap < count; tap++)
        {
            int at = start + (tap * dilation);
            inside += at >= least && at < end ? 1 : 0;
        }

        return inside;
    }
}
