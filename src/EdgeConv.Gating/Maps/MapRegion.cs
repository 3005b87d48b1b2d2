namespace EdgeConv.Gating.Maps;

/// <summary>The odd part of a sample: a box of positions, and the greatest distance in it.</summary>
/// <param name="Left">First column.</param>
/// <param name="Top">First row.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="Distance">Greatest squared distance.</param>
public readonly record struct MapRegion(int Left, int Top, int Width, int Height, float Distance);

/// <summary>Finds the part around the oddest position; no allocation. Not thread-safe.</summary>
internal sealed class RegionSearch(int height, int width)
{
    private readonly int[] _stack = new int[height * width];
    private readonly bool[] _isSeen = new bool[height * width];

    /// <summary>
    /// The bounding box of the positions above <paramref name="threshold"/> that are joined to
    /// <paramref name="oddest"/> by sides or corners; null when that one is not above it.
    /// </summary>
    public MapRegion? Find(ReadOnlySpan<float> distances, int oddest, float threshold)
    {
        if (!(distances[oddest] > threshold))
            return null;
        Array.Clear(_isSeen);
        int left = width, top = height, right = 0, bottom = 0, count = 0;
        Push(oddest, ref count);
        while (count > 0)
        {
            (int y, int x) = Math.DivRem(_stack[--count], width);
            (left, right) = (Math.Min(left, x), Math.Max(right, x));
            (top, bottom) = (Math.Min(top, y), Math.Max(bottom, y));
            PushNeighbours(distances, threshold, (y, x), ref count);
        }

        return new MapRegion(left, top, right - left + 1, bottom - top + 1, distances[oddest]);
    }

    private void PushNeighbours(
        ReadOnlySpan<float> distances, float threshold, (int Y, int X) of, ref int count)
    {
        for (int y = Math.Max(0, of.Y - 1); y <= Math.Min(height - 1, of.Y + 1); y++)
        {
            for (int x = Math.Max(0, of.X - 1); x <= Math.Min(width - 1, of.X + 1); x++)
            {
                int position = (y * width) + x;
                if (!_isSeen[position] && distances[position] > threshold)
                    Push(position, ref count);
            }
        }
    }

    // A position is pushed once, so that the stack holds all of them.
    private void Push(int position, ref int count)
    {
        _isSeen[position] = true;
        _stack[count++] = position;
    }
}
