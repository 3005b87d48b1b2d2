using EdgeConv.Core;

namespace EdgeConv.Kernels.Colors;

/// <summary>
/// The colours of a frame as a model wants them: y[c] = offset[c] + sum over k of coefficient[c,k] x[k], x
/// being the components of a pixel less <see cref="Resize.ResizeKernel.Centre"/>.
/// </summary>
/// <remarks>
/// ITU-R BT.601-7 and BT.709-6, with the weights Kr and Kb of red and blue in luma. Of limited range
/// Y' = 255 (Y - 16) / 219, U' = 255 (U - 128) / 224; of full range Y' = Y, U' = U - 128; V' as U'.
/// R = Y' + 2 (1 - Kr) V', B = Y' + 2 (1 - Kb) U', and G = (Y' - Kr R - Kb B) / (1 - Kr - Kb).
/// </remarks>
public sealed class ColorMatrix
{
    private const int Colors = 3;
    private const float GrayRed = 0.299f;
    private const float GrayGreen = 0.587f;
    private const float GrayBlue = 0.114f;

    private ColorMatrix(int outputs, double[,] coefficients, double[] offsets, bool isReversed)
    {
        Inputs = coefficients.GetLength(1);
        Outputs = outputs;
        Coefficients = new float[Outputs * Inputs];
        Offsets = new float[Outputs];
        for (int c = 0; c < Outputs; c++)
        {
            int from = isReversed ? Outputs - 1 - c : c;
            double offset = offsets[from];
            for (int k = 0; k < Inputs; k++)
            {
                Coefficients[(c * Inputs) + k] = (float)coefficients[from, k];
                offset += Resize.ResizeKernel.Centre * coefficients[from, k];
            }

            Offsets[c] = (float)offset;
        }
    }

    /// <summary>Components that are read: 3, or only the first.</summary>
    public int Inputs { get; }

    /// <summary>Channels that are made, 1 or 3.</summary>
    public int Outputs { get; }

    /// <summary><c>[Outputs, Inputs]</c>.</summary>
    internal float[] Coefficients { get; }

    /// <summary><c>[Outputs]</c>.</summary>
    internal float[] Offsets { get; }

    /// <summary>
    /// The matrix of a frame. One channel is gray: luma, or 0.299 R + 0.587 G + 0.114 B (BT.601) of RGB.
    /// </summary>
    /// <param name="format">Layout of the frame; components in the order in which they lie there.</param>
    /// <param name="coding">What luma and chroma mean.</param>
    /// <param name="channels">Channels of the model, 1 or 3.</param>
    /// <param name="isReversed">Blue, green and red instead of red, green and blue.</param>
    public static ColorMatrix Of(PixelFormat format, ColorCoding coding, int channels, bool isReversed)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(channels is 1 or Colors, true, nameof(channels));
        return format switch
        {
            PixelFormat.Gray8 => new ColorMatrix(channels, new double[,] { { 1 }, { 1 }, { 1 } }, new double[3], false),
            PixelFormat.Rgb24 when channels == 1 =>
                new ColorMatrix(1, new double[,] { { GrayRed, GrayGreen, GrayBlue } }, [0], false),
            PixelFormat.Rgb24 => new ColorMatrix(
                Colors, new double[,] { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } }, new double[3], isReversed),
            _ => OfLuma(coding, channels, isReversed, format == PixelFormat.Nv21),
        };
    }

    private static ColorMatrix OfLuma(ColorCoding coding, int channels, bool isReversed, bool isRedFirst)
    {
        bool isLimited = coding is ColorCoding.Bt601 or ColorCoding.Bt709;
        (double red, double blue) = coding is ColorCoding.Bt601 or ColorCoding.Bt601Full
            ? (0.299, 0.114)
            : (0.2126, 0.0722);
        double luma = isLimited ? 255.0 / 219 : 1, black = isLimited ? -16 * luma : 0;
        if (channels == 1)
            return new ColorMatrix(1, new double[,] { { luma } }, [black], false);

        double chroma = isLimited ? 255.0 / 224 : 1, green = 1 - red - blue;
        double redOfV = 2 * (1 - red) * chroma, blueOfU = 2 * (1 - blue) * chroma;
        double greenOfU = -blue * blueOfU / green, greenOfV = -red * redOfV / green;
        double[,] coefficients = isRedFirst
            ? new[,] { { luma, redOfV, 0 }, { luma, greenOfV, greenOfU }, { luma, 0, blueOfU } }
            : new[,] { { luma, 0, redOfV }, { luma, greenOfU, greenOfV }, { luma, blueOfU, 0 } };
        double[] offsets =
            [black - (128 * redOfV), black - (128 * (greenOfU + greenOfV)), black - (128 * blueOfU)];
        return new ColorMatrix(Colors, coefficients, offsets, isReversed);
    }
}
