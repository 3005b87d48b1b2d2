using CsCheck;
using EdgeConv.Core;
using EdgeConv.Pipeline.Preprocessing;
using EdgeConv.Pipeline.Tests.Preprocessing.Support;
using EdgeConv.Testing;
using EdgeConv.Testing.Pipelines;
using Xunit;

namespace EdgeConv.Pipeline.Tests.Preprocessing;

/// <summary>Frames as cameras give them, in luma and chroma, become what RGB of the same colours becomes.</summary>
public sealed class CameraFormatTest
{
    // On the 0..255 scale. Components are off by up to 1/512 for what lies between rows and columns, and by
    // their variation over 65,536 for each axis; blue takes 1.16 of luma and 2.11 of U.
    private const double Tolerance = 0.06;

    private static readonly PreprocessOptions Exact = new() { Rounding = Rounding.None };

    public static TheoryData<PixelFormat> Formats => [.. CameraFrames.Luma];

    // Bars of 100 % in BT.601, limited range (ITU-R BT.1729; to whole numbers).
    [Theory]
    [MemberData(nameof(Formats))]
    public void Colour_bars_become_the_colours_they_code(PixelFormat format)
    {
        (int Y, int U, int V, byte Red, byte Green, byte Blue)[] bars =
        [
            (235, 128, 128, 255, 255, 255), (210, 16, 146, 255, 255, 0), (170, 166, 16, 0, 255, 255),
            (145, 54, 34, 0, 255, 0), (106, 202, 222, 255, 0, 255), (81, 90, 240, 255, 0, 0),
            (41, 240, 110, 0, 0, 255), (16, 128, 128, 0, 0, 0),
        ];
        using Frame frame = CameraFrames.Made(
            format, (8 * 8, 12), (x, _) => (bars[x / 8].Y, bars[x / 8].U, bars[x / 8].V));
        float[] planes = Floats(new PreprocessOptions(), frame, new Shape(1, 3, 12, 64));
        for (int i = 0; i < 64 * 12; i++)
        {
            (_, _, _, byte red, byte green, byte blue) = bars[i % 64 / 8];
            Assert.Equal(red, planes[i], 1f);
            Assert.Equal(green, planes[(64 * 12) + i], 1f);
            Assert.Equal(blue, planes[(2 * 64 * 12) + i], 1f);
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Every_size_is_what_the_slow_way_makes_of_it(PixelFormat format)
    {
        Gen.Select(Gen.Int[1, 70], Gen.Int[1, 40], Gen.Int[2, 40], Gen.Int[2, 24], Gen.Int[0, 63]).Sample(
            (width, height, toWidth, toHeight, mode) =>
            {
                PreprocessOptions options = Exact with
                {
                    Antialias = mode % 2 == 0,
                    Fit = mode / 2 % 2 == 0 ? Fit.Stretch : Fit.Crop,
                };
                using Frame frame = CameraFrames.Noise(
                    format, (width, height), mode, padding: mode % 3 * 2, (ColorCoding)(mode / 4 % 4));
                Shape shape = new(1, mode < 16 ? 1 : 3, toHeight, toWidth);
                RequireNear(ReferencePicture.Of(frame, options, LayoutOf(shape)), Floats(options, frame, shape));
            }, iter: 150);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Every_width_is_read_to_its_last_byte_and_no_further(PixelFormat format)
    {
        using GuardedMemory memory = new(1 << 14);
        for (int width = 1; width <= 70; width++)
        {
            for (int height = 1; height <= 5; height++)
            {
                foreach (int padding in (int[])[0, 2, 6])
                {
                    using Frame noise = CameraFrames.Noise(format, (width, height), width, padding);
                    using CameraFrames.GuardedBytes bytes = new(memory, noise.Pixels.ToArray());
                    using Frame guarded = CameraFrames.Of(format, (width, height), bytes.Memory, padding);
                    Shape shape = new(1, 3, 7, 9);
                    Assert.Equal(Floats(Exact, noise, shape), Floats(Exact, guarded, shape));
                    shape = new Shape(1, 3, Math.Max(2, height), width);
                    Assert.Equal(Floats(Exact, noise, shape), Floats(Exact, guarded, shape));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void What_pads_rows_is_not_seen(PixelFormat format)
    {
        (int, int, int) Pixel(int x, int y) => (16 + (x * 7 % 219), (x / 2 * 13 % 225) + 16, (y / 2 * 29 % 225) + 16);
        using Frame tight = CameraFrames.Made(format, (50, 31), Pixel);
        using Frame padded = CameraFrames.Made(format, (50, 31), Pixel, padding: 14);
        foreach (Shape shape in (Shape[])[new(1, 3, 24, 24), new(1, 3, 31, 50), new(1, 1, 80, 80)])
            Assert.Equal(Floats(Exact, tight, shape), Floats(Exact, padded, shape));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_picture_of_one_colour_stays_so_at_every_size_and_fit(PixelFormat format)
    {
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 40], Gen.Int[1, 30], Gen.Int[1, 30], Gen.Byte, Gen.Byte, Gen.Byte).Sample(
            (width, height, toWidth, toHeight, luma, u, v) =>
            {
                using Frame frame = CameraFrames.Made(format, (width, height), (_, _) => (luma, u, v));
                foreach (Fit fit in Enum.GetValues<Fit>())
                {
                    foreach (bool antialias in (bool[])[true, false])
                        RequireConstant(frame, Exact with { Fit = fit, Antialias = antialias }, toHeight, toWidth);
                }
            }, iter: 30);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_camera_s_frame_and_its_RGB_become_the_same_picture(PixelFormat format)
    {
        using Frame frame = CameraFrames.Made(format, (64, 48), InGamut);
        byte[] rgb = new byte[64 * 48 * 3];
        for (int i = 0; i < rgb.Length; i++)
        {
            double value = ReferencePicture.PixelOf(frame, i / 3 % 64, i / 3 / 64, i % 3, 3);
            rgb[i] = (byte)Math.Clamp(Math.Round(value), 0, 255);
        }

        using Frame colors = Samples.Frame(64, 48, rgb);
        foreach (bool antialias in (bool[])[true, false])
        {
            foreach (Shape shape in (Shape[])[new(1, 3, 24, 24), new(1, 3, 48, 64), new(1, 3, 60, 100)])
            {
                PreprocessOptions options = Exact with { Antialias = antialias };
                float[] expected = Floats(options, colors, shape), actual = Floats(options, frame, shape);

                // RGB of bytes is rounded before it is resized, by half a step at most.
                for (int i = 0; i < expected.Length; i++)
                    Assert.Equal(expected[i], actual[i], 0.5 + Tolerance);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Mirrored_frames_become_mirrored_pictures(PixelFormat format)
    {
        (int, int, int) Pixel(int x, int y) =>
            (((x * 31) + (y * 17)) % 256, ((x / 2 * 57) + (y / 2 * 7)) % 256, y / 2 * 43 % 256);
        using Frame frame = CameraFrames.Made(format, (36, 20), Pixel);
        using Frame mirrored = CameraFrames.Made(format, (36, 20), (x, y) => Pixel(35 - x, y));
        using Frame upended = CameraFrames.Made(format, (36, 20), (x, y) => Pixel(x, 19 - y));
        Shape shape = new(1, 3, 9, 15);
        float[] planes = Floats(Exact, frame, shape);
        float[] across = Floats(Exact, mirrored, shape), down = Floats(Exact, upended, shape);
        for (int i = 0; i < planes.Length; i++)
        {
            int x = i % 15, y = i / 15 % 9, plane = i / 135 * 135;
            Assert.Equal(planes[i], across[plane + (y * 15) + 14 - x], Tolerance);
            Assert.Equal(planes[i], down[plane + ((8 - y) * 15) + x], Tolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Gray_models_take_luma_whatever_the_colour(PixelFormat format)
    {
        byte[] luma = [0, 16, 100, 235, 255, 77];
        using Frame frame = CameraFrames.Made(format, (6, 2), (x, _) => (luma[x], 40 * x, 255 - (40 * x)));
        float[] gray = Floats(Exact, frame, new Shape(1, 1, 2, 6));
        for (int i = 0; i < gray.Length; i++)
            Assert.Equal(Math.Clamp((luma[i % 6] - 16) * 255 / 219f, 0, 255), gray[i], 0.001);
        using Frame full = CameraFrames.Made(
            format, (6, 2), (x, _) => (luma[x], 40 * x, 9), coding: ColorCoding.Bt601Full);
        gray = Floats(Exact, full, new Shape(1, 1, 2, 6));
        for (int i = 0; i < gray.Length; i++)
            Assert.Equal(luma[i % 6], gray[i]);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Bytes_floats_and_pixels_side_by_side_are_the_same_picture(PixelFormat format)
    {
        Gen.Select(Gen.Int[1, 50], Gen.Int[1, 30], Gen.Int[1, 50], Gen.Int[2, 30], Gen.Int[0, 11]).Sample(
            (width, height, toWidth, toHeight, mode) =>
            {
                PreprocessOptions options = new()
                {
                    Fit = (Fit)(mode % 3), Color = (ColorOrder)(mode % 2), Antialias = mode < 6, PadValue = 114,
                };
                using Frame frame = CameraFrames.Noise(format, (width, height), mode);
                float[] planes = Floats(options, frame, new Shape(1, 3, toHeight, toWidth));
                float[] pixels = Floats(options, frame, new Shape(1, toHeight, toWidth, 3), isPlanar: false);
                byte[] bytes = Bytes(options, frame, new Shape(1, toHeight, toWidth, 3));
                for (int i = 0; i < bytes.Length; i++)
                {
                    Assert.Equal(planes[(i % 3 * toHeight * toWidth) + (i / 3)], pixels[i]);
                    Assert.Equal(pixels[i], bytes[i]);
                }
            }, iter: 100);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Bytes_for_a_session_that_normalises_are_not_normalised_before(int channels)
    {
        PreprocessOptions options = new() { Mean = [10], Deviation = [7], Color = ColorOrder.Bgr };
        InputLayout layout = new(channels, 9, 13, false) { IsBytes = true, IsNormalised = true };
        using Frame frame = CameraFrames.Noise(PixelFormat.Nv12, (40, 30), 1);
        using Tensor input = new(DataType.UInt8, new Shape(1, 9, 13, channels));
        new ImagePreprocessor(options, layout).Run(frame, input);
        Assert.Equal(Bytes(new PreprocessOptions(), frame, input.Shape), input.AsBytes().ToArray());
    }

    [Fact]
    public void Means_deviations_and_order_are_those_of_the_model()
    {
        using Frame frame = CameraFrames.Made(PixelFormat.Yuyv, (2, 2), (_, _) => (81, 90, 240));
        PreprocessOptions options = new() { Color = ColorOrder.Bgr, Mean = [1, 2, 3], Deviation = [2, 4, 8] };
        float[] planes = Floats(options, frame, new Shape(1, 3, 2, 2));
        for (int i = 0; i < planes.Length; i++)
            Assert.Equal(i / 4 == 0 ? (0f - 1) / 2 : i / 4 == 1 ? (0f - 2) / 4 : (254f - 3) / 8, planes[i], 0.001);
    }

    [Theory]
    [InlineData(PixelFormat.Gray8)]
    [InlineData(PixelFormat.Rgb24)]
    [InlineData(PixelFormat.Yuyv)]
    [InlineData(PixelFormat.Uyvy)]
    [InlineData(PixelFormat.Nv12)]
    [InlineData(PixelFormat.Nv21)]
    [InlineData(PixelFormat.Yuv420)]
    [InlineData(PixelFormat.Yuv422)]
    public void A_steady_stream_of_one_form_allocates_nothing(PixelFormat format)
    {
        using Frame frame = CameraFrames.Noise(format, (48, 36), 1);
        using Tensor floats = new(DataType.Float32, new Shape(1, 3, 24, 24));
        using Tensor bytes = new(DataType.UInt8, new Shape(1, 24, 24, 3));
        ImagePreprocessor toFloats = new(new PreprocessOptions(), LayoutOf(floats.Shape));
        ImagePreprocessor toBytes = new(new PreprocessOptions(), LayoutOf(bytes.Shape, DataType.UInt8));
        Assert.Equal(0, Allocation.Least(() => toFloats.Run(frame, floats)));
        Assert.Equal(0, Allocation.Least(() => toBytes.Run(frame, bytes)));
    }

    [Theory]
    [InlineData(PixelFormat.Yuyv, 12 * 9 * 2 - 1, 0, "215 bytes in rows of 24; 12x9 Yuyv needs 216 bytes in rows of 24")]
    [InlineData(PixelFormat.Nv12, 12 * 9, 0, "108 bytes in rows of 12; 12x9 Nv12 needs 168 bytes in rows of 12")]
    [InlineData(PixelFormat.Rgb24, 1000, -1, "1000 bytes in rows of 35; 12x9 Rgb24 needs 316 bytes in rows of 36")]
    public void A_frame_of_too_few_bytes_is_refused(PixelFormat format, int bytes, int padding, string problem)
    {
        using Frame frame = CameraFrames.Of(format, (12, 9), new byte[bytes], padding);
        DataError error = Assert.Throws<DataError>(() => Floats(Exact, frame, new Shape(1, 3, 8, 8)));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    // Red, green and blue of 8 to 247, so that rounding in luma and chroma leaves them inside 0 to 255.
    private static (int Y, int U, int V) InGamut(int x, int y)
    {
        double red = 8 + (x / 2 * 74 % 240), green = 8 + (y / 2 * 106 % 240);
        double blue = 8 + (((x / 2) + (y / 2)) * 29 % 240);
        double luma = ((0.299 * red) + (0.587 * green) + (0.114 * blue)) / 255;
        return ((int)Math.Round(16 + (219 * luma)),
            (int)Math.Round(128 + (224 * ((blue / 255) - luma) / 1.772)),
            (int)Math.Round(128 + (224 * ((red / 255) - luma) / 1.402)));
    }

    private static void RequireConstant(Frame frame, PreprocessOptions options, int height, int width)
    {
        // Beside the picture is what pads it.
        InputLayout input = LayoutOf(new Shape(1, 3, height, width));
        float[] planes = Floats(options with { PadValue = -1000 }, frame, new Shape(1, 3, height, width));
        for (int i = 0; i < planes.Length; i++)
        {
            double expected = ReferencePicture.PixelOf(frame, 0, 0, i / (input.Height * input.Width), 3);
            if (options.Fit != Fit.Pad || planes[i] != -1000)
                Assert.Equal(Math.Clamp(expected, 0, 255), planes[i], 0.001);
        }
    }

    private static void RequireNear(double[] expected, float[] actual)
    {
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], Tolerance);
    }

    private static InputLayout LayoutOf(Shape shape, DataType type = DataType.Float32, bool isPlanar = true)
    {
        if (type == DataType.Float32)
        {
            return isPlanar
                ? new InputLayout(shape[1], shape[2], shape[3], true)
                : new InputLayout(shape[3], shape[1], shape[2], false);
        }

        return new InputLayout(shape[3], shape[1], shape[2], false) { IsBytes = true };
    }

    private static float[] Floats(PreprocessOptions options, Frame frame, Shape shape, bool isPlanar = true)
    {
        using Tensor input = new(DataType.Float32, shape);
        new ImagePreprocessor(options, LayoutOf(shape, DataType.Float32, isPlanar)).Run(frame, input);
        return input.AsSpan<float>().ToArray();
    }

    private static byte[] Bytes(PreprocessOptions options, Frame frame, Shape shape)
    {
        using Tensor input = new(DataType.UInt8, shape);
        new ImagePreprocessor(options, LayoutOf(shape, DataType.UInt8)).Run(frame, input);
        return input.AsBytes().ToArray();
    }
}
