using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EdgeConv.Kernels.Convolution;

/// <summary>Writes the inputs under the kernel, pixel after pixel, as rows of a matrix.</summary>
internal static unsafe class Patches
{
    /// <summary>
    /// matrix[p] = the patch <c>[KH,KW,Cin/G]</c> of output pixel <paramref name="pixel"/> + p, zeros where
    /// it leaves the image.
    /// </summary>
    public static void Fill(
        ConvolutionShape shape,
        in ConvolutionArguments arguments,
        int group,
        int pixel,
        int pixels,
        float* matrix)
    {
        int channels = shape.InputChannels / shape.Groups;
        float* image = arguments.Input + ((long)group * channels);
        int oy = pixel / shape.OutputWidth, ox = pixel % shape.OutputWidth;
        for (; pixels > 0; pixels--)
        {
            int y = (oy * shape.StrideY) - shape.PadTop, x = (ox * shape.StrideX) - shape.PadLeft;
            for (int ky = 0; ky < shape.KernelHeight; ky++)
            {
                int iy = y + (ky * shape.DilationY);
                bool isInside = iy >= 0 && iy < shape.InputHeight;
                float* row = isInside ? image + ((long)iy * shape.InputWidth * arguments.InputStride) : null;
                FillRow(shape, row, x, arguments.InputStride, matrix);
                matrix += shape.KernelWidth * channels;
            }

            if (++ox == shape.OutputWidth)
                (oy, ox) = (oy + 1, 0);
        }
    }

    private static void FillRow(ConvolutionShape shape, float* row, int x, long stride, float* patch)
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

    // Runs are short, of three times three floats in a first layer: vectors that may overlap, and no call.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(float* source, int count, float* destination)
    {
        if (count < 4)
        {
            for (int i = 0; i < count; i++)
                destination[i] = source[i];
            return;
        }

        int last = count - 4;
        for (int i = 0; i < last; i += 4)
            Vector128.Store(Vector128.Load(source + i), destination + i);
        Vector128.Store(Vector128.Load(source + last), destination + last);
    }
}
