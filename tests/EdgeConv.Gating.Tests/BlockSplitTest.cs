using CsCheck;
using Xunit;

namespace EdgeConv.Gating.Tests;

public sealed class BlockSplitTest
{
    private static readonly Gen<(ulong Seed, double Share, int Overlap)> Splits =
        Gen.Select(Gen.ULong, Gen.Double[0.05, 0.95], Gen.Int[2, 60]);

    [Fact]
    public void No_sample_of_the_fit_overlaps_one_that_calibrates() => Splits.Holds(split =>
    {
        SampleSide[] sides = SidesOf(split, 40);
        for (int i = 0; i < sides.Length; i++)
        {
            // Window i shares instants with window j where |i - j| < overlap.
            int end = Math.Min(sides.Length, i + split.Overlap);
            SampleSide other = sides[i] == SampleSide.Fit ? SampleSide.Calibration : SampleSide.Fit;
            Assert.True(sides[i] == SampleSide.Neither || !sides.AsSpan(i..end).Contains(other), $"window {i}");
        }
    }, count: 200);

    [Fact]
    public void The_blocks_that_calibrate_are_the_share_of_all() => Splits.Holds(split =>
    {
        const int Blocks = 600;
        int overlap = split.Overlap, length = 4 * overlap;
        SampleSide[] sides = SidesOf(split, Blocks);
        int calibrating = Enumerable.Range(0, Blocks).Count(block => sides[block * length] == SampleSide.Calibration);
        // Shares of other than 1/n may name a block twice.
        Assert.InRange(calibrating, 0.6 * split.Share * Blocks - 1, split.Share * Blocks + 1);
    }, count: 200);

    [Fact]
    public void Of_every_three_blocks_one_calibrates_and_at_most_a_quarter_of_a_block_is_left_out() =>
        Gen.ULong.Holds(seed =>
        {
            SampleSide[] sides = SidesOf((seed, 1.0 / 3, 16), 300);
            for (int three = 0; three < sides.Length; three += 3 * 64)
                Assert.Equal(1, Enumerable.Range(0, 3).Count(b => sides[three + 64 * b] == SampleSide.Calibration));
            foreach (SampleSide[] block in sides.Chunk(64))
                Assert.Contains(block.Count(side => side == SampleSide.Neither), (int[])[0, 16]);
        }, count: 50);

    [Fact]
    public void Other_seeds_choose_other_blocks() =>
        Assert.NotEqual(SidesOf((1, 1.0 / 3, 4), 60), SidesOf((2, 1.0 / 3, 4), 60));

    private static SampleSide[] SidesOf((ulong Seed, double Share, int Overlap) split, int blocks)
    {
        BlockSplit sides = new(split.Seed, split.Share, split.Overlap);
        return [.. Enumerable.Range(0, 4 * split.Overlap * blocks).Select(i => sides.SideOf(i))];
    }
}
