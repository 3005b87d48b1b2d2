using EdgeConv.Core;
using EdgeConv.Pipeline.Decoding;
using EdgeConv.Pipeline.Pictures;
using EdgeConv.Pipeline.Preprocessing;
using EdgeConv.Pipeline.Tests.Preprocessing.Support;
using Xunit;

namespace EdgeConv.Pipeline.Tests.Pictures;

public class PicturePainterTest
{
    private readonly PicturePainter _painter = new();

    [Theory]
    [InlineData(1600, 900, 640, 360)]
    [InlineData(28, 28, 224, 224)]
    [InlineData(240, 80, 240, 80)]
    [InlineData(30, 120, 56, 224)]
    public void A_picture_is_painted_at_a_size_to_be_seen(int width, int height, int paintedWidth, int paintedHeight)
    {
        using Scene scene = Scene.Gated(Scene.Gray(width, height), Fit.Stretch);
        Canvas canvas = Paint(scene);
        Assert.Equal((paintedWidth, paintedHeight), (canvas.Width, canvas.Height));
    }

    [Fact]
    public void The_box_is_drawn_where_it_is_odd()
    {
        using Scene scene = Scene.Gated(Scene.Gray(28, 28), Fit.Stretch);
        GateExplanation why = new(default, new OddRegion(7, 14, 14, 7), null);
        scene.Outcome = scene.Outcome with { Explanation = why };
        Canvas canvas = Paint(scene);
        (byte, byte, byte) box = (0, 255, 255);
        Assert.Equal(box, canvas.At(56, 112));
        Assert.Equal(box, canvas.At(167, 167));
        Assert.Equal(box, canvas.At(56, 140));
        Assert.NotEqual(box, canvas.At(54, 112));
        Assert.NotEqual(box, canvas.At(100, 140));
    }

    [Fact]
    public void The_odd_position_is_hot_and_what_was_cropped_away_stays_as_it_is()
    {
        using Scene scene = Scene.Gated(Scene.Gray(240, 80, 100), Fit.Crop, (1, 2));
        Canvas canvas = Paint(scene);
        // The input sees the middle 120 columns, 20 for each position; that of row 1, column 2 is odd.
        (byte red, byte green, byte blue) = canvas.At(60 + 50, 30);
        Assert.True(red > 180 && green < 60 && blue < 60, $"{red} {green} {blue}");
        Assert.Equal((100, 100, 100), canvas.At(30, 30));
        Assert.Equal((100, 100, 100), canvas.At(210, 30));
    }

    [Fact]
    public void An_ordinary_picture_has_no_heat_though_an_odd_one_was_painted_before()
    {
        using Scene odd = Scene.Gated(Scene.Gray(240, 80, 100), Fit.Crop, (1, 2));
        using Scene ordinary = Scene.Gated(Scene.Gray(240, 80, 100), Fit.Crop);
        ShownFrame shown = odd.Shown();
        Assert.True(shown.HasHeat);
        shown.Take(ordinary.Frame, ordinary.Member, ordinary.Outcome, 8, PictureUse.Snapshot);
        Assert.False(shown.HasHeat);
        Assert.Equal((100, 100, 100), _painter.Paint(shown, 240).At(110, 30));
    }

    [Fact]
    public void A_camera_s_frame_is_painted_in_its_colours()
    {
        using Scene scene = Scene.Gated(
            CameraFrames.Made(PixelFormat.Nv12, (240, 80), (x, _) => x < 120 ? (81, 90, 240) : (41, 240, 110)), Fit.Crop);
        Canvas canvas = Paint(scene);
        Assert.Equal((254, 0, 0), canvas.At(30, 30));
        Assert.Equal((0, 0, 255), canvas.At(210, 30));
    }

    [Fact]
    public void Found_boxes_are_outlined_in_the_colour_of_their_label_with_its_name_above()
    {
        using Scene scene = Scene.Gated(Scene.Gray(400, 200), Fit.Stretch);
        Box box = new("cat", 0.5f, 100, 50, 200, 100);
        scene.Outcome = scene.Outcome with
        {
            Prediction = new Prediction { Kind = PredictionKind.Detection, Boxes = [box] },
        };
        Canvas canvas = Paint(scene);
        Color color = ClassColors.Of("cat");
        (byte, byte, byte) drawn = (color.Red, color.Green, color.Blue);
        Assert.Equal(drawn, canvas.At(100, 100));
        Assert.Equal(drawn, canvas.At(200, 149));
        Assert.Equal((0, 0, 0), canvas.At(200, 100));
        Assert.Equal((0, 0, 0), canvas.At(98, 100));
        // Letters of 5x7 points of two pixels each, over the box's upper edge.
        Assert.Contains(drawn, Enumerable.Range(0, 12 * 16).Select(i => canvas.At(100 + (i % 12), 34 + (i / 12))));
    }

    [Fact]
    public void A_made_picture_takes_the_place_of_the_source_in_the_source_s_proportions()
    {
        // Left half red, right half blue.
        float[] made = new float[3 * 4 * 4];
        for (int i = 0; i < 16; i++)
            made[i % 4 < 2 ? i : 32 + i] = 1;
        using Scene scene = Scene.Decoded(
            Scene.Gray(480, 240, 50), Fit.Stretch, new DecodeOptions { Kind = DecoderKind.Image }, new Shape(1, 3, 4, 4), made);
        Canvas canvas = Paint(scene);
        Assert.Equal((224, 112), (canvas.Width, canvas.Height));
        Assert.Equal((255, 0, 0), canvas.At(10, 50));
        Assert.Equal((0, 0, 255), canvas.At(210, 50));
    }

    [Fact]
    public void The_padding_of_a_made_picture_is_not_shown()
    {
        // A frame of 60x80 in an input of 6x4: 3 of 6 columns are the picture, white; the rest is black.
        float[] made = new float[3 * 4 * 6];
        for (int i = 0; i < made.Length; i++)
            made[i] = i % 6 is 2 or 3 ? 1 : 0.5f;
        using Scene scene = Scene.Decoded(
            Scene.Gray(40, 80, 50), Fit.Pad, new DecodeOptions { Kind = DecoderKind.Image }, new Shape(1, 3, 4, 6), made);
        Canvas canvas = Paint(scene);
        Assert.Equal((112, 224), (canvas.Width, canvas.Height));
        Assert.Equal((255, 255, 255), canvas.At(56, 100));
    }

    [Fact]
    public void Classes_are_laid_over_the_source_and_the_background_is_left()
    {
        // Class 2 in the right half of the input, which sees the middle 120 of 240 columns.
        float[] scores = new float[3 * 4 * 6];
        for (int i = 0; i < 24; i++)
            scores[(i % 6 < 3 ? 0 : 48) + i] = 1;
        using Scene scene = Scene.Decoded(
            Scene.Gray(240, 80, 100), Fit.Crop, new DecodeOptions { Kind = DecoderKind.Segmentation },
            new Shape(1, 3, 4, 6), scores);
        Canvas canvas = Paint(scene);
        Color color = ClassColors.Of(2);
        Assert.Equal((100, 100, 100), canvas.At(100, 20));
        Assert.Equal((100, 100, 100), canvas.At(200, 20));
        Assert.Equal(
            (HeatColors.Mix(100, color.Red, 0.5f), HeatColors.Mix(100, color.Green, 0.5f),
                HeatColors.Mix(100, color.Blue, 0.5f)), canvas.At(150, 20));
    }

    [Fact]
    public void Classes_are_named_in_their_colours_in_as_many_rows_as_that_takes()
    {
        // Of 24 cells 12, 8 and 4; three names of 91, 79 and 79 columns in 224.
        float[] scores = new float[3 * 24];
        for (int i = 0; i < 24; i++)
            scores[((i < 12 ? 0 : i < 20 ? 1 : 2) * 24) + i] = 1;
        using Scene scene = Scene.Decoded(
            Scene.Gray(96, 96), Fit.Stretch,
            new DecodeOptions { Kind = DecoderKind.Segmentation, Labels = ["background", "clothing", "footwear"] },
            new Shape(1, 3, 4, 6), scores);
        Canvas canvas = Paint(scene);
        Assert.Equal([(255, 255, 255), Bytes(1)], Written(canvas.Height - (2 * Lettering.LineHeight)));
        Assert.Equal([Bytes(2)], Written(canvas.Height - Lettering.LineHeight));

        static (byte, byte, byte) Bytes(int kind)
        {
            Color color = ClassColors.Of(kind);
            return (color.Red, color.Green, color.Blue);
        }

        // Letters alone are as bright: colours over black are halved.
        (byte, byte, byte)[] Written(int top) => [.. Enumerable.Range(0, canvas.Width * Lettering.LineHeight)
            .Select(i => canvas.At(i / Lettering.LineHeight, top + (i % Lettering.LineHeight)))
            .Where(color => Math.Max(color.Red, Math.Max(color.Green, color.Blue)) > 200).Distinct()];
    }

    [Fact]
    public void What_is_said_of_a_picture_names_label_score_and_an_odd_verdict()
    {
        Prediction label = new() { Kind = PredictionKind.Classification, Label = "shirt", Score = 0.934f };
        GateReading odd = new(Verdict.Ood, 0.0031, 50, "tap"), accepted = new(Verdict.Accepted, 0.5, 3, "tap");
        Assert.Equal([("shirt 0.93", null), ("ood p 0.0031", null)], FindingOverlay.Words(label, odd));
        Assert.Equal([("shirt 0.93", null)], FindingOverlay.Words(label, accepted));
        Prediction shares = new()
        {
            Kind = PredictionKind.Segmentation,
            Top = [new("road", 0.64f), new("sky", 0.356f), new("cat", 0.004f)],
        };
        Assert.Equal([("road 64 %", "road"), ("sky 36 %", "sky")], FindingOverlay.Words(shares, null));
        Assert.Empty(FindingOverlay.Words(new Prediction { Kind = PredictionKind.Image }, accepted));
    }

    [Fact]
    public void Letters_are_drawn_point_by_point_and_strange_characters_as_question_marks()
    {
        Assert.Equal(["#####", "..#..", "..#..", "..#..", "..#..", "..#..", "..#.."], Letter("T"));
        Assert.Equal(["....#", "....#", ".##.#", "#..##", "#...#", "#...#", ".####"], Letter("d"));
        Assert.Equal(Letter("?"), Letter("é"));
        Assert.NotEqual(Letter("~"), Letter("}"));
    }

    [Fact]
    public void Heat_of_the_threshold_is_yellow_whatever_the_threshold()
    {
        foreach (float threshold in (float[])[0.5f, 30, 1e6f])
        {
            Assert.Equal(new Color(255, 230, 0), HeatColors.Of(HeatColors.HeatOf(threshold, threshold)));
            Assert.Equal(new Color(255, 0, 0), HeatColors.Of(HeatColors.HeatOf(3 * threshold, threshold)));
            Assert.Equal(new Color(0, 0, 96), HeatColors.Of(HeatColors.HeatOf(0, threshold)));
        }

        Assert.Equal(0, HeatColors.HeatOf(float.MaxValue, float.PositiveInfinity));
    }

    [Fact]
    public void The_first_twenty_classes_have_colours_that_differ()
    {
        Color[] colors = [.. Enumerable.Range(1, 20).Select(ClassColors.Of)];
        Assert.Equal(20, colors.Distinct().Count());
        Assert.All(colors, color => Assert.True(Math.Max(color.Red, Math.Max(color.Green, color.Blue)) > 200));
    }

    private static string[] Letter(string text)
    {
        Canvas canvas = new();
        canvas.Resize(8, 9);
        Lettering.Write(canvas, text, 0, 0, new Color(255, 255, 255), 1);
        return [.. Enumerable.Range(1, 7).Select(
            y => string.Concat(Enumerable.Range(1, 5).Select(x => canvas.At(x, y).Red == 255 ? '#' : '.')))];
    }

    private Canvas Paint(Scene scene)
    {
        ShownFrame shown = scene.Shown();
        return _painter.Paint(shown, PicturePainter.SideOf(shown));
    }
}
