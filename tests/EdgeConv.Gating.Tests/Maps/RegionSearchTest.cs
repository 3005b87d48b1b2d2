using CsCheck;
using EdgeConv.Gating.Maps;
using Xunit;

namespace EdgeConv.Gating.Tests.Maps;

public class RegionSearchTest
{
    [Fact]
    public void The_box_holds_what_is_joined_to_the_oddest_position_by_sides_and_corners()
    {
        MapRegion region = Find(
            """
            9.....
            .1..1.
            ..1.1.
            ......
            .1.1..
            """)!.Value;
        Assert.Equal(new MapRegion(0, 0, 3, 3, 9), region);
    }

    [Fact]
    public void A_row_s_end_is_not_beside_the_next_row_s_start() =>
        Assert.Equal(new MapRegion(3, 0, 1, 1, 5), Find("...5\n4...\n...."));

    [Fact]
    public void Nothing_above_the_threshold_is_no_region() => Assert.Null(Find("....\n...."));

    [Fact]
    public void One_search_leaves_nothing_for_the_next()
    {
        RegionSearch search = new(1, 4);
        Assert.Equal(new MapRegion(0, 0, 4, 1, 4), search.Find([1, 2, 3, 4], 3, 0));
        Assert.Equal(new MapRegion(3, 0, 1, 1, 4), search.Find([0, 0, 0, 4], 3, 0));
    }

    [Fact]
    public void The_box_is_that_of_the_slow_search() =>
        Gen.Select(Gen.Int[1, 7], Gen.Int[1, 7], Gen.Float[0, 1].Array[49]).Holds((height, width, values) =>
        {
            float[] distances = values[..(height * width)];
            int oddest = Array.IndexOf(distances, distances.Max());
            Assert.Equal(
                Slow(distances, height, width, oddest, 0.6f),
                new RegionSearch(height, width).Find(distances, oddest, 0.6f));
        }, count: 300);

    // Grows the set of joined positions until it does not change.
    private static MapRegion? Slow(float[] distances, int height, int width, int oddest, float threshold)
    {
        if (distances[oddest] <= threshold)
            return null;
        HashSet<(int Y, int X)> joined = [(oddest / width, oddest % width)];
        int before;
        do
        {
            before = joined.Count;
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                {
                    bool isBeside = joined.Any(p => Math.Abs(p.Y - y) <= 1 && Math.Abs(p.X - x) <= 1);
                    if (distances[(y * width) + x] > threshold && isBeside)
                        joined.Add((y, x));
                }
            }
        }
        while (joined.Count > before);
        int left = joined.Min(p => p.X), top = joined.Min(p => p.Y);
        return new MapRegion(
            left, top, joined.Max(p => p.X) - left + 1, joined.Max(p => p.Y) - top + 1, distances[oddest]);
    }

    private static MapRegion? Find(string grid)
    {
        string[] rows = grid.Split('\n', StringSplitOptions.TrimEntries);
        float[] distances = [.. rows.SelectMany(row => row).Select(c => c == '.' ? 0f : c - '0')];
        int oddest = Array.IndexOf(distances, distances.Max());
        return new RegionSearch(rows.Length, rows[0].Length).Find(distances, oddest, 0.5f);
    }
}
