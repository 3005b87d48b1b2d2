using CsCheck;
using EdgeConv.Core;
using Xunit;

namespace EdgeConv.Engine.Tests.Arrangement;

public class MoveLawsTest
{
    private static readonly DataType[] Types = Enum.GetValues<DataType>();
    private static readonly string[] Modes = ["constant", "edge", "reflect"];

    private static readonly Gen<(DataType Type, int[] Shape)> Blocks = Gen.Select(
        Gen.OneOf(Types), Gen.Int[0, 5].Array[1, 5]);

    [Fact]
    public void Transposing_by_a_permutation_and_its_inverse_is_the_identity() =>
        Gen.Select(Blocks, Gen.Int[0, 1000]).Sample((block, seed) =>
        {
            long[] permutation = [.. Enumerable.Range(0, block.Shape.Length).Select(axis => (long)axis)];
            new Random(seed).Shuffle(permutation);
            long[] inverse = [.. permutation.Select((_, axis) => (long)Array.IndexOf(permutation, axis))];
            using Tensor x = Run.RandomBytes(seed, block.Type, block.Shape);
            using Tensor there = Run.One("Transpose", [x], ("perm", permutation));
            using Tensor back = Run.One("Transpose", [there], ("perm", inverse));
            Run.AssertSame(x, back);
        }, iter: 300);

    [Theory]
    [InlineData(1, 3, 37, 41)]
    [InlineData(2, 17, 5, 16)]
    [InlineData(1, 1, 1, 33)]
    public void Transposed_tiles_put_every_element_in_its_place(int n, int c, int h, int w)
    {
        using Tensor x = Run.Counting(DataType.Float32, n, c, h, w);
        using Tensor y = Run.One("Transpose", [x], ("perm", new long[] { 0, 2, 3, 1 }));
        Assert.Equal(new Shape(n, h, w, c), y.Shape);
        Span<float> values = y.AsSpan<float>();
        for (int i = 0; i < y.Length; i++)
        {
            int channel = i % c;
            int pixel = i / c % (h * w);
            Assert.Equal((((i / c / (h * w) * c) + channel) * h * w) + pixel, values[i]);
        }
    }

    [Fact]
    public void Transpose_reverses_axes_by_default()
    {
        using Tensor x = Run.Counting(DataType.Int8, 2, 3);
        using Tensor y = Run.One("Transpose", [x]);
        Assert.Equal(new Shape(3, 2), y.Shape);
        Assert.Equal([0, 3, 1, 4, 2, 5], y.AsSpan<sbyte>().ToArray());
    }

    [Fact]
    public void Concatenating_what_was_split_is_the_identity() =>
        Gen.Select(Blocks, Gen.Int[0, 1000]).Sample((block, seed) =>
        {
            Random random = new(seed);
            int axis = random.Next(block.Shape.Length);
            int first = random.Next(block.Shape[axis] + 1);
            using Tensor x = Run.RandomBytes(seed, block.Type, block.Shape);
            Tensor[] parts = Run.Many(
                "Split", 13, 2, [x, Run.Ints(first, block.Shape[axis] - first)], ("axis", (long)axis));
            using Tensor joined = Run.One("Concat", [.. parts], ("axis", (long)axis - block.Shape.Length));
            Run.AssertSame(x, joined);
        }, iter: 300);

    [Fact]
    public void Slicing_the_padding_off_again_is_the_identity() =>
        Gen.Select(Blocks, Gen.Int[0, 1000]).Sample((block, seed) =>
        {
            Random random = new(seed);
            string mode = block.Shape.Contains(0) ? "constant" : Modes[seed % 3];
            long[] pads = [.. Enumerable.Range(0, 2 * block.Shape.Length).Select(_ => (long)random.Next(4))];
            using Tensor x = Run.RandomBytes(seed, block.Type, block.Shape);
            using Tensor padded = Run.One("Pad", [x, Run.Ints(pads)], ("mode", mode));
            long[] starts = pads[..block.Shape.Length];
            long[] ends = [.. starts.Select((start, axis) => start + block.Shape[axis])];
            using Tensor back = Run.One("Slice", [padded, Run.Ints(starts), Run.Ints(ends)]);
            Run.AssertSame(x, back);
            long[] negated = [.. pads.Select(pad => -pad)];
            using Tensor cropped = Run.One("Pad", [padded, Run.Ints(negated)], ("mode", mode));
            Run.AssertSame(x, cropped);
        }, iter: 300);

    [Theory]
    [InlineData("DCR")]
    [InlineData("CRD")]
    public void Depth_to_space_of_space_to_depth_is_the_identity(string mode) =>
        Gen.Select(Gen.Int[1, 3], Gen.Int[1, 3], Gen.Int[1, 4], Gen.OneOf(Types)).Sample((b, c, h, type) =>
        {
            using Tensor x = Run.RandomBytes(h, type, 2, c, h * b, 3 * b);
            using Tensor deep = Run.One("SpaceToDepth", [x], ("blocksize", (long)b));
            using Tensor arranged = mode == "DCR" ? deep : BlocksInnermost(deep, b, c);
            using Tensor back = Run.One("DepthToSpace", [arranged], ("blocksize", (long)b), ("mode", mode));
            Run.AssertSame(x, back);
        }, iter: 100);

    [Fact]
    public void Tiling_is_concatenating_copies()
    {
        using Tensor x = Run.Counting(DataType.Int32, 2, 3);
        using Tensor tiled = Run.One("Tile", [x, Run.Ints(1, 3)]);
        using Tensor joined = Run.One("Concat", [x, x, x], ("axis", 1L));
        Run.AssertSame(joined, tiled);
        using Tensor legacy = Run.One("Tile", 1, [x, Run.Ints(3), Run.Ints(1)]);
        Run.AssertSame(joined, legacy);
    }

    [Fact]
    public void Expanding_repeats_axes_of_extent_one_and_adds_leading_ones()
    {
        using Tensor x = Run.Floats([3, 1], 1, 2, 3);
        using Tensor y = Run.One("Expand", [x, Run.Ints(2, 1, 2)]);
        Assert.Equal(new Shape(2, 3, 2), y.Shape);
        Assert.Equal([1, 1, 2, 2, 3, 3, 1, 1, 2, 2, 3, 3], y.AsSpan<float>().ToArray());
    }

    [Fact]
    public void Reversing_all_steps_twice_is_the_identity()
    {
        using Tensor x = Run.Counting(DataType.Float32, 4, 2, 3);
        Tensor lengths = Run.Ints(4, 2);
        using Tensor once = Run.One("ReverseSequence", [x, lengths]);
        Assert.Equal(18, once.AsSpan<float>()[0]);
        using Tensor twice = Run.One("ReverseSequence", [once, lengths]);
        Run.AssertSame(x, twice);
        Tensor wrong = Run.Ints(4, 5);
        Run.Refused("ReverseSequence", 10, [x, wrong]);
    }

    [Fact]
    public void Upper_and_strictly_lower_triangle_add_up_to_the_matrix()
    {
        using Tensor x = Run.Counting(DataType.Float32, 2, 4, 3);
        for (long k = -5; k <= 5; k++)
        {
            using Tensor upper = Run.One("Trilu", [x, Run.Ints(k)]);
            using Tensor lower = Run.One("Trilu", [x, Run.Ints(k - 1)], ("upper", 0L));
            for (int i = 0; i < x.Length; i++)
            {
                bool isUpper = (i % 3) - (i / 3 % 4) >= k;
                Assert.Equal(isUpper ? x.AsSpan<float>()[i] : 0, upper.AsSpan<float>()[i]);
                Assert.Equal(isUpper ? 0 : x.AsSpan<float>()[i], lower.AsSpan<float>()[i]);
            }
        }
    }

    // [N, b·b·C, H, W] with the block outermost → innermost.
    private static Tensor BlocksInnermost(Tensor deep, int b, int c)
    {
        Shape shape = deep.Shape;
        using Tensor split = Run.One("Reshape", [deep, Run.Ints(shape[0], b * b, c, shape[2], shape[3])]);
        using Tensor swapped = Run.One("Transpose", [split], ("perm", new long[] { 0, 2, 1, 3, 4 }));
        return Run.One("Reshape", [swapped, Run.Ints(shape[0], b * b * c, shape[2], shape[3])]);
    }
}
