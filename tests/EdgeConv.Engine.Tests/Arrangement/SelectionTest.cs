using CsCheck;
using EdgeConv.Core;
using Xunit;

namespace EdgeConv.Engine.Tests.Arrangement;

public class SelectionTest
{
    [Fact]
    public void Top_k_is_the_front_of_a_stable_sort() =>
        Gen.Select(Gen.Int[0, 5].Array[1, 12], Gen.Int[0, 12], Gen.Bool).Sample((values, wanted, largest) =>
        {
            int k = Math.Min(wanted, values.Length);
            using Tensor x = Tensor.From<int>(new Shape(values.Length, 1), values);
            Tensor[] y =
                Run.Many("TopK", 11, 2, [x, Run.Ints(k)], ("axis", 0L), ("largest", largest ? 1L : 0L));
            IEnumerable<int> places = Enumerable.Range(0, values.Length);
            int[] order = [.. places.OrderBy(i => largest ? -values[i] : values[i]).Take(k)];
            Assert.Equal(order.Select(i => values[i]), y[0].AsSpan<int>().ToArray());
            Assert.Equal(order.Select(i => (long)i), y[1].AsSpan<long>().ToArray());
        }, iter: 300);

    [Fact]
    public void Top_k_runs_along_inner_axes_too()
    {
        using Tensor x = Run.Counting(DataType.Float32, 2, 3, 2);
        Tensor[] y = Run.Many("TopK", 1, 2, [x], ("axis", 1L), ("k", 2L));
        Assert.Equal([4, 5, 2, 3, 10, 11, 8, 9], y[0].AsSpan<float>().ToArray());
        Assert.Equal([2, 2, 1, 1, 2, 2, 1, 1], y[1].AsSpan<long>().ToArray());
        Run.Refused("TopK", 11, [x, Run.Ints(4)], ("axis", 1L));
        Run.Refused("TopK", 11, [x, Run.Ints(-1)], ("axis", 1L));
        Run.Refused("TopK", 11, [x, Run.Ints(1, 1)], ("axis", 1L));
    }

    [Fact]
    public void Suppression_keeps_the_best_of_overlapping_boxes()
    {
        using Tensor boxes = Run.Floats([1, 4, 4], 0, 0, 1, 1, 0, 0.1f, 1, 1.1f, 0, 5, 1, 6, 1, 1, 0, 0);
        using Tensor scores = Run.Floats([1, 1, 4], 0.8f, 0.9f, 0.7f, 0.8f);
        using Tensor y = Run.One(
            "NonMaxSuppression", [boxes, scores, Run.Ints(3), Run.Floats([], 0.5f), Run.Floats([], 0.1f)]);
        Assert.Equal(new Shape(2, 3), y.Shape);
        Assert.Equal([0, 0, 1, 0, 0, 2], y.AsSpan<long>().ToArray());
        using Tensor strict = Run.One(
            "NonMaxSuppression",
            [boxes, scores, Run.Ints(long.MaxValue), Run.Floats([], 1), Run.Floats([], 0.75f)]);
        Assert.Equal([0, 0, 1, 0, 0, 0, 0, 0, 3], strict.AsSpan<long>().ToArray());
        using Tensor none = Run.One("NonMaxSuppression", [boxes, scores]);
        Assert.Equal(new Shape(0, 3), none.Shape);
        Run.Refused("NonMaxSuppression", 11, [boxes, scores, Run.Ints(1), Run.Floats([], 1.5f)]);
        Run.Refused("NonMaxSuppression", 11, [scores, boxes]);
    }

    [Fact]
    public void Non_zero_positions_gather_the_elements_that_compress_keeps()
    {
        using Tensor x = Run.Floats([2, 3], 0, 5, -0f, 7, 0, 9);
        using Tensor places = Run.One("NonZero", [x]);
        Assert.Equal(new Shape(2, 3), places.Shape);
        Assert.Equal([0, 1, 1, 1, 0, 2], places.AsSpan<long>().ToArray());
        Tensor condition = Tensor.From<bool>(new Shape(6), false, true, false, true, false, true);
        using Tensor kept = Run.One("Compress", [x, condition]);
        Assert.Equal([5, 7, 9], kept.AsSpan<float>().ToArray());
        Tensor columns = Tensor.From<bool>(new Shape(2), false, true);
        using Tensor column = Run.One("Compress", [x, columns], ("axis", 1L));
        Assert.Equal(new Shape(2, 1), column.Shape);
        Assert.Equal([5, 0], column.AsSpan<float>().ToArray());
        Run.Refused("Compress", 11, [x, condition], ("axis", 1L));
    }
}
