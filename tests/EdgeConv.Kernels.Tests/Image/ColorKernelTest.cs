using EdgeConv.Core;
using EdgeConv.Kernels.Colors;
using EdgeConv.Kernels.Tests.Support;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Kernels.Tests.Image;

public sealed unsafe class ColorKernelTest : IDisposable
{
    private const int Gap = 3;
    private const float Untouched = 12345.5f;

    private static readonly float[] Mean = [123.675f, 116.28f, 103.53f];
    private static readonly float[] Scale = [1 / 58.395f, 1 / 57.12f, 1 / 57.375f];

    private readonly GuardedMemory _components = new(1 << 12);
    private readonly GuardedMemory _channels = new(1 << 12);

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Rows_of_every_small_width_match_the_formula(KernelSet set)
    {
        foreach (int width in Grid.Sizes(70))
        {
            foreach (PixelFormat format in (PixelFormat[])[PixelFormat.Gray8, PixelFormat.Rgb24, PixelFormat.Yuyv, PixelFormat.Nv21])
            {
                Require(set, format, 1, width, isRounded: false);
                Require(set, format, 3, width, isRounded: false);
                Require(set, format, 3, width, isRounded: true);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sets.All), MemberType = typeof(Sets))]
    public void Bytes_of_every_small_width_are_the_rounded_floats(KernelSet set)
    {
        foreach (int width in Grid.Sizes(70))
        {
            foreach (PixelFormat format in (PixelFormat[])[PixelFormat.Gray8, PixelFormat.Rgb24, PixelFormat.Uyvy])
            {
                ColorMatrix matrix = ColorMatrix.Of(format, ColorCoding.Bt709, 3, isReversed: width % 3 == 0);
                ColorRow row = new(matrix, new float[3], [1, 1, 1], isRounded: true);
                int padded = (width + 7) & ~7;
                float[] x = [.. Numbers.Reals(matrix.Inputs * padded, width).Select(value => 160 * value)];
                float[] planes = new float[3 * width];
                float* components = _components.AtEnd<float>(x);
                fixed (float* y = planes)
                    KernelTable.Colors(set).Run(row, components, padded, width, y, width);
                foreach (bool atStart in (bool[])[true, false])
                {
                    byte* pixels = atStart ? _channels.AtStart<byte>(3 * width) : _channels.AtEnd<byte>(3 * width);
                    KernelTable.Colors(set).RunBytes(matrix, components, padded, width, pixels);
                    for (int i = 0; i < 3 * width; i++)
                        Assert.Equal(planes[(i % 3 * width) + (i / 3)], pixels[i]);
                }
            }
        }
    }

    // ITU-R BT.601-7 and BT.709-6; of full range as JFIF prints them.
    [Theory]
    [InlineData(ColorCoding.Bt601, 1.164, 1.596, -0.392, -0.813, 2.017)]
    [InlineData(ColorCoding.Bt601Full, 1, 1.402, -0.344136, -0.714136, 1.772)]
    [InlineData(ColorCoding.Bt709, 1.164, 1.793, -0.213, -0.533, 2.112)]
    [InlineData(ColorCoding.Bt709Full, 1, 1.5748, -0.1873, -0.4681, 1.8556)]
    public void Coefficients_are_those_of_the_recommendations(
        ColorCoding coding, double luma, double redOfV, double greenOfU, double greenOfV, double blueOfU)
    {
        float[] m = ColorMatrix.Of(PixelFormat.Yuyv, coding, 3, isReversed: false).Coefficients;
        double[] expected = [luma, 0, redOfV, luma, greenOfU, greenOfV, luma, blueOfU, 0];
        for (int i = 0; i < m.Length; i++)
            Assert.Equal(expected[i], m[i], 0.0006);
    }

    [Theory]
    [InlineData(ColorCoding.Bt601, 16, 235)]
    [InlineData(ColorCoding.Bt709, 16, 235)]
    [InlineData(ColorCoding.Bt601Full, 0, 255)]
    [InlineData(ColorCoding.Bt709Full, 0, 255)]
    public void Black_and_white_are_the_ends_of_the_range(ColorCoding coding, int black, int white)
    {
        ColorMatrix matrix = ColorMatrix.Of(PixelFormat.Nv12, coding, 3, isReversed: false);
        for (int c = 0; c < 3; c++)
        {
            Assert.Equal(0, ValueOf(matrix, c, black, 128, 128), 0.001);
            Assert.Equal(255, ValueOf(matrix, c, white, 128, 128), 0.001);
        }
    }

    public void Dispose()
    {
        _components.Dispose();
        _channels.Dispose();
    }

    private static double ValueOf(ColorMatrix matrix, int channel, params ReadOnlySpan<double> components)
    {
        double value = matrix.Offsets[channel];
        for (int k = 0; k < matrix.Inputs; k++)
            value += matrix.Coefficients[(channel * matrix.Inputs) + k] * (components[k] - 127);
        return value;
    }

    private void Require(KernelSet set, PixelFormat format, int channels, int width, bool isRounded)
    {
        ColorMatrix matrix = ColorMatrix.Of(format, ColorCoding.Bt601, channels, isReversed: width % 2 == 0);
        ColorRow row = new(matrix, Mean.AsSpan(0, channels), Scale.AsSpan(0, channels), isRounded);
        int padded = (width + 7) & ~7, length = ((channels - 1) * (width + Gap)) + width;
        float[] x = [.. Numbers.Reals(matrix.Inputs * padded, width).Select(value => 128 * value)];
        float* y = _channels.AtEnd<float>(length);
        new Span<float>(y, length).Fill(Untouched);
        KernelTable.Colors(set).Run(row, _components.AtEnd<float>(x), padded, width, y, width + Gap);
        for (int i = 0; i < length; i++)
        {
            int channel = i / (width + Gap), column = i % (width + Gap);
            if (column >= width)
            {
                Assert.Equal(Untouched, y[i]);
                continue;
            }

            double value = matrix.Offsets[channel];
            for (int k = 0; k < matrix.Inputs; k++)
                value += matrix.Coefficients[(channel * matrix.Inputs) + k] * (double)x[(k * padded) + column];
            value = Math.Clamp(value, 0, 255);
            double made = (y[i] / Scale[channel]) + Mean[channel];
            Assert.Equal(value, made, isRounded ? 0.5001 : 0.0002);
            if (isRounded)
                Assert.Equal(Math.Round(made), made, 0.0001);
        }
    }
}
