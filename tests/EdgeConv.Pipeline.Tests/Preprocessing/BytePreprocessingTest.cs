using CsCheck;
using EdgeConv.Core;
using EdgeConv.Kernels.Image;
using EdgeConv.Pipeline.Preprocessing;
using EdgeConv.Testing;
using EdgeConv.Testing.Pipelines;
using Xunit;

namespace EdgeConv.Pipeline.Tests.Preprocessing;

/// <summary>Pictures for models that read bytes are those for models of floats, rounded.</summary>
public sealed class BytePreprocessingTest
{
    private static readonly ModelIdentity Model = new("m", "m.onnx", "");

    [Fact]
    public void Bytes_and_floats_are_the_same_picture()
    {
        Gen.Select(Gen.Int[1, 70], Gen.Int[1, 30], Gen.Int[1, 70], Gen.Int[1, 30], Gen.Int[0, 47]).Sample(
            (width, height, toWidth, toHeight, mode) =>
            {
                PreprocessOptions options = new()
                {
                    Fit = (Fit)(mode % 3),
                    Color = (ColorOrder)(mode / 3 % 2),
                    Antialias = mode % 4 < 2,
                    PadValue = 114,
                };
                int channels = mode % 5 == 0 ? 1 : 3;
                PixelFormat format = mode % 7 < 2 ? PixelFormat.Gray8 : PixelFormat.Rgb24;
                using Frame frame = FrameOf(width, height, format);
                float[] planes = Floats(options, frame, new Shape(1, channels, toHeight, toWidth));
                byte[] bytes = Bytes(options, frame, new Shape(1, toHeight, toWidth, channels), isNormalised: false);
                for (int i = 0; i < bytes.Length; i++)
                    Assert.Equal(planes[(i % channels * toHeight * toWidth) + (i / channels)], bytes[i]);
            }, iter: 300);
    }

    [Fact]
    public void Rounding_takes_the_nearest_whole_number_everywhere()
    {
        Gen.Select(Gen.Int[1, 60], Gen.Int[1, 40], Gen.Int[1, 60], Gen.Int[1, 40]).Sample(
            (width, height, toWidth, toHeight) =>
            {
                using Frame frame = FrameOf(width, height, PixelFormat.Rgb24);
                Shape shape = new(1, 3, toHeight, toWidth);
                float[] exact = Floats(new PreprocessOptions { Rounding = Rounding.None }, frame, shape);
                float[] rounded = Floats(new PreprocessOptions(), frame, shape);
                for (int i = 0; i < exact.Length; i++)
                    Assert.Equal(Math.Clamp(MathF.Floor(exact[i] + 0.5f), 0, 255), rounded[i]);
            }, iter: 200);
    }

    [Fact]
    public void A_picture_of_the_input_s_size_is_copied_whatever_lies_between_its_rows()
    {
        byte[] pixels = [1, 2, 3, 4, 5, 6, 99, 7, 8, 9, 10, 11, 12];
        using Frame frame = new()
        {
            Width = 2, Height = 2, Stride = 7, Format = PixelFormat.Rgb24, Pixels = pixels,
            Timestamp = default, CapturedAt = 0, Sequence = 0, Origin = "test",
        };
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
            Bytes(new PreprocessOptions(), frame, new Shape(1, 2, 2, 3), isNormalised: true));
    }

    [Fact]
    public void A_session_that_normalises_puts_colours_in_order_itself()
    {
        PreprocessOptions options = new() { Color = ColorOrder.Bgr, Mean = [1, 2, 3], Deviation = [2, 4, 8] };
        using Frame frame = Samples.Frame(1, 1, [10, 20, 30]);
        Assert.Equal([10, 20, 30], Bytes(options, frame, new Shape(1, 1, 1, 3), isNormalised: true));
        PixelInput pixels = Assert.IsType<PixelInput>(options.Pixels);
        Assert.True(pixels.IsReversed);
        Assert.Equal([1, 2, 3], pixels.Mean);
        Assert.Equal([0.5f, 0.25f, 0.125f], pixels.Scale);
    }

    [Fact]
    public void A_model_that_takes_bytes_as_they_are_gets_its_order_of_colours()
    {
        using Frame frame = Samples.Frame(1, 1, [10, 20, 30]);
        PreprocessOptions options = new() { Color = ColorOrder.Bgr };
        Assert.Equal([30, 20, 10], Bytes(options, frame, new Shape(1, 1, 1, 3), isNormalised: false));
    }

    [Theory]
    [InlineData(1f, 1f, "preprocess.mean")]
    [InlineData(0f, 2f, "preprocess.std")]
    public void A_model_that_takes_bytes_as_they_are_has_its_own_mean_and_deviation(
        float mean, float deviation, string key)
    {
        ConfigError error = Assert.Throws<ConfigError>(() => new ImagePreprocessor(
            new PreprocessOptions { Mean = [mean], Deviation = [deviation] },
            LayoutOf(new Shape(1, 2, 2, 3), isNormalised: false)));
        Assert.Contains(key, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sessions_are_asked_for_bytes_only_where_bytes_hold_what_is_made()
    {
        Assert.NotNull(new PreprocessOptions().Pixels);
        Assert.NotNull(new PreprocessOptions { Fit = Fit.Pad, PadValue = 114 }.Pixels);
        Assert.NotNull(new PreprocessOptions { Fit = Fit.Crop, PadValue = 127.5f }.Pixels);
        Assert.Null(new PreprocessOptions { Fit = Fit.Pad, PadValue = 127.5f }.Pixels);
        Assert.Null(new PreprocessOptions { Rounding = Rounding.None }.Pixels);
        Assert.Null(new PreprocessOptions { Deviation = [0] }.Pixels);
    }

    [Theory]
    [InlineData(40, 30)]
    [InlineData(24, 24)]
    public void A_steady_stream_of_one_size_allocates_nothing(int width, int height)
    {
        using Tensor input = new(DataType.UInt8, new Shape(1, 24, 24, 3));
        ImagePreprocessor preprocessor = new(new PreprocessOptions(), LayoutOf(input.Shape, isNormalised: true));
        using Frame frame = FrameOf(width, height, PixelFormat.Rgb24);
        Assert.Equal(0, Allocation.Least(() => preprocessor.Run(frame, input)));
    }

    [Fact]
    public void Rows_of_every_width_are_rounded_alike()
    {
        for (int width = 1; width < 70; width++)
        {
            Random random = new(width);
            float[] plane = [.. Enumerable.Range(0, width).Select(_ => (random.NextSingle() * 265) - 5)];
            byte[] expected = [.. plane.Select(value => (byte)Math.Clamp(MathF.Floor(value + 0.5f), 0, 255))];
            byte[] actual = new byte[width];
            RoundedPixels.Write(plane, actual);
            Assert.Equal(expected, actual);
        }
    }

    private static Frame FrameOf(int width, int height, PixelFormat format)
    {
        byte[] pixels = new byte[height * PixelFormats.RowBytes(format, width)];
        new Random(width + height).NextBytes(pixels);
        return Samples.Frame(width, height, pixels, format);
    }

    private static InputLayout LayoutOf(Shape shape, bool isNormalised) => InputLayout.Of(
        Model, new TensorInfo("x", DataType.UInt8, shape) { Pixels = isNormalised ? new PixelInput() : null });

    private static byte[] Bytes(PreprocessOptions options, Frame frame, Shape shape, bool isNormalised)
    {
        using Tensor input = new(DataType.UInt8, shape);
        new ImagePreprocessor(options, LayoutOf(shape, isNormalised)).Run(frame, input);
        return input.AsBytes().ToArray();
    }

    private static float[] Floats(PreprocessOptions options, Frame frame, Shape shape)
    {
        using Tensor input = new(DataType.Float32, shape);
        InputLayout layout = InputLayout.Of(Model, new TensorInfo("x", DataType.Float32, shape));
        new ImagePreprocessor(options, layout).Run(frame, input);
        return input.AsSpan<float>().ToArray();
    }
}
