using EdgeConv.Kernels.Convolution;

namespace EdgeConv.Kernels.Depthwise;

/// <summary>
/// A row of outputs cut into tiles of the sizes that there are. Where no sum of sizes fits, the last tile
/// begins earlier and computes again what the one before it did.
/// </summary>
internal static class RowTiles
{
    // Loads and stores of a tile cost about as much as one more output.
    private const int Overhead = 1;

    /// <summary>The cheapest cut of <paramref name="width"/> outputs, at least the smallest size.</summary>
    /// <param name="width">Outputs of a row.</param>
    /// <param name="sizes">Sizes of tiles, in any order.</param>
    public static RowTile[] Cut(int width, params ReadOnlySpan<int> sizes)
    {
        int[] costs = new int[width + 1], last = new int[width + 1];
        for (int end = 1; end <= width; end++)
        {
            costs[end] = int.MaxValue;
            foreach (int size in sizes)
            {
                if (size > width)
                    continue;
                int cost = costs[Math.Max(0, end - size)] + size + Overhead;
                if (cost < costs[end])
                    (costs[end], last[end]) = (cost, size);
            }
        }

        List<RowTile> tiles = [];
        for (int end = width; end > 0; end -= last[end])
            tiles.Add(new RowTile(Math.Max(0, end - last[end]), last[end]));
        tiles.Reverse();
        return [.. tiles];
    }

    /// <summary>
    /// Whether a kernel has three or five columns, and no more inputs of a row than columns beside the middle
    /// one lie outside the image on either side.
    /// </summary>
    public static bool HasNarrowEdges(ConvolutionShape shape)
    {
        int most = shape.KernelWidth / 2;
        int last = ((shape.OutputWidth - 1) * shape.StrideX) - shape.PadLeft + shape.KernelWidth - 1;
        return shape is { KernelWidth: 3 or 5, DilationX: 1, StrideX: 1 or 2 } && shape.PadLeft <= most
            && last < shape.InputWidth + most;
    }
}

/// <summary>Neighbouring outputs of a row.</summary>
/// <param name="Start">The first.</param>
/// <param name="Size">Their number.</param>
internal readonly record struct RowTile(int Start, int Size);
