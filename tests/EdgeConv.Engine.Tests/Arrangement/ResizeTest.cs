using EdgeConv.Core;
using Xunit;

namespace EdgeConv.Engine.Tests.Arrangement;

public class ResizeTest
{
    [Theory]
    [InlineData("nearest")]
    [InlineData("linear")]
    [InlineData("cubic")]
    public void Resizing_by_one_is_the_identity(string mode)
    {
        using Tensor x = Run.Random(2, 1, 2, 5, 7);
        string[] coordinates = ["half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"];
        foreach (string coordinate in coordinates)
        {
            using Tensor y = Run.One("Resize", 13, [x, null, Run.Floats([4], 1, 1, 1, 1)],
                ("mode", mode), ("coordinate_transformation_mode", coordinate));
            Run.AssertSame(x, y);
        }
    }

    [Fact]
    public void Nearest_by_an_integer_repeats_elements_of_any_type()
    {
        foreach (DataType type in Enum.GetValues<DataType>())
        {
            using Tensor x = Run.Counting(type, 1, 2, 3, 4);
            using Tensor y = Run.One("Resize", 11, [x, null, Run.Floats([4], 1, 1, 2, 3)],
                ("coordinate_transformation_mode", "asymmetric"), ("nearest_mode", "floor"));
            using Tensor old = Run.One("Upsample", 9, [x, Run.Floats([4], 1, 1, 2, 3)]);
            using Tensor older = Run.One("Upsample", 7, [x], ("scales", new float[] { 1, 1, 2, 3 }));
            Assert.Equal(new Shape(1, 2, 6, 12), y.Shape);
            Run.AssertSame(y, old);
            Run.AssertSame(y, older);
            int size = DataTypes.SizeOf(type);
            for (int i = 0; i < y.Length; i++)
            {
                int from = (i / 72 * 12) + (i / 12 % 6 / 2 * 4) + (i % 12 / 3);
                Assert.True(
                    x.AsBytes().Slice(from * size, size).SequenceEqual(y.AsBytes().Slice(i * size, size)));
            }
        }
    }

    // By hand: at half pixels the
    // doubled row of 0, 4 reads the places -0.25, 0.25, 0.75 and 1.25.
    [Fact]
    public void Doubled_linear_row_holds_quarters()
    {
        using Tensor x = Run.Floats([1, 1, 1, 2], 0, 4);
        using Tensor y = Run.One("Resize", 13, [x, null, null, Run.Ints(1, 1, 1, 4)], ("mode", "linear"));
        Assert.Equal([0, 1, 3, 4], y.AsSpan<float>().ToArray());
    }

    [Fact]
    public void Linear_and_cubic_reproduce_a_plane_inside()
    {
        using Tensor x = new(DataType.Float32, new Shape(1, 1, 8, 9));
        for (int i = 0; i < x.Length; i++)
            x.AsSpan<float>()[i] = (3 * (i / 9)) - (2 * (i % 9));
        foreach (string mode in new[] { "linear", "cubic" })
        {
            using Tensor y = Run.One("Resize", 13, [x, null, null, Run.Ints(1, 1, 15, 20)],
                ("mode", mode), ("cubic_coeff_a", -0.5f));
            for (int i = 0; i < y.Length; i++)
            {
                double row = (((i / 20) + 0.5) * 8 / 15) - 0.5;
                double column = (((i % 20) + 0.5) * 9 / 20) - 0.5;
                if (row is > 1 and < 6 && column is > 1 and < 7)
                    Assert.Equal((3 * row) - (2 * column), y.AsSpan<float>()[i], 1e-4f);
            }
        }
    }

    [Fact]
    public void Resizing_axes_one_after_the_other_is_resizing_them_at_once()
    {
        using Tensor x = Run.Random(6, 1, 2, 4, 5, 6);
        foreach (string mode in new[] { "linear", "cubic", "nearest" })
        {
            using Tensor once =
                Run.One("Resize", 13, [x, null, null, Run.Ints(1, 2, 6, 3, 11)], ("mode", mode));
            Tensor step = x;
            foreach (long[] sizes in new long[][] { [1, 2, 6, 5, 6], [1, 2, 6, 3, 6], [1, 2, 6, 3, 11] })
                step = Run.One("Resize", 13, [step, null, null, Run.Ints(sizes)], ("mode", mode));
            Run.AssertNear(once, step, 1e-5f);
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(10)]
    public void Scales_are_read_in_their_own_precision(int factor)
    {
        using Tensor x = Run.Counting(DataType.Float32, 3 * factor);
        using Tensor y = Run.One("Resize", 11, [x, null, Run.Floats([1], 1f / factor)],
            ("coordinate_transformation_mode", "asymmetric"), ("nearest_mode", "floor"));
        Assert.Equal([0, factor, 2 * factor], y.AsSpan<float>().ToArray());
    }

    [Fact]
    public void Crops_take_the_extrapolation_value_outside_the_input()
    {
        using Tensor x = Run.Floats([1, 1, 1, 3], 1, 2, 3);
        Tensor region = Run.Floats([8], 0, 0, 0, -0.5f, 1, 1, 1, 1.5f);
        using Tensor y = Run.One("Resize", 13, [x, region, null, Run.Ints(1, 1, 1, 5)], ("mode", "linear"),
            ("coordinate_transformation_mode", "tf_crop_and_resize"), ("extrapolation_value", 9f));
        Assert.Equal([9, 1, 2, 3, 9], y.AsSpan<float>().ToArray());
    }

    [Fact]
    public void Axes_of_opset_18_leave_the_others_alone()
    {
        using Tensor x = Run.Random(6, 1, 3, 4, 5);
        using Tensor all = Run.One("Resize", 18, [x, null, null, Run.Ints(1, 3, 8, 2)], ("mode", "linear"));
        using Tensor named = Run.One(
            "Resize", 18, [x, null, null, Run.Ints(2, 8)], ("mode", "linear"), ("axes", new long[] { 3, 2 }));
        Run.AssertSame(all, named);
        Assert.True(Run.Refused(
            "Resize", 18, [x, null, null, Run.Ints(1, 3, 8, 2)], ("antialias", 1L)).IsUnsupported);
    }

    [Fact]
    public void Impossible_sizes_and_scales_are_refused()
    {
        using Tensor x = Run.Random(6, 1, 3);
        Run.Refused("Resize", 13, [x, null, null, null]);
        Run.Refused("Resize", 13, [x, null, Run.Floats([2], 1, 0)]);
        Run.Refused("Resize", 13, [x, null, Run.Floats([2], 1, float.NaN)]);
        Run.Refused("Resize", 13, [x, null, Run.Floats([2], 1, 1e30f)]);
        Run.Refused("Resize", 13, [x, null, Run.Floats([1], 1)]);
        Run.Refused("Resize", 13, [x, null, null, Run.Ints(1, -3)]);
        Run.Refused("Resize", 13, [x, null, null, Run.Ints(1, long.MaxValue)]);
        Run.Refused("Resize", 13, [x, null, Run.Floats([2], 1, 1)], ("mode", "best"));
        using Tensor bytes = Run.Counting(DataType.UInt8, 1, 3);
        Assert.True(Run.Refused(
            "Resize", 13, [bytes, null, Run.Floats([2], 1, 2)], ("mode", "linear")).IsUnsupported);
        using Tensor empty = new(DataType.Float32, new Shape(0, 3));
        Assert.Equal(
            0, Run.One("Resize", 13, [empty, null, Run.Floats([2], 1, 2)], ("mode", "linear")).Length);
    }
}
