namespace EdgeConv.Engine.Planning;

/// <summary>
/// Places blocks with lifetimes into one arena, one after another, each at the lowest offset that is free
/// over its lifetime: the largest first (Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net
/// Inference", 2020, greedy by size), in the order of their first steps, or backwards; the smallest arena is
/// taken. The result depends on the blocks alone.
/// </summary>
public static class ArenaPlanner
{
    /// <summary>Lays out <paramref name="blocks"/>.</summary>
    public static ArenaLayout Place(IReadOnlyList<Block> blocks)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        int[] forwards =
            [.. Enumerable.Range(0, blocks.Count).OrderBy(i => blocks[i].FirstStep).ThenBy(i => i)];
        int[] bySize = [.. forwards.OrderByDescending(i => blocks[i].PlacedBytes)];
        int[] backwards = [.. forwards.OrderByDescending(i => blocks[i].LastStep)];
        long lowerBound = LowerBound(blocks);
        return new[] { bySize, forwards, backwards }
            .Select(order => Place(blocks, order, lowerBound)).MinBy(layout => layout.Bytes)!;
    }

    private static ArenaLayout Place(IReadOnlyList<Block> blocks, int[] order, long lowerBound)
    {
        long[] offsets = new long[blocks.Count];
        List<int> placedByOffset = new(blocks.Count);
        long end = 0;
        foreach (int block in order)
        {
            offsets[block] = LowestFreeOffset(blocks, offsets, placedByOffset, block);
            end = Math.Max(end, offsets[block] + blocks[block].PlacedBytes);
            Insert(placedByOffset, offsets, block);
        }

        return new ArenaLayout(offsets, end, lowerBound);
    }

    private static long LowestFreeOffset(
        IReadOnlyList<Block> blocks, long[] offsets, List<int> placedByOffset, int block)
    {
        long offset = 0;
        foreach (int other in placedByOffset)
        {
            if (!blocks[block].IsLiveWith(blocks[other]))
                continue;
            if (offsets[other] - offset >= blocks[block].PlacedBytes)
                break;
            offset = Math.Max(offset, offsets[other] + blocks[other].PlacedBytes);
        }

        return offset;
    }

    private static void Insert(List<int> placedByOffset, long[] offsets, int block)
    {
        int position = placedByOffset.Count;
        while (position > 0 && offsets[placedByOffset[position - 1]] > offsets[block])
            position--;
        placedByOffset.Insert(position, block);
    }

    private static long LowerBound(IReadOnlyList<Block> blocks)
    {
        SortedDictionary<int, long> changes = [];
        foreach (Block block in blocks)
        {
            changes[block.FirstStep] = changes.GetValueOrDefault(block.FirstStep) + block.PlacedBytes;
            changes[block.LastStep + 1] = changes.GetValueOrDefault(block.LastStep + 1) - block.PlacedBytes;
        }

        long live = 0;
        long greatest = 0;
        foreach (long change in changes.Values)
        {
            live += change;
            greatest = Math.Max(greatest, live);
        }

        return greatest;
    }
}
