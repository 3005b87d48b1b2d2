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

    /// <summary>y = a + b.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void Add(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y)
    {
        RequireSameLength(a.Length, y.Length);
        RequireSameLength(b.Length, y.Length);
        fixed (float* left = a)
        fixed (float* right = b)
        fixed (float* destination = y)
            Add(left, right, destination, y.Length);
    }

    /// <summary>y = a b, element by element.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void Multiply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y)
    {
        RequireSameLength(a.Length, y.Length);
        RequireSameLength(b.Length, y.Length);
        fixed (float* left = a)
        fixed (float* right = b)
        fixed (float* destination = y)
            Multiply(left, right, destination, y.Length);
    }

    /// <summary>
    /// y[c,p] = x[c,p] scale[c] for x <c>[C,P]</c>: the last step of squeeze-and-excitation.
    /// </summary>
    /// <exception cref="ArgumentException">The length of x is no multiple of that of the scales, or y's
    /// differs.</exception>
    public void ScaleChannels(ReadOnlySpan<float> x, ReadOnlySpan<float> scale, Span<float> y)
    {
        RequireSameLength(x.Length, y.Length);
        int pixels = RowLength(x.Length, scale.Length);
        fixed (float* source = x)
        fixed (float* destination = y)
        {
            for (int channel = 0; channel < scale.Length; channel++)
            {
                long offset = (long)channel * pixels;
                Scale(source + offset, scale[channel], destination + offset, pixels);
            }
        }
    }

    /// <summary>y[r,c] = e^(x[r,c] - max x[r,:]) / Σ over c of the same, for x <c>[R,C]</c>.</summary>
    /// <exception cref="ArgumentException">The length of x is no multiple of the number of rows, or y's
    /// differs.</exception>
    public void Softmax(ReadOnlySpan<float> x, Span<float> y, int rows)
    {
        RequireSameLength(x.Length, y.Length);
        int columns = RowLength(x.Length, rows);
        if (columns == 0)
            return;
        fixed (float* source = x)
        fixed (float* destination = y)
        {
            for (long row = 0; row < rows; row++)
                SoftmaxRow(source + (row * columns), destination + (row * columns), columns);
        }
    }

    internal abstract void Activate(in Activation activation, float* x, float* y, long count);

    internal abstract void Add(float* a, float* b, float* y, long count);

    internal abstract void Multiply(float* a, float* b, float* y, long count);

    internal abstract void Scale(float* x, float factor, float* y, long count);

    internal abstract void SoftmaxRow(float* x, float* y, long count);

    private static int RowLength(int length, int rows)
    {
        if (rows == 0 ? length != 0 : rows < 0 || length % rows != 0)
            throw new ArgumentException($"{length} elements do not fill {rows} equal rows");
        return rows == 0 ? 0 : length / rows;
    }

    private static void RequireSameLength(int actual, int expected)
    {
        if (actual != expected)
            throw new ArgumentException($"{actual} elements beside {expected}");
    }
}
