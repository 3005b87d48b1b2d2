using EdgeConv.Core;
using EdgeConv.Pipeline.Decoding;
using EdgeConv.Pipeline.Preprocessing;
using EdgeConv.Testing.Pipelines;
using Xunit;

namespace EdgeConv.Pipeline.Tests.Decoding;

/// <summary>Models whose output is a picture, or a class for each pixel.</summary>
public class PictureDecoderTest
{
    private static readonly DecodeOptions Segmentation = new() { Kind = DecoderKind.Segmentation };

    [Theory]
    [InlineData(0f, 1f, 0.5f, 128)]
    [InlineData(-1f, 1f, 0f, 128)]
    [InlineData(0f, 255f, 200.4f, 200)]
    [InlineData(0f, 1f, -3f, 0)]
    [InlineData(0f, 1f, 7f, 255)]
    [InlineData(0f, 1f, float.NaN, 0)]
    [InlineData(0f, 1f, float.PositiveInfinity, 255)]
    public void A_value_between_black_and_white_becomes_a_byte(float low, float high, float value, byte expected)
    {
        using FakeSession session = Session(new Shape(1, 3, 2, 4), Enumerable.Repeat(value, 24));
        DecodeOptions options = new() { Kind = DecoderKind.Image, Low = low, High = high };
        Assert.All(Picture(options, session, 24), pixel => Assert.Equal(expected, pixel));
    }

    [Fact]
    public void Planes_and_pixels_of_one_picture_are_one_picture()
    {
        float[] pixels = [.. Enumerable.Range(0, 5 * 4 * 3).Select(i => i / 60f)];
        float[] planes = [.. Enumerable.Range(0, 3).SelectMany(c => Enumerable.Range(0, 20).Select(i => pixels[(3 * i) + c]))];
        using FakeSession byPixel = Session(new Shape(1, 5, 4, 3), pixels);
        using FakeSession byPlane = Session(new Shape(1, 3, 5, 4), planes);
        DecodeOptions options = new() { Kind = DecoderKind.Image };
        Assert.Equal(Picture(options, byPixel, 60), Picture(options, byPlane, 60));
        Assert.Equal((byte)(255 * pixels[7] + 0.5f), Picture(options, byPixel, 60)[7]);
    }

    [Fact]
    public void A_gray_picture_is_gray_in_all_three_colours()
    {
        using FakeSession session = Session(new Shape(1, 1, 2, 2), [0, 1, 0.2f, 0.4f]);
        Assert.Equal([0, 0, 0, 255, 255, 255, 51, 51, 51, 102, 102, 102],
            Picture(new DecodeOptions { Kind = DecoderKind.Image }, session, 12));
    }

    [Fact]
    public void A_model_that_makes_no_picture_or_several_is_refused()
    {
        DecodeOptions options = new() { Kind = DecoderKind.Image };
        using FakeSession none = Session(new Shape(1, 10), new float[10]);
        Assert.Equal("fake.onnx: no output is a picture [1,C,H,W] or [1,H,W,C] of float32 or uint8 with 1 or 3 channels; "
            + "outputs are 'out0' [1,10]", Assert.Throws<ModelError>(() => Decoders.Create(options, none)).Message);
        using FakeSession two = new(new Shape(1, 3, 4, 4), [new Shape(1, 3, 4, 4), new Shape(1, 3, 8, 8)]);
        Assert.Contains("several outputs are pictures", Assert.Throws<ModelError>(
            () => Decoders.Create(options, two)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 7)]
    [InlineData(21, 16)]
    [InlineData(21, 37)]
    [InlineData(256, 9)]
    public void Each_pixel_is_of_the_class_that_scores_most(int classes, int width)
    {
        const int Height = 300;
        Random random = new(classes * width);
        float[] planes = [.. Enumerable.Range(0, classes * Height * width).Select(_ => random.NextSingle())];
        int plane = Height * width;
        float[] pixels = [.. Enumerable.Range(0, plane).SelectMany(
            i => Enumerable.Range(0, classes).Select(k => planes[(k * plane) + i]))];
        byte[] expected = [.. Enumerable.Range(0, plane).Select(
            i => (byte)Enumerable.Range(0, classes).MaxBy(k => planes[(k * plane) + i]))];
        DecodeOptions options = Segmentation with { Labels = [.. Enumerable.Range(0, classes).Select(k => $"c{k}")] };
        using FakeSession byPlane = Session(new Shape(1, classes, Height, width), planes);
        using FakeSession byPixel = Session(new Shape(1, Height, width, classes), pixels);
        Assert.Equal(expected, Picture(options, byPlane, plane));
        Assert.Equal(expected, Picture(options, byPixel, plane));
    }

    [Fact]
    public void Of_equal_scores_the_first_class_wins_and_what_is_no_number_loses()
    {
        using FakeSession session = Session(new Shape(1, 3, 1, 2), [1, 0, 1, float.NaN, 0, 2]);
        DecodeOptions options = Segmentation with { Labels = ["a", "b", "c"] };
        Assert.Equal([0, 2], Picture(options, session, 2));
    }

    [Fact]
    public void Shares_are_told_greatest_first_with_the_names_of_their_classes()
    {
        float[] scores = new float[3 * 2 * 4];
        for (int i = 0; i < 8; i++)
            scores[((i < 5 ? 2 : i < 7 ? 0 : 1) * 8) + i] = 1;
        using FakeSession session = Session(new Shape(1, 3, 2, 4), scores);
        Prediction prediction = Decoders.Create(Segmentation with { Labels = ["ground", "cat", "dog"], Top = 2 }, session)
            .Decode(session, default);
        Assert.Equal((PredictionKind.Segmentation, "dog", 5f / 8), (prediction.Kind, prediction.Label, prediction.Score));
        Assert.Equal([new ScoredLabel("dog", 5f / 8), new ScoredLabel("ground", 2f / 8)], prediction.Top);
    }

    [Fact]
    public void Padding_has_no_share()
    {
        // A picture of 40x80 in the middle two of four columns: class 1; the padding: class 0.
        float[] scores = new float[2 * 4 * 4];
        for (int i = 0; i < 16; i++)
            scores[(i % 4 is 1 or 2 ? 16 : 0) + i] = 1;
        using FakeSession session = Session(new Shape(1, 2, 4, 4), scores);
        IDecoder decoder = Decoders.Create(Segmentation with { Labels = ["ground", "cat"] }, session);
        ImageMapping mapping = ImageMapping.Of(Fit.Pad, 40, 80, new InputLayout(3, 4, 4, true));
        Assert.Equal([new ScoredLabel("cat", 1)], decoder.Decode(session, mapping).Top);
        Assert.Equal(2, decoder.Decode(session, default).Top.Count);
    }

    [Theory]
    // As many classes as that are no width: the input's proportions tell.
    [InlineData(150, 8, 8, true)]
    [InlineData(150, 8, 8, false)]
    [InlineData(8, 8, 8, true)]
    public void Classes_are_told_from_rows_and_columns_by_the_input(int classes, int height, int width, bool isPlanar)
    {
        Shape output = isPlanar ? new Shape(1, classes, height, width) : new Shape(1, height, width, classes);
        using FakeSession session = Session(output, new float[1]);
        Assert.Equal((classes, height, width), (Decoders.Create(Segmentation, session) is SegmentationDecoder made)
            ? (made.Classes, made.Height, made.Width) : default);
    }

    [Theory]
    [InlineData(true, 0f, 0)]
    [InlineData(true, 0.1f, 1)]
    [InlineData(false, 0.5f, 0)]
    [InlineData(false, 0.51f, 1)]
    public void A_single_score_is_a_mask_above_its_threshold(bool softmax, float score, byte expected)
    {
        using FakeSession session = Session(new Shape(1, 1, 2, 2), Enumerable.Repeat(score, 4));
        Assert.All(Picture(Segmentation with { Softmax = softmax, Threshold = 0.5f }, session, 4),
            pixel => Assert.Equal(expected, pixel));
    }

    [Fact]
    public void Wrong_labels_and_outputs_are_refused_in_one_line()
    {
        using FakeSession session = Session(new Shape(1, 3, 4, 4), new float[48]);
        Assert.Equal("decode.labels: 2 labels, but 'out0' of fake.onnx has 3 classes", Assert.Throws<ConfigError>(
            () => Decoders.Create(Segmentation with { Labels = ["a", "b"] }, session)).Message);
        using FakeSession flat = Session(new Shape(1, 10), new float[10]);
        Assert.Contains("output 0 tells no class for each pixel", Assert.Throws<ModelError>(
            () => Decoders.Create(Segmentation, flat)).Message, StringComparison.Ordinal);
        using FakeSession many = Session(new Shape(1, 300, 400, 400), new float[1]);
        Assert.Contains("tells 300 classes; at most 256", Assert.Throws<ModelError>(
            () => Decoders.Create(Segmentation, many)).Message, StringComparison.Ordinal);
    }

    private static byte[] Picture(DecodeOptions options, FakeSession session, int bytes)
    {
        IDecoder decoder = Decoders.Create(options, session);
        session.Run();
        decoder.Decode(session, default);
        byte[] picture = new byte[bytes];
        ((IPictureOutput)decoder).CopyPicture(session, picture);
        return picture;
    }

    private static FakeSession Session(Shape output, IEnumerable<float> values)
    {
        float[] all = [.. values];
        FakeSession session = new(new Shape(1, 3, 4, 4), [output], s => all.CopyTo(s.GetOutput(0).AsSpan<float>()));
        session.Run();
        return session;
    }
}
