namespace EdgeConv.Kernels.Convolution;

/// <summary>Writes the inputs under the kernel, pixel after pixel, as rows of a matrix.</summary>
internal static unsafe class Patches
{
    /// <summary>
    /// matrix[p] = the patch <c>[KH,KW,Cin/G]</c> of output pixel <paramref name="pixel"/> + p, zeros where
    /// it leaves the image.
    /// </summary>
    public static void Fill(
        in ConvolutionShape shape,
        in ConvolutionArguments arguments,
        int group,
        int pixel,
        int pixels,
        float* matrix)
    {
        int channels = shape.InputChannels / shape.Groups;
        float* image = arguments.Input + ((long)group * channels);
        for (int i = pixel; i < pixel + pixels; i++)
        {
            int y = (i / shape.OutputWidth * shape.StrideY) - shape.PadTop;
            int x = (i % shape.OutputWidth * shape.StrideX) - shape.PadLeft;
            for (int ky = 0; ky < shape.KernelHeight; ky++)
            {
                int iy = y + (ky * shape.DilationY);
                bool isInside = iy >= 0 && iy < shape.InputHeight;
                float* row = isInside ? image + ((long)iy * shape.InputWidth * arguments.InputStride) : null;
                FillRow(shape, row, x, arguments.InputStride, matrix);
                matrix += shape.KernelWidth * channels;
            }
        }
    }

    private static void FillRow(in ConvolutionShape shape, float* row, int x, long stride, float* patch)
    {
        int channels = shape.InputChannels / shape.Groups;
        int last = x + ((shape.KernelWidth - 1) * shape.DilationX);
        bool isRun = shape.DilationX == 1 && stride == channels;
        if (row is not null && isRun && x >= 0 && last < shape.InputWidth)
        {
            Copy(row + (x * stride), shape.KernelWidth * channels, patch);
            return;
        }

        for (int ix = x; ix <= last; ix += shape.DilationX, patch += channels)
        {
            if (row is null || ix < 0 || ix >= shape.InputWidth)
                new Span<float>(patch, channels).Clear();
            else
                Copy(row + (ix * stride), channels, patch);
        }
    }

    private static void Copy(float* source, int count, float* destination) =>
        new ReadOnlySpan<float>(source, count).CopyTo(new Span<float>(destination, count));
}
