using EdgeConv.Kernels.Elementwise;

namespace EdgeConv.Kernels.Pointwise;

/// <summary>A register tile: all output channels of a few pixels.</summary>
internal interface IPointwiseTile
{
    /// <summary>Tile and instruction set, as in "4x24Avx2": output channels x pixels.</summary>
    static abstract string Name { get; }

    /// <summary>Output channels of a packed block.</summary>
    static abstract int BlockChannels { get; }

    /// <summary>Pixels of a full strip.</summary>
    static abstract int Pixels { get; }

    /// <summary>
    /// Computes the channels that <paramref name="arguments"/> names for 1 to <see cref="Pixels"/> pixels
    /// from
    /// <paramref name="pixel"/> on, up to and including the clamp of the activation.
    /// </summary>
    static abstract void Strip(in PointwiseArguments arguments, int pixel, int pixels);
}

/// <summary>
/// The product by strips of pixels: the strip's inputs stay in the first-level cache while all packed blocks
/// pass. Activations beyond a clamp follow on each band of strips while it is still near.
/// </summary>
internal sealed unsafe class F32Pointwise<TTile>(ElementwiseKernel elementwise) : PointwiseKernel
    where TTile : struct, IPointwiseTile
{
    private const int StripsPerBand = 4;

    public override string Name => "F32Pointwise" + TTile.Name;

    public override int BlockChannels => TTile.BlockChannels;

    public override void Run(in PointwiseArguments arguments)
    {
        int bandPixels = StripsPerBand * TTile.Pixels;
        for (int start = arguments.PixelStart; start < arguments.PixelEnd; start += bandPixels)
        {
            int end = Math.Min(start + bandPixels, arguments.PixelEnd);
            for (int pixel = start; pixel < end; pixel += TTile.Pixels)
                TTile.Strip(arguments, pixel, Math.Min(TTile.Pixels, end - pixel));
            if (arguments.Activation.NeedsPass)
                Activate(arguments, start, end - start);
        }
    }

    private void Activate(in PointwiseArguments arguments, int pixel, int pixels)
    {
        for (int channel = arguments.ChannelStart; channel < arguments.ChannelEnd; channel++)
        {
            float* row = arguments.Output + (channel * arguments.OutputStride) + pixel;
            elementwise.Activate(arguments.Activation, row, row, pixels);
        }
    }
}
