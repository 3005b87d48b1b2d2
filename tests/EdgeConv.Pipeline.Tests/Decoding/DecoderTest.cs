using CsCheck;
using EdgeConv.Core;
using EdgeConv.Pipeline.Decoding;
using EdgeConv.Pipeline.Preprocessing;
using EdgeConv.Testing.Pipelines;
using Xunit;

namespace EdgeConv.Pipeline.Tests.Decoding;

public sealed class DecoderTest
{
    private static readonly ImageMapping Whole = new(0, 0, 100, 100, 100, 100);

    [Fact]
    public void Scores_are_probabilities_in_falling_order()
    {
        Gen.Float[-50, 50].Array[2, 20].Sample(logits =>
        {
            using FakeSession session = new(new Shape(1, 1, 4, 4), [new Shape(1, logits.Length)]);
            logits.CopyTo(session.GetOutput(0).AsSpan<float>());
            Prediction prediction = Decoders.Create(new DecodeOptions { Top = logits.Length }, session)
                .Decode(session, Whole);
            Assert.Equal(1, prediction.Top.Sum(t => t.Score), 1e-4);
            Assert.Equal(prediction.Top.OrderByDescending(t => t.Score).Select(t => t.Score),
                prediction.Top.Select(t => t.Score));
            Assert.Equal(logits.Max(), logits[int.Parse(prediction.Label!, null)], 1e-5);
        });
    }

    [Fact]
    public void Labels_must_be_one_a_class()
    {
        using FakeSession session = new(new Shape(1, 1, 4, 4), [new Shape(1, 3)]);
        ConfigError error = Assert.Throws<ConfigError>(
            () => Decoders.Create(new DecodeOptions { Labels = ["a", "b"] }, session));
        Assert.Contains("2 labels", error.Message, StringComparison.Ordinal);
        Assert.Contains("3 classes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BlazeFace_decodes_an_anchor_at_its_cell_centre()
    {
        using FakeSession session = BlazeFace();
        // Cell (row 3, column 5) of the 16 x 16 grid, second anchor.
        int index = (3 * 16 + 5) * 2 + 1;
        session.GetOutput(0).AsSpan<float>().Fill(-100);
        session.GetOutput(1).AsSpan<float>().Fill(-100);
        session.GetOutput(0).AsSpan<float>()[index] = 5;
        Span<float> box = session.GetOutput(2).AsSpan<float>().Slice(index * 16, 4);
        box[0] = 0;
        box[1] = 0;
        box[2] = 12.8f;
        box[3] = 25.6f;
        Prediction prediction = Decoders.Create(new DecodeOptions { Kind = DecoderKind.BlazeFace }, session)
            .Decode(session, Whole);
        Box face = Assert.Single(prediction.Boxes);
        Assert.Equal("face", face.Label);
        Assert.Equal(1 / (1 + Math.Exp(-5)), face.Score, 1e-5);
        Assert.Equal(100 * 5.5 / 16 - 5, face.X, 0.01);
        Assert.Equal(100 * 3.5 / 16 - 10, face.Y, 0.01);
        Assert.Equal(10, face.Width, 0.01);
        Assert.Equal(20, face.Height, 0.01);
    }

    [Fact]
    public void A_model_with_other_outputs_is_no_BlazeFace()
    {
        using FakeSession session = new(new Shape(1, 3, 128, 128), [new Shape(1, 10)]);
        ModelError error = Assert.Throws<ModelError>(
            () => Decoders.Create(new DecodeOptions { Kind = DecoderKind.BlazeFace }, session));
        Assert.Contains("'out0' [1,10]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_overlapping_boxes_the_best_stays_and_no_two_kept_ones_overlap()
    {
        Gen<Candidate> boxes = Gen.Select(Gen.Int[0, 1], Gen.Float[0, 1], Gen.Float[0, 0.8f], Gen.Float[0, 0.8f])
            .Select((k, score, x, y) => new Candidate(k, score, x, y, x + 0.2f, y + 0.2f));
        boxes.List[0, 40].Sample(candidates =>
        {
            List<Candidate> kept = [.. candidates];
            NonMaximumSuppression.Apply(kept, 0.3f);
            Assert.Equal(candidates.Count == 0 ? 0 : candidates.Max(c => c.Score), kept.FirstOrDefault().Score);
            for (int i = 0; i < kept.Count; i++)
            {
                for (int j = 0; j < i; j++)
                    Assert.False(kept[i].Class == kept[j].Class && kept[i].Overlap(kept[j]) > 0.3f);
            }

            foreach (Candidate left in candidates.Except(kept))
                Assert.Contains(kept, k => k.Class == left.Class && k.Score >= left.Score && k.Overlap(left) > 0.3f);
        });
    }

    [Fact]
    public void Corners_are_mapped_to_the_picture()
    {
        using FakeSession session = new(new Shape(1, 3, 8, 8), [new Shape(1, 5, 2), new Shape(1, 5, 4)]);
        session.GetOutput(0).AsSpan<float>()[2 * 2 + 1] = 0.9f;
        ((ReadOnlySpan<float>)[0.1f, 0.2f, 0.5f, 0.6f]).CopyTo(session.GetOutput(1).AsSpan<float>()[8..]);
        Prediction prediction = Decoders.Create(
            new DecodeOptions { Kind = DecoderKind.Corners, Labels = ["face"] }, session).Decode(session, Whole);
        Box box = Assert.Single(prediction.Boxes);
        Assert.Equal(10, box.X, 0.001);
        Assert.Equal(20, box.Y, 0.001);
        Assert.Equal(40, box.Width, 0.001);
        Assert.Equal(40, box.Height, 0.001);
    }

    private static FakeSession BlazeFace() => new(new Shape(1, 128, 128, 3),
        [new Shape(1, 512, 1), new Shape(1, 384, 1), new Shape(1, 512, 16), new Shape(1, 384, 16)]);
}
