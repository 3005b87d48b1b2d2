namespace EdgeConv.Kernels.Pixels;

/// <summary>
/// y[c,x] = (pixels[x,c] - mean[c]) * scale[c] in float32, in this order, of a row of bytes <c>[W,C]</c>.
/// Knows no state; any number of threads may use one.
/// </summary>
public abstract unsafe class PixelKernel
{
    /// <summary>Name by the grammar in README.md.</summary>
    public abstract string Name { get; }

    /// <summary>Computes a row.</summary>
    /// <param name="row">Constants and order.</param>
    /// <param name="pixels"><c>[W,C]</c>; no byte more is read.</param>
    /// <param name="width">W.</param>
    /// <param name="y"><c>[C,W]</c> or <c>[W,C]</c>, as <see cref="PixelRow.IsPlanar"/> says.</param>
    /// <param name="planeStride">Floats from one channel of a planar row to the next.</param>
    public void Run(PixelRow row, byte* pixels, int width, float* y, long planeStride)
    {
        int bytes = width * row.Channels;
        if (bytes < PixelRow.Block || !RunBlocks(row, pixels, bytes, y, planeStride))
            RunEach(row, pixels, width, y, planeStride);
    }

    /// <summary>Computes a row of at least a block; the last block ends with the row.</summary>
    /// <returns>False when it does not.</returns>
    protected abstract bool RunBlocks(PixelRow row, byte* pixels, int bytes, float* y, long planeStride);

    private static void RunEach(PixelRow row, byte* pixels, int width, float* y, long planeStride)
    {
        int channels = row.Channels;
        for (int c = 0; c < channels; c++)
        {
            byte* x = pixels + row.ByteOf(c);
            float mean = row.Mean[row.SlotOf(c)], scale = row.Scale[row.SlotOf(c)];
            float* to = row.IsPlanar ? y + (c * planeStride) : y + c;
            int step = row.IsPlanar ? 1 : channels;
            for (int i = 0; i < width; i++)
                to[i * step] = (x[i * channels] - mean) * scale;
        }
    }
}
