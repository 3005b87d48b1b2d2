namespace EdgeConv.Kernels.Convolution;

/// <summary>
/// Patches <c>[Cin,KH,KW]</c> of planes <c>[Cin,H,W]</c> or <c>[H,Cin,W]</c>: where their runs of KW taps lie,
/// and a matrix of them with zeros where they leave the image.
/// </summary>
internal sealed unsafe class PlanarPatches
{
    private readonly ConvolutionShape _shape;

    /// <summary>For the convolutions of one shape.</summary>
    public PlanarPatches(ConvolutionShape shape)
    {
        _shape = shape;
        RowStride = shape.IsInputByRow ? (long)shape.InputChannels * shape.InputWidth : shape.InputWidth;
        long planeStride = shape.IsInputByRow ? shape.InputWidth : (long)shape.InputHeight * shape.InputWidth;
        Runs = new long[shape.InputChannels * shape.KernelHeight];
        for (int run = 0; run < Runs.Length; run++)
        {
            long y = run % shape.KernelHeight * shape.DilationY;
            Runs[run] = (run / shape.KernelHeight * planeStride) + (y * RowStride);
        }
    }

    /// <summary>Floats from a patch's first tap to the first one of each of its Cin KH runs.</summary>
    public long[] Runs { get; }

    /// <summary>Floats from one row of a plane to the next.</summary>
    public long RowStride { get; }

    /// <summary>Writes the patch of an output pixel.</summary>
    public void Fill(float* image, int pixel, float* patch)
    {
        int oy = pixel / _shape.OutputWidth, ox = pixel % _shape.OutputWidth;
        int top = (oy * _shape.StrideY) - _shape.PadTop, left = (ox * _shape.StrideX) - _shape.PadLeft;
        (int ky, int kyEnd) =
            WindowShape.TapsInside(top, _shape.KernelHeight, _shape.DilationY, 0, _shape.InputHeight);
        (int kx, int kxEnd) =
            WindowShape.TapsInside(left, _shape.KernelWidth, _shape.DilationX, 0, _shape.InputWidth);
        int width = _shape.KernelWidth, dilation = _shape.DilationX, height = _shape.KernelHeight, y = 0;
        float* corner = image + (top * RowStride) + left;
        foreach (long run in Runs)
        {
            int first = y >= ky && y < kyEnd ? kx : width, end = first == width ? width : kxEnd;
            for (int x = 0; x < first; x++)
                patch[x] = 0;
            for (int x = first; x < end; x++)
                patch[x] = corner[run + ((long)x * dilation)];
            for (int x = end; x < width; x++)
                patch[x] = 0;
            patch += width;
            if (++y == height)
                y = 0;
        }
    }
}
