using EdgeConv.Core;
using EdgeConv.Pipeline.Decoding;
using EdgeConv.Pipeline.Preprocessing;
using EdgeConv.Testing.Pipelines;
using Xunit;

namespace EdgeConv.Pipeline.Tests.Pictures;

public class ExplanationTest
{
    [Fact]
    public void An_odd_picture_s_region_is_a_box_in_its_own_pixels()
    {
        Outcome outcome = Process(Fit.Stretch, 120, 40, (1, 2), (2, 3));
        GateExplanation why = outcome.Explanation!.Value;
        Assert.Equal(Verdict.Ood, outcome.Gate!.Value.Verdict);
        Assert.Equal(new OddRegion(40, 10, 40, 20), why.Region);
        Assert.Null(why.Span);
        Assert.Equal((0, "mean"), (why.Contributions.Items[0].Channel, why.Contributions.Items[0].Statistic));
        Assert.Equal(2, why.Contributions.Items.Length);
    }

    [Theory]
    // The middle 60 of 120 columns are seen, 10 for each position.
    [InlineData(Fit.Crop, 30, 0, 10, 10)]
    // The picture covers the middle 2 of 4 rows; the first row is padding.
    [InlineData(Fit.Pad, 0, 0, 0, 0)]
    public void Cropping_and_padding_are_led_back(Fit fit, float x, float y, float width, float height)
    {
        OddRegion? region = Process(fit, 120, 40, (0, 0)).Explanation!.Value.Region;
        Assert.Equal(width == 0 ? null : new OddRegion(x, y, width, height), region);
    }

    [Fact]
    public void An_accepted_picture_has_no_explanation() =>
        Assert.Null(Process(Fit.Stretch, 120, 40).Explanation);

    [Fact]
    public void An_odd_window_s_region_is_a_stretch_of_it()
    {
        FakeSession session = MappedGate.Session(new Shape(1, 1, 60), rows: 1);
        using FamilyMember member = new(
            session, MappedGate.Fit(session), new PreprocessOptions(), new DecodeOptions(), 1);
        MappedGate.Show(session, (0, 2), (0, 3));
        GateExplanation why = member.Process(Samples.Window(new float[60], 1), TimeProvider.System).Explanation!.Value;
        Assert.Equal(new OddSpan(20, 40, 100), why.Span);
        Assert.Null(why.Region);
    }

    [Fact]
    public void A_session_without_the_map_explains_by_channels_alone()
    {
        FakeSession fitted = MappedGate.Session(new Shape(1, 1, 4, 6));
        FakeSession session = new(new Shape(1, 1, 4, 6), [new Shape(1, 2)])
        {
            Taps = fitted.Taps,
            Statistics = [40, 0, 0, 0],
        };
        using FamilyMember member = new(
            session, MappedGate.Fit(fitted), new PreprocessOptions(), new DecodeOptions(), 1);
        Assert.Null(member.Map);
        using Frame frame = Samples.Frame(6, 4, new byte[24], PixelFormat.Gray8);
        GateExplanation why = member.Process(frame, TimeProvider.System).Explanation!.Value;
        Assert.Null(why.Region);
        Assert.Equal(2, why.Contributions.Items.Length);
    }

    private static Outcome Process(Fit fit, int width, int height, params (int Y, int X)[] odd)
    {
        FakeSession session = MappedGate.Session(new Shape(1, 1, 4, 6));
        PreprocessOptions preprocess = new() { Fit = fit };
        using FamilyMember member = new(session, MappedGate.Fit(session), preprocess, new DecodeOptions(), 1);
        MappedGate.Show(session, odd);
        using Frame frame = Samples.Frame(width, height, new byte[width * height], PixelFormat.Gray8);
        return member.Process(frame, TimeProvider.System);
    }
}
