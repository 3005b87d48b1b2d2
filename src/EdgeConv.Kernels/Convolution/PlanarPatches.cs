namespace EdgeConv.Kernels.Convolution;

/// <summary>
/// Patches <c>[Cin,KH,KW]</c> of planes <c>[Cin,H,W]</c>: where their runs of KW taps lie, and a matrix of
/// them with zeros where they leave the image.
/// </summary>
internal sealed unsafe class PlanarPatches
{
    private readonly ConvolutionShape _shape;

    /// <summary>For the convolutions of one shape.</summary>
    public PlanarPatches(ConvolutionShape shape)
    {
        _shape = shape;
        Runs = new long[shape.InputChannels * shape.KernelHeight];
        for (int run = 0; run < Runs.Length; run++)
        {
            long y = run % shape.KernelHeight * shape.DilationY;
            Runs[run] = ((run / shape.KernelHeight * (long)shape.InputHeight) + y) * shape.InputWidth;
        }
    }

    /// <summary>Floats from a patch's first tap to the first one of each of its Cin KH runs.</summary>
    public long[] Runs { get; }

    /// <summary>Writes the patch of an output pixel.</summary>
    public void Fill(float* image, int pixel, float* patch)
    {
        int oy = pixel / _shape.OutputWidth, ox = pixel % _shape.OutputWidth;
        int top = (oy * _shape.StrideY) - _shape.PadTop, left = (ox * _shape.StrideX) - _shape.PadLeft;
        (int ky, int kyEnd) =
            WindowShape.TapsInside(top, _shape.KernelHeight, _shape.DilationY, 0, _shape.InputHeight);
        (int kx, int kxEnd) =
            WindowShape.TapsInside(left, _shape.KernelWidth, _shape.DilationX, 0, _shape.InputWidth);
        long corner = ((long)top * _shape.InputWidth) + left;
        for (int run = 0; run < Runs.Length; run++, patch += _shape.KernelWidth)
        {
            int y = run % _shape.KernelHeight;
            bool isInside = y >= ky && y < kyEnd;
            for (int x = 0; x < _shape.KernelWidth; x++)
            {
                patch[x] = isInside && x >= kx && x < kxEnd
                    ? image[corner + Runs[run] + ((long)x * _shape.DilationX)]
                    : 0;
            }
        }
    }
}
