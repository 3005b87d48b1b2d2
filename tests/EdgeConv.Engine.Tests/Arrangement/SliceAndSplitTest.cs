using EdgeConv.Core;
using Xunit;

namespace EdgeConv.Engine.Tests.Arrangement;

public class SliceAndSplitTest
{
    [Fact]
    public void Every_start_end_and_step_agrees_with_the_clamping_rule()
    {
        using Tensor x = Run.Counting(DataType.Float32, 5);
        long[] places = [long.MinValue, -7, -6, -5, -3, -1, 0, 1, 4, 5, 6, int.MaxValue, long.MaxValue];
        foreach (long start in places)
        {
            foreach (long end in places)
            {
                foreach (long step in new long[] { long.MinValue, -4, -2, -1, 1, 2, 4, long.MaxValue })
                {
                    using Tensor y = Run.One(
                        "Slice", [x, Run.Ints(start), Run.Ints(end), Run.Ints(0), Run.Ints(step)]);
                    Assert.Equal(Expected(start, end, step), y.AsSpan<float>().ToArray());
                }
            }
        }
    }

    [Fact]
    public void Slice_of_opset_1_takes_attributes()
    {
        using Tensor x = Run.Counting(DataType.Int32, 3, 4);
        using Tensor y =
            Run.One("Slice", 1, [x], ("starts", new long[] { 1, -1 }), ("ends", new long[] { 3, 99 }));
        Assert.Equal(new Shape(2, 1), y.Shape);
        Assert.Equal([7, 11], y.AsSpan<int>().ToArray());
    }

    [Fact]
    public void A_zero_step_and_lists_of_different_lengths_are_refused()
    {
        using Tensor x = Run.Counting(DataType.Int32, 3, 4);
        Run.Refused("Slice", 13, [x, Run.Ints(0), Run.Ints(1), Run.Ints(0), Run.Ints(0)]);
        Run.Refused("Slice", 13, [x, Run.Ints(0, 0), Run.Ints(1)]);
        Run.Refused("Slice", 13, [x, Run.Ints(0), Run.Ints(1), Run.Ints(2)]);
        Run.Refused("Slice", 13, [x, Run.Ints(0, 0), Run.Ints(1, 1), Run.Ints(1, -1)]);
        Run.Refused("Slice", 13, [x, Run.Ints(0, 0, 0), Run.Ints(1, 1, 1)]);
    }

    [Fact]
    public void Equal_parts_need_a_divisible_extent_below_opset_18()
    {
        using Tensor x = Run.Counting(DataType.Float32, 7, 2);
        Assert.Throws<ModelError>(() => Run.Many("Split", 13, 3, [x]));
        Tensor[] parts = Run.Many("Split", 18, 3, [x], ("num_outputs", 3L));
        Assert.Equal([3, 3, 1], parts.Select(part => part.Shape[0]));
        Assert.Equal(12, parts[2].AsSpan<float>()[0]);
    }

    [Fact]
    public void Concat_refuses_other_types_ranks_and_extents()
    {
        using Tensor x = Run.Counting(DataType.Int32, 2, 3);
        using Tensor wide = Run.Counting(DataType.Int32, 3, 3);
        using Tensor other = Run.Counting(DataType.Int64, 2, 3);
        using Tensor flat = Run.Counting(DataType.Int32, 6);
        Run.Refused("Concat", 13, [x, wide], ("axis", 1L));
        Run.Refused("Concat", 13, [x, other], ("axis", 0L));
        Run.Refused("Concat", 13, [x, flat], ("axis", 0L));
        Run.Refused("Concat", 13, [x, null], ("axis", 0L));
        Run.Refused("Concat", 13, [x, x]);
    }

    [Fact]
    public void Huge_repeats_and_extents_are_refused_before_anything_is_allocated()
    {
        using Tensor x = Run.Counting(DataType.Int32, 2, 3);
        Run.Refused("Tile", 13, [x, Run.Ints(int.MaxValue, int.MaxValue)]);
        Run.Refused("Tile", 13, [x, Run.Ints(-1, 1)]);
        Run.Refused("Tile", 13, [x, Run.Ints(long.MaxValue, 1)]);
        Run.Refused("Expand", 13, [x, Run.Ints(long.MaxValue, 2, 3)]);
        Run.Refused("Expand", 13, [x, Run.Ints(4, 3)]);
        Run.Refused("ConstantOfShape", 13, [Run.Ints(1 << 20, 1 << 20)]);
        Run.Refused("ConstantOfShape", 13, [Run.Ints(-1)]);
        Run.Refused("Pad", 13, [x, Run.Ints(0, long.MaxValue, 0, long.MaxValue)]);
        Run.Refused("Pad", 13, [x, Run.Ints(-1, 0, -2, 0)]);
        Run.Refused("Pad", 13, [x, Run.Ints(1, 1)]);
        Run.Refused("DepthToSpace", 13, [Run.Counting(DataType.Int8, 1, 4, 1, 1)], ("blocksize", 3L));
        Run.Refused(
            "DepthToSpace", 13, [Run.Counting(DataType.Int8, 1, 4, 1, 1)], ("blocksize", long.MaxValue));
        Run.Refused("SpaceToDepth", 13, [Run.Counting(DataType.Int8, 1, 4, 1, 1)], ("blocksize", 0L));
    }

    private static float[] Expected(long start, long end, long step)
    {
        const int Extent = 5;
        start = start < 0 ? start + Extent : start;
        end = end < 0 ? end + Extent : end;
        List<float> taken = [];
        if (step > 0)
        {
            start = Math.Clamp(start, 0, Extent);
            for (Int128 i = start; i < Math.Clamp(end, 0, Extent); i += step)
                taken.Add((float)i);
        }
        else
        {
            start = Math.Clamp(start, 0, Extent - 1);
            for (Int128 i = start; i > Math.Clamp(end, -1, Extent - 1); i += step)
                taken.Add((float)i);
        }

        return [.. taken];
    }
}
