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
        if (row.Matrix is { Inputs: 3, Outputs: 3 })
        {
            Three(row, x, xStride, width, y, yStride);
            return;
        }

        for (int c = 0; c < row.Matrix.Outputs; c++)
            Channel(row, c, x, xStride, width, y + (c * yStride));
    }

    /// <summary>
    /// Computes a row of three channels as bytes side by side, [W,3]: round(clamp(m, 0, 255)), whatever mean
    /// and scale are.
    /// </summary>
    /// <param name="matrix">Colours; the channels of one component are the same.</param>
    /// <param name="x">As of <see cref="Run"/>.</param>
    /// <param name="xStride">Floats from one plane to the next.</param>
    /// <param name="width">W.</param>
    /// <param name="pixels"><c>[W,3]</c>; no byte more is written.</param>
    public abstract void RunBytes(ColorMatrix matrix, float* x, int xStride, int width, byte* pixels);

    /// <summary>Computes a channel.</summary>
    private protected abstract void Channel(
        ColorRow row, int channel, float* x, int xStride, int width, float* y);

    /// <summary>Computes three channels of three components.</summary>
    private protected abstract void Three(
        ColorRow row, float* x, int xStride, int width, float* y, long yStride);
}
