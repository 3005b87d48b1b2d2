using EdgeConv.Core;
using EdgeConv.Pipeline.Preprocessing;

namespace EdgeConv.Pipeline.Tests.Preprocessing.Support;

/// <summary>
/// The slow, obvious way from a frame to a model's picture: every pixel becomes RGB with the chroma of its
/// block, in double and cut off nowhere, then every value of the picture is a weighted mean of all pixels.
/// </summary>
internal static class ReferencePicture
{
    /// <summary>Planes <c>[C,H,W]</c> of RGB or luma, cut off at 0 and 255.</summary>
    public static double[] Of(Frame frame, PreprocessOptions options, InputLayout input)
    {
        ImageMapping mapping = ImageMapping.Of(options.Fit, frame.Width, frame.Height, input);
        double[][] columns = Weights(frame.Width, input.Width, mapping.StartX, mapping.ExtentX, options.Antialias);
        double[][] rows = Weights(frame.Height, input.Height, mapping.StartY, mapping.ExtentY, options.Antialias);
        double[] picture = new double[input.Channels * input.Height * input.Width];
        for (int i = 0; i < picture.Length; i++)
        {
            int x = i % input.Width, y = i / input.Width % input.Height, c = i / input.Width / input.Height;
            double sum = 0;
            for (int row = 0; row < frame.Height; row++)
            {
                for (int column = 0; column < frame.Width && rows[y][row] != 0; column++)
                {
                    if (columns[x][column] != 0)
                        sum += rows[y][row] * columns[x][column] * PixelOf(frame, column, row, c, input.Channels);
                }
            }

            picture[i] = Math.Clamp(sum, 0, 255);
        }

        return picture;
    }

    /// <summary>A channel of a pixel, as the recommendations have it.</summary>
    public static double PixelOf(Frame frame, int x, int y, int channel, int channels)
    {
        (int atY, int atU, int atV) = CameraFrames.Places(frame, x, y);
        ReadOnlySpan<byte> bytes = frame.Pixels.Span;
        bool isLimited = frame.Coding is ColorCoding.Bt601 or ColorCoding.Bt709;
        bool isHigh = frame.Coding is ColorCoding.Bt709 or ColorCoding.Bt709Full;
        double luma = isLimited ? (bytes[atY] - 16) / 219.0 : bytes[atY] / 255.0;
        if (channels == 1)
            return 255 * luma;
        double u = (bytes[atU] - 128) / (isLimited ? 224.0 : 255), v = (bytes[atV] - 128) / (isLimited ? 224.0 : 255);
        (double kr, double kb) = isHigh ? (0.2126, 0.0722) : (0.299, 0.114);
        double red = luma + (2 * (1 - kr) * v), blue = luma + (2 * (1 - kb) * u);
        double green = (luma - (kr * red) - (kb * blue)) / (1 - kr - kb);
        return 255 * (channel == 0 ? red : channel == 1 ? green : blue);
    }

    // The triangle 1 - |k - centre| / support of each output over all inputs.
    private static double[][] Weights(int input, int output, double start, double extent, bool antialias)
    {
        (start, extent) = (Math.Max(0, start), Math.Min(input, extent));
        double scale = extent / output, support = antialias ? Math.Max(1, scale) : 1;
        double[][] weights = new double[output][];
        for (int i = 0; i < output; i++)
        {
            double centre = start + ((i + 0.5) * scale) - 0.5;
            if (support == 1)
                centre = Math.Clamp(centre, 0, input - 1);
            double[] all = [.. Enumerable.Range(0, input).Select(k => Math.Max(0, 1 - (Math.Abs(k - centre) / support)))];
            double sum = all.Sum();
            weights[i] = [.. all.Select(weight => weight / sum)];
        }

        return weights;
    }
}
