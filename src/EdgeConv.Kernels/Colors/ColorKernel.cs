namespace EdgeConv.Kernels.Colors;

/// <summary>
/// y[c,x] = (round(clamp(m, 0, 255)) - mean[c]) scale[c], with m of the <see cref="ColorMatrix"/> and halves
/// rounded upwards where a row is rounded. Knows no state; any number of threads may use one.
/// </summary>
public abstract unsafe class ColorKernel
{
    /// <summary>The greatest value of a byte.</summary>
    internal const float Greatest = 255;

    /// <summary>Name by the grammar in README.md.</summary>
    public abstract string Name { get; }

    /// <summary>Computes a row.</summary>
    /// <param name="row">Constants.</param>
    /// <param name="x">
    /// <c>[Inputs,W]</c>; up to seven floats behind each plane are read, which may be anything.
    /// </param>
    /// <param name="xStride">Floats from one plane to the next.</param>
    /// <param name="width">W.</param>
    /// <param name="y"><c>[Outputs,W]</c>; no byte more is written.</param>
    /// <param name="yStride">Floats from one plane to the next.</param>
    public void Run(ColorRow row, float* x, int xStride, int width, float* y, long yStride)
    {
        ArgumentNullException.ThrowIfNull(row);
        for (int c = 0; c < row.Matrix.Outputs; c++)
        {
            if (row.Matrix.Inputs == 1)
                OfOne(row, c, x, width, y + (c * yStride));
            else
                OfThree(row, c, x, xStride, width, y + (c * yStride));
        }
    }

    /// <summary>Computes a channel of one component.</summary>
    private protected abstract void OfOne(ColorRow row, int channel, float* x, int width, float* y);

    /// <summary>Computes a channel of three components.</summary>
    private protected abstract void OfThree(
        ColorRow row, int channel, float* x, int xStride, int width, float* y);
}
