using EdgeConv.Core;
using Xunit;

namespace EdgeConv.Engine.Tests.Arrangement;

public class ConvolutionTest
{
    [Fact]
    public void Transposed_convolution_matches_its_definition()
    {
        foreach (int group in new[] { 1, 2 })
        {
            foreach (int kernel in new[] { 1, 2, 3 })
            {
                foreach (int stride in new[] { 1, 2, 3 })
                {
                    foreach (int dilation in new[] { 1, 2 })
                    {
                        for (int pad = 0; pad < kernel; pad++)
                            CheckTransposed(group, kernel, stride, dilation, pad);
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData("SAME_UPPER", 6)]
    [InlineData("SAME_LOWER", 6)]
    [InlineData("VALID", 7)]
    public void Transposed_automatic_padding_multiplies_the_extent_by_the_stride(string rule, int expected)
    {
        using Tensor x = Run.Random(1, 1, 1, 3);
        using Tensor w = Run.Random(2, 1, 1, 3);
        (string, object)[] attributes = [("strides", new long[] { 2 }), ("auto_pad", rule)];
        using Tensor y = Run.One("ConvTranspose", [x, w], attributes);
        using Tensor full = Run.One("ConvTranspose", [x, w], ("strides", new long[] { 2 }));
        Assert.Equal(expected, y.Shape[2]);
        int cut = rule == "SAME_LOWER" ? 1 : 0;
        Assert.Equal(full.AsSpan<float>().Slice(cut, expected).ToArray(), y.AsSpan<float>().ToArray());
    }

    [Fact]
    public void Output_shape_may_reach_past_the_last_window()
    {
        using Tensor x = Run.Random(1, 1, 1, 3);
        using Tensor w = Run.Random(2, 1, 1, 3);
        using Tensor full = Run.One("ConvTranspose", [x, w], ("strides", new long[] { 2 }));
        using Tensor y = Run.One(
            "ConvTranspose", [x, w], ("strides", new long[] { 2 }), ("output_shape", new long[] { 9 }));
        Assert.Equal([.. full.AsSpan<float>().ToArray(), 0, 0], y.AsSpan<float>().ToArray());
    }

    [Fact]
    public void Three_spatial_axes_transpose_to_the_outer_product()
    {
        using Tensor x = Tensor.From(new Shape(1, 1, 1, 1, 1), 2f);
        using Tensor w = Run.Random(2, 1, 3, 2, 3, 4);
        using Tensor y = Run.One("ConvTranspose", [x, w]);
        Assert.Equal(new Shape(1, 3, 2, 3, 4), y.Shape);
        for (int i = 0; i < y.Length; i++)
            Assert.Equal(2 * w.AsSpan<float>()[i], y.AsSpan<float>()[i]);
    }

    [Fact]
    public void Misfitting_weights_are_refused()
    {
        using Tensor x = Run.Random(1, 1, 2, 3);
        using Tensor w = Run.Random(2, 2, 1, 3);
        Run.Refused("ConvTranspose", 11, [x, Run.Random(2, 3, 1, 3)]);
        Run.Refused("ConvTranspose", 11, [x, w], ("group", 0L));
        Run.Refused("ConvTranspose", 11, [x, w], ("group", 3L));
        Run.Refused("ConvTranspose", 11, [x, w], ("kernel_shape", new long[] { 2 }));
        Run.Refused("ConvTranspose", 11, [x, w], ("pads", new long[] { 3, 3 }));
        Run.Refused("ConvTranspose", 11, [x, w], ("output_shape", new long[] { 0 }));
        Run.Refused("ConvTranspose", 11, [x, w], ("output_padding", new long[] { -1 }));
        Run.Refused("ConvTranspose", 11, [x, w], ("strides", new long[] { int.MaxValue }));
        Run.Refused("ConvTranspose", 11, [x, w, Run.Random(1, 2)]);
    }

    [Theory]
    [InlineData(DataType.UInt8, DataType.UInt8, 1)]
    [InlineData(DataType.UInt8, DataType.Int8, 2)]
    [InlineData(DataType.Int8, DataType.Int8, 4)]
    public void Integer_convolution_matches_its_definition(DataType left, DataType right, int group)
    {
        using Tensor x = Run.RandomBytes(1, left, 2, 4, 5, 6);
        using Tensor w = Run.RandomBytes(2, right, 4, 4 / group, 3, 2);
        using Tensor xZero = Run.RandomBytes(3, left);
        using Tensor wZero = Run.RandomBytes(4, right, 4);
        using Tensor y = Run.One("ConvInteger", [x, w, xZero, wZero], ("group", (long)group),
            ("strides", new long[] { 2, 1 }), ("pads", new long[] { 1, 0, 1, 1 }),
            ("dilations", new long[] { 1, 2 }));
        Assert.Equal(new Shape(2, 4, 3, 5), y.Shape);
        for (int i = 0; i < y.Length; i++)
        {
            (int n, int m, int h, int v) = (i / 60, i / 15 % 4, i / 5 % 3, i % 5);
            int sum = 0;
            for (int tap = 0; tap < 4 / group * 6; tap++)
            {
                (int c, int row, int column) = (tap / 6, (h * 2) - 1 + (tap / 2 % 3), v + (tap % 2 * 2));
                if (row < 0 || row >= 5 || column >= 6)
                    continue;
                int channel = (m / (4 / group) * (4 / group)) + c;
                int element = At(x, (((((n * 4) + channel) * 5) + row) * 6) + column) - At(xZero, 0);
                sum += element * (At(w, (m * 4 / group * 6) + tap) - At(wZero, m));
            }

            Assert.Equal(sum, y.AsSpan<int>()[i]);
        }
    }

    [Fact]
    public void Quantized_convolution_requantizes_the_integer_one()
    {
        using Tensor x = Run.RandomBytes(1, DataType.UInt8, 1, 2, 5, 5);
        using Tensor w = Run.RandomBytes(2, DataType.Int8, 3, 2, 3, 3);
        using Tensor zero = Tensor.From<byte>(Shape.Scalar, 130);
        using Tensor wZero = Tensor.From<sbyte>(new Shape(1), 2);
        using Tensor sums = Run.One("ConvInteger", [x, w, zero, wZero]);
        using Tensor y = Run.One("QLinearConv",
        [
            x, Run.Floats([], 0.5f), zero, w, Run.Floats([3], 0.25f, 0.5f, 1), wZero, Run.Floats([1], 64),
            Tensor.From<byte>(Shape.Scalar, 100), Tensor.From(new Shape(3), 1000, -1000, 0),
        ]);
        int[] biases = [1000, -1000, 0];
        double[] ratios = [0.25, 0.5, 1];
        for (int i = 0; i < y.Length; i++)
        {
            int filter = i / 9;
            double real = (sums.AsSpan<int>()[i] + biases[filter]) * 0.5 * ratios[filter];
            Assert.Equal(Math.Clamp(Math.Round(real / 64) + 100, 0, 255), y.AsSpan<byte>()[i]);
        }

        Run.Refused("QLinearConv", 10,
            [x, Run.Floats([], 1), zero, w, Run.Floats([2], 1, 1), wZero, Run.Floats([], 1), zero]);
    }

    private static int At(Tensor tensor, int i) =>
        tensor.Type == DataType.Int8 ? tensor.AsSpan<sbyte>()[i] : tensor.AsSpan<byte>()[i];

    private static void CheckTransposed(int group, int kernel, int stride, int dilation, int pad)
    {
        const int Batch = 2, Channels = 4, Filters = 3, Height = 3, Width = 4;
        int reach = ((kernel - 1) * dilation) + 1;
        (int height, int width) =
            (((Height - 1) * stride) + reach - (2 * pad), ((Width - 1) * stride) + reach - (2 * pad));
        if (height <= 0)
            return;
        using Tensor x = Run.Random(1, Batch, Channels, Height, Width);
        using Tensor w = Run.Random(2, Channels, Filters, kernel, kernel);
        using Tensor bias = Run.Random(3, Filters * group);
        using Tensor y = Run.One("ConvTranspose", [x, w, bias], ("group", (long)group),
            ("strides", new long[] { stride, stride }), ("dilations", new long[] { dilation, dilation }),
            ("pads", new long[] { pad, pad, pad, pad }));
        Assert.Equal(new Shape(Batch, Filters * group, height, width), y.Shape);
        float[] expected = new float[y.Length];
        for (int i = 0; i < expected.Length; i++)
            expected[i] = bias.AsSpan<float>()[i / (height * width) % (Filters * group)];
        for (int i = 0; i < x.Length; i++)
        {
            (int n, int c, int h, int v) = (i / 48, i / 12 % 4, i / 4 % 3, i % 4);
            for (int t = 0; t < Filters * kernel * kernel; t++)
            {
                int filter = (c / (Channels / group) * Filters) + (t / kernel / kernel);
                int row = (h * stride) - pad + (t / kernel % kernel * dilation);
                int column = (v * stride) - pad + (t % kernel * dilation);
                if (row >= 0 && row < height && column >= 0 && column < width)
                {
                    expected[((((n * Filters * group) + filter) * height) + row) * width + column] +=
                        x.AsSpan<float>()[i] * w.AsSpan<float>()[(c * Filters * kernel * kernel) + t];
                }
            }
        }

        using Tensor wanted = Tensor.From<float>(y.Shape, expected);
        Run.AssertNear(wanted, y, 1e-5f);
    }
}
