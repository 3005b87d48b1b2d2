using CsCheck;
using EdgeConv.Core;
using EdgeConv.Engine.Planning;
using Xunit;

namespace EdgeConv.Engine.Tests.Planning;

public class ArenaPlannerTest
{
    private static readonly Gen<Block[]> Blocks =
        Gen.Select(Gen.Long[0, 5000], Gen.Int[0, 30], Gen.Int[0, 12])
        .Select((bytes, first, length) => new Block(bytes, first, first + length)).Array[0, 40];

    [Fact]
    public void Blocks_that_live_together_never_overlap() => Blocks.Sample(blocks =>
    {
        ArenaLayout layout = ArenaPlanner.Place(blocks);
        for (int i = 0; i < blocks.Length; i++)
        {
            Assert.InRange(layout.Offsets[i] + blocks[i].PlacedBytes, 0, layout.Bytes);
            for (int j = 0; j < i; j++)
            {
                bool areApart = layout.Offsets[i] + blocks[i].PlacedBytes <= layout.Offsets[j]
                    || layout.Offsets[j] + blocks[j].PlacedBytes <= layout.Offsets[i];
                Assert.True(areApart || !blocks[i].IsLiveWith(blocks[j]), $"{blocks[i]} and {blocks[j]}");
            }
        }
    }, iter: 1000);

    [Fact]
    public void Offsets_are_aligned_and_leave_a_readable_tail() => Blocks.Sample(blocks =>
    {
        ArenaLayout layout = ArenaPlanner.Place(blocks);
        Assert.All(layout.Offsets, offset => Assert.Equal(0, offset % Tensor.Alignment));
        Assert.All(blocks, block => Assert.True(block.PlacedBytes >= block.Bytes + Tensor.TailPadding));
    }, iter: 200);

    [Fact]
    public void The_arena_lies_between_the_lower_bound_and_the_sum() => Blocks.Sample(blocks =>
    {
        ArenaLayout layout = ArenaPlanner.Place(blocks);
        long[] live = [.. Enumerable.Range(0, 50).Select(
            step => blocks.Where(b => b.FirstStep <= step && step <= b.LastStep).Sum(b => b.PlacedBytes))];
        Assert.Equal(live.Max(), layout.LowerBound);
        Assert.InRange(layout.Bytes, layout.LowerBound, blocks.Sum(b => b.PlacedBytes));
    }, iter: 1000);

    [Fact]
    public void A_chain_needs_two_buffers()
    {
        Block[] chain = [.. Enumerable.Range(0, 10).Select(step => new Block(1000, step, step + 1))];
        ArenaLayout layout = ArenaPlanner.Place(chain);
        Assert.Equal(2 * chain[0].PlacedBytes, layout.Bytes);
        Assert.Equal(layout.LowerBound, layout.Bytes);
    }

    [Fact]
    public void The_largest_block_lies_lowest()
    {
        ArenaLayout layout =
            ArenaPlanner.Place([new Block(64, 0, 1), new Block(640, 1, 2), new Block(64, 2, 3)]);
        Assert.Equal([768, 0, 768], layout.Offsets);
        Assert.Equal(768 + 192, layout.Bytes);
    }
}
