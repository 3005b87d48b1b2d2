using CsCheck;
using EdgeConv.Core;
using EdgeConv.Pipeline.Preprocessing;
using EdgeConv.Testing.Pipelines;
using Xunit;

namespace EdgeConv.Pipeline.Tests.Preprocessing;

public sealed class ImagePreprocessorTest
{
    private static readonly Gen<(int Width, int Height, int Seed)> Pictures =
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 40], Gen.Int);

    [Fact]
    public void A_picture_of_the_input_s_size_goes_in_unchanged()
    {
        Pictures.Sample(picture =>
        {
            byte[] pixels = PixelsOf(picture.Width, picture.Height, picture.Seed);
            float[] planes = Run(new PreprocessOptions(), Samples.Frame(picture.Width, picture.Height, pixels),
                new Shape(1, 3, picture.Height, picture.Width));
            for (int i = 0; i < picture.Width * picture.Height; i++)
            {
                for (int c = 0; c < 3; c++)
                    Assert.Equal(pixels[i * 3 + c], planes[c * picture.Width * picture.Height + i]);
            }
        }, iter: 50);
    }

    [Fact]
    public void Without_antialiasing_it_is_the_bilinear_formula()
    {
        Gen.Select(Pictures, Gen.Int[2, 30], Gen.Int[2, 30]).Sample((picture, width, height) =>
        {
            byte[] pixels = PixelsOf(picture.Width, picture.Height, picture.Seed);
            float[] planes = Run(new PreprocessOptions { Antialias = false, Rounding = Rounding.None },
                Samples.Frame(picture.Width, picture.Height, pixels), new Shape(1, 3, height, width));
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                {
                    float expected = Bilinear(pixels, picture.Width, picture.Height, x, y, width, height);
                    Assert.Equal(expected, planes[y * width + x], 0.01);
                }
            }
        }, iter: 200);
    }

    [Fact]
    public void Shrinking_with_antialiasing_keeps_the_mean_of_fine_stripes()
    {
        byte[] stripes = new byte[64 * 64];
        for (int i = 0; i < stripes.Length; i++)
            stripes[i] = (byte)(i % 2 == 0 ? 255 : 0);
        float[] small = Run(new PreprocessOptions(), Samples.Frame(64, 64, stripes, PixelFormat.Gray8),
            new Shape(1, 1, 8, 8));
        Assert.All(small, value => Assert.InRange(value, 120, 135));
    }

    [Fact]
    public void A_constant_picture_stays_constant_at_every_size_and_fit()
    {
        Gen.Select(Pictures, Gen.Int[1, 30], Gen.Int[1, 30], Gen.Bool).Sample((picture, width, height, antialias) =>
        {
            byte[] pixels = new byte[picture.Width * picture.Height * 3];
            Array.Fill(pixels, (byte)77);
            foreach (Fit fit in Enum.GetValues<Fit>())
            {
                float[] planes = Run(
                    new PreprocessOptions { Fit = fit, Antialias = antialias, PadValue = 77 },
                    Samples.Frame(picture.Width, picture.Height, pixels), new Shape(1, 3, height, width));
                Assert.All(planes, value => Assert.Equal(77, value, 0.001));
            }
        }, iter: 100);
    }

    [Fact]
    public void Channels_are_normalised_and_ordered_as_the_model_wants()
    {
        PreprocessOptions options = new() { Color = ColorOrder.Bgr, Mean = [1, 2, 3], Deviation = [2, 4, 8] };
        float[] planes = Run(options, Samples.Frame(1, 1, [10, 20, 30]), new Shape(1, 3, 1, 1));
        Assert.Equal([(30f - 1) / 2, (20f - 2) / 4, (10f - 3) / 8], planes);
    }

    [Fact]
    public void Channels_last_inputs_are_interleaved()
    {
        float[] values = Run(new PreprocessOptions(), Samples.Frame(2, 2, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
            new Shape(1, 2, 2, 3));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], values);
    }

    [Fact]
    public void A_colour_picture_becomes_gray_by_luminance()
    {
        float[] gray = Run(new PreprocessOptions { Rounding = Rounding.None }, Samples.Frame(1, 1, [255, 0, 0]), new Shape(1, 1, 1, 1));
        Assert.Equal(0.299 * 255, gray[0], 0.01);
    }

    [Fact]
    public void Padding_centres_the_picture_and_maps_back_to_it()
    {
        byte[] pixels = new byte[8 * 4];
        Array.Fill(pixels, (byte)200);
        using Tensor input = new(DataType.Float32, new Shape(1, 1, 8, 8));
        InputLayout layout = InputLayout.Of(new ModelIdentity("m", "m", ""), Info(input));
        ImageMapping mapping = new ImagePreprocessor(new PreprocessOptions { Fit = Fit.Pad }, layout)
            .Run(Samples.Frame(8, 4, pixels, PixelFormat.Gray8), input);
        float[] values = input.AsSpan<float>().ToArray();
        Assert.All(values[..16], value => Assert.Equal(0, value));
        Assert.All(values[16..48], value => Assert.Equal(200, value));
        Assert.All(values[48..], value => Assert.Equal(0, value));
        Assert.Equal(4, mapping.X(0.5));
        Assert.Equal(0, mapping.Y(0.25));
        Assert.Equal(4, mapping.Y(0.75));
    }

    [Fact]
    public void Cropping_takes_the_middle()
    {
        ImageMapping mapping = ImageMapping.Of(Fit.Crop, 8, 4, new InputLayout(1, 2, 2, true));
        Assert.Equal(2, mapping.X(0));
        Assert.Equal(6, mapping.X(1));
        Assert.Equal(0, mapping.Y(0));
        Assert.Equal(4, mapping.Y(1));
    }

    [Fact]
    public void An_input_that_is_no_picture_is_named()
    {
        ModelError error = Assert.Throws<ModelError>(() => InputLayout.Of(
            new ModelIdentity("m", "m.onnx", ""), new TensorInfo("x", DataType.Float32, new Shape(1, 7, 8, 8))));
        Assert.Contains("m.onnx: input 'x' is float32[1,7,8,8]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_steady_stream_of_one_size_allocates_nothing()
    {
        using Tensor input = new(DataType.Float32, new Shape(1, 3, 24, 24));
        ImagePreprocessor preprocessor = new(
            new PreprocessOptions(), InputLayout.Of(new ModelIdentity("m", "m", ""), Info(input)));
        using Frame frame = Samples.Frame(40, 30, PixelsOf(40, 30, 1));
        preprocessor.Run(frame, input);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            preprocessor.Run(frame, input);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static float[] Run(PreprocessOptions options, Frame frame, Shape shape)
    {
        using Tensor input = new(DataType.Float32, shape);
        InputLayout layout = InputLayout.Of(new ModelIdentity("m", "m", ""), Info(input));
        new ImagePreprocessor(options, layout).Run(frame, input);
        return input.AsSpan<float>().ToArray();
    }

    private static TensorInfo Info(Tensor tensor) => new("input", tensor.Type, tensor.Shape);

    private static byte[] PixelsOf(int width, int height, int seed)
    {
        byte[] pixels = new byte[width * height * 3];
        new Random(seed).NextBytes(pixels);
        return pixels;
    }

    // Half-pixel centres, edges clamped, red plane.
    private static float Bilinear(byte[] pixels, int width, int height, int x, int y, int toWidth, int toHeight)
    {
        double sx = Math.Clamp((x + 0.5) * width / toWidth - 0.5, 0, width - 1);
        double sy = Math.Clamp((y + 0.5) * height / toHeight - 0.5, 0, height - 1);
        int x0 = (int)sx, y0 = (int)sy;
        int x1 = Math.Min(x0 + 1, width - 1), y1 = Math.Min(y0 + 1, height - 1);
        double fx = sx - x0, fy = sy - y0;
        double top = At(x0, y0) * (1 - fx) + At(x1, y0) * fx;
        double bottom = At(x0, y1) * (1 - fx) + At(x1, y1) * fx;
        return (float)(top * (1 - fy) + bottom * fy);

        double At(int column, int row) => pixels[(row * width + column) * 3];
    }
}
