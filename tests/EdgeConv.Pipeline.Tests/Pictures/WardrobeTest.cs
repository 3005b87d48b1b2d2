using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Pipeline.Decoding;
using EdgeConv.Pipeline.Pictures;
using EdgeConv.Pipeline.Preprocessing;
using EdgeConv.Testing;
using EdgeConv.Testing.Pipelines;
using Xunit;

namespace EdgeConv.Pipeline.Tests.Pictures;

/// <summary>
/// A trained segmentation network from the picture to what is painted. The pictures are three of its test pictures:
/// the golden input, with the normalisation taken off. The true class of each pixel was left beside it by
/// <c>deploy/models/wardrobe/train.py</c>, which composed them.
/// </summary>
public sealed class WardrobeTest : IDisposable
{
    private const int Side = 96, Pictures = 3;
    private const float Mean = 127.5f, Deviation = 63.75f;
    private static readonly string[] Labels = File.ReadAllLines(PathOf("labels.txt"));
    // As in wardrobe.yaml.
    private static readonly PreprocessOptions Preparation =
        new() { Fit = Fit.Crop, Mean = [Mean], Deviation = [Deviation] };

    private readonly FamilyMember _member = new(
        new EngineSessionFactory().Load(
            PathOf("wardrobe.onnx"), new SessionOptions { Pixels = Preparation.Pixels }),
        null, Preparation,
        new DecodeOptions { Kind = DecoderKind.Segmentation, Labels = Labels, Top = Labels.Length }, 1);

    public static TheoryData<int, int> Cases => [.. Enumerable.Range(0, Pictures).SelectMany(
        picture => new (int, int)[] { (picture, 0), (picture, 40) })];

    public void Dispose() => _member.Dispose();

    /// <param name="picture">Which.</param>
    /// <param name="margin">Columns on either side of it, which the input's proportions cut off.</param>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Classes_lie_where_the_picture_was_composed_of_them(int picture, int margin)
    {
        byte[] mask = MaskOf(picture);
        using Frame frame = FrameOf(picture, margin);
        ShownFrame shown = Show(frame);
        Assert.Equal((Side, Side * Side), (shown.ClassColumns, shown.Classes.Length));
        Assert.InRange(shown.Classes.ToArray().Zip(mask).Average(pair => pair.First == pair.Second ? 1.0 : 0), 0.95, 1);
        for (byte kind = 0; kind < Labels.Length; kind++)
        {
            int truth = mask.Count(value => value == kind);
            ScoredLabel told = shown.Prediction.Top.SingleOrDefault(share => share.Label == Labels[kind]);
            Assert.InRange(told.Score - (truth / (float)mask.Length), -0.04f, 0.04f);
        }
    }

    /// <param name="margin">As above.</param>
    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    public void Things_are_painted_in_the_colour_of_their_class_and_the_background_is_not(int margin)
    {
        int[] right = new int[Labels.Length], all = new int[Labels.Length];
        for (int picture = 0; picture < Pictures; picture++)
        {
            using Frame frame = FrameOf(picture, margin);
            CountRight(frame, margin, MaskOf(picture), right, all);
        }

        double[] shares = [.. right.Zip(all, (part, whole) => part / (double)whole)];
        Assert.InRange(shares[0], 0.97, 1);
        Assert.All(shares[1..], share => Assert.InRange(share, 0.75, 1));
    }

    private void CountRight(Frame frame, int margin, byte[] mask, int[] right, int[] all)
    {
        ShownFrame shown = Show(frame);
        int side = PicturePainter.SideOf(shown);
        Canvas painted = new PicturePainter().Paint(shown, side), plain = Plain(frame, side);
        // What is said of the picture stands in its lowest rows.
        for (int y = 0; y < painted.Height - (3 * Lettering.LineHeight); y++)
        {
            int row = ((2 * y) + 1) * frame.Height / (2 * painted.Height);
            for (int x = 0; x < painted.Width; x++)
            {
                int column = (((2 * x) + 1) * frame.Width / (2 * painted.Width)) - margin;
                bool isSeen = column is >= 0 and < Side;
                byte kind = isSeen ? mask[(row * Side) + column] : (byte)0;
                bool isRight = painted.At(x, y) == Tinted(plain.At(x, y), kind);
                Assert.True(isSeen || isRight, $"{x},{y} is beside what the model sees");
                right[kind] += isRight ? 1 : 0;
                all[kind]++;
            }
        }
    }

    [Fact]
    public void All_classes_are_in_the_pictures() => Assert.Equal(
        Enumerable.Range(0, Labels.Length),
        Enumerable.Range(0, Pictures).SelectMany(MaskOf).Distinct().Order().Select(kind => (int)kind));

    private ShownFrame Show(Frame frame)
    {
        ShownFrame shown = new();
        shown.Take(frame, _member, _member.Process(frame, TimeProvider.System), 7, PictureUse.Snapshot);
        return shown;
    }

    // The same picture of a model that finds nothing.
    private static Canvas Plain(Frame frame, int side)
    {
        using Scene scene = Scene.Decoded(frame, Fit.Crop,
            new DecodeOptions { Kind = DecoderKind.Segmentation }, new Shape(1, 1, 4, 6), new float[24]);
        return new PicturePainter().Paint(scene.Shown(), side);
    }

    private static (byte, byte, byte) Tinted((byte Red, byte Green, byte Blue) plain, byte kind)
    {
        Color color = ClassColors.Of(kind);
        return kind == 0 ? plain : (HeatColors.Mix(plain.Red, color.Red, 0.5f),
            HeatColors.Mix(plain.Green, color.Green, 0.5f), HeatColors.Mix(plain.Blue, color.Blue, 0.5f));
    }

    // [N,3,Side,Side] becomes pixels [Side, margin + Side + margin, 3]; noise on either side.
    private static Frame FrameOf(int picture, int margin)
    {
        using Tensor golden = NpyFile.Read(PathOf("golden", "wardrobe.in.npy"));
        Assert.Equal(new Shape(Pictures, 3, Side, Side), golden.Shape);
        ReadOnlySpan<float> planes = golden.AsSpan<float>().Slice(picture * 3 * Side * Side, 3 * Side * Side);
        int width = Side + (2 * margin);
        byte[] pixels = new byte[width * Side * 3];
        new Random(picture).NextBytes(pixels);
        for (int i = 0; i < Side * Side; i++)
        {
            for (int color = 0; color < 3; color++)
            {
                float value = (planes[(color * Side * Side) + i] * Deviation) + Mean;
                Assert.Equal(MathF.Round(value), value, 1e-3f);
                pixels[((((i / Side) * width) + margin + (i % Side)) * 3) + color] = (byte)MathF.Round(value);
            }
        }

        return Samples.Frame(width, Side, pixels);
    }

    private static byte[] MaskOf(int picture)
    {
        using Tensor masks = NpyFile.Read(PathOf("golden", "wardrobe.mask.npy"));
        return masks.AsSpan<byte>().Slice(picture * Side * Side, Side * Side).ToArray();
    }

    private static string PathOf(params ReadOnlySpan<string> parts) =>
        Repository.PathOf(["deploy", "models", "wardrobe", .. parts]);
}
