using CsCheck;
using EdgeConv.Core;
using Xunit;
using static EdgeConv.Engine.Tests.Arithmetic.OperatorRun;
using static EdgeConv.Engine.Tests.Arithmetic.Tensors;

namespace EdgeConv.Engine.Tests.Arithmetic;

public class BroadcastTest
{
    /// <summary>An output shape of up to five dimensions, and operands that repeat or lack some.</summary>
    private static readonly Gen<(int[] Output, Shape[] Operands)> s_shapes =
        from output in Gen.Int[1, 4].Array[0, 5]
        from wide in Gen.Int[1, 20]
        from masks in Gen.Int[0, 31].Array[3]
        from dropped in Gen.Int[0, 5].Array[3]
        select Operands(output, wide, masks, dropped);

    [Fact]
    public void Binary_operators_match_index_arithmetic() => s_shapes.Sample(given =>
    {
        Tensor a = Tensors.Random(given.Operands[0], 1);
        Tensor b = Tensors.Random(given.Operands[1], 2);
        Tensor y = One("Sub", a, b);
        float[] left = Reference(a, y.Shape);
        float[] right = Reference(b, y.Shape);
        Assert.Equal(left.Zip(right, (p, q) => p - q), y.Values<float>());
    }, iter: 300);

    [Fact]
    public void Comparisons_match_index_arithmetic() => s_shapes.Sample(given =>
    {
        Tensor a = Tensors.Random(given.Operands[0], 1, 0, 2);
        Tensor b = Tensors.Random(given.Operands[1], 2, 0, 2);
        Tensor y = One("Less", a, b);
        float[] left = Reference(a, y.Shape);
        float[] right = Reference(b, y.Shape);
        Assert.Equal(left.Zip(right, (p, q) => p < q), y.Values<bool>());
    }, iter: 100);

    [Theory]
    [InlineData("Max")]
    [InlineData("Sum")]
    [InlineData("Mean")]
    public void Variadic_operators_match_index_arithmetic(string name) => s_shapes.Sample(given =>
    {
        Tensor[] inputs = [.. given.Operands.Select((shape, i) => Tensors.Random(shape, i))];
        Tensor y = One(name, inputs);
        float[][] wide = [.. inputs.Select(input => Reference(input, y.Shape))];
        float[] expected = [.. Enumerable.Range(0, y.Length).Select(i => Fold(name, wide, i))];
        AssertClose(expected, y.Values<float>());
    }, iter: 100);

    [Fact]
    public void Where_matches_index_arithmetic() => s_shapes.Sample(given =>
    {
        Tensor mask = One("Greater", Tensors.Random(given.Operands[2], 3), Scalar(0f));
        Tensor a = Tensors.Random(given.Operands[0], 1);
        Tensor b = Tensors.Random(given.Operands[1], 2);
        Tensor y = One("Where", mask, a, b);
        float[] choice = Reference(Tensors.Random(given.Operands[2], 3), y.Shape);
        float[] left = Reference(a, y.Shape);
        float[] right = Reference(b, y.Shape);
        Assert.Equal(choice.Select((c, i) => c > 0 ? left[i] : right[i]), y.Values<float>());
    }, iter: 100);

    [Theory]
    [InlineData("Add")]
    [InlineData("Mul")]
    [InlineData("Max")]
    [InlineData("Min")]
    public void Commutative_operators_commute(string name) => s_shapes.Sample(given =>
    {
        Tensor a = Tensors.Random(given.Operands[0], 1);
        Tensor b = Tensors.Random(given.Operands[1], 2);
        Assert.Equal(One(name, a, b).Values<float>(), One(name, b, a).Values<float>());
    }, iter: 100);

    [Fact]
    public void Below_opset_7_the_second_operand_starts_at_an_axis()
    {
        Tensor a = Tensors.Random(new Shape(2, 3, 4, 5), 1);
        Tensor b = Tensors.Random(new Shape(3, 4), 2);
        OperatorCase old = new OperatorCase(6).With("broadcast", 1L).With("axis", 1L);
        Tensor aligned = Tensor.From<float>(new Shape(1, 3, 4, 1), b.Values<float>());
        Assert.Equal(
            One("Add", a, aligned).Values<float>(),
            One("Add", old, a, b).Values<float>());
    }

    [Fact]
    public void Below_opset_7_the_first_operand_does_not_repeat()
    {
        OperatorCase old = new OperatorCase(6).With("broadcast", 1L).With("axis", 0L);
        Tensor one = Tensors.Random(new Shape(1, 3), 1);
        ModelError error = Refusal("Add", old, one, Tensors.Random(new Shape(2), 2));
        Assert.Contains("[1,3] and [2]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Below_opset_7_the_second_operand_must_end_within_the_first()
    {
        OperatorCase old = new OperatorCase(6).With("broadcast", 1L).With("axis", 1L);
        ModelError error = Refusal(
            "Add", old, Tensors.Random(new Shape(3, 3), 1), Tensors.Random(new Shape(3, 3), 2));
        Assert.Contains("[3,3] and [3,3]", error.Message, StringComparison.Ordinal);
        Assert.Equal(new Shape(3), One("Add", old, Tensors.Random(new Shape(3), 1), Scalar(1f)).Shape);
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_both_named()
    {
        Tensor a = Tensors.Random(new Shape(2, 3), 1);
        Tensor b = Tensors.Random(new Shape(4), 2);
        ModelError error = Refusal("Mul", new OperatorCase(), a, b);
        Assert.Contains("[2,3] and [4]", error.Message, StringComparison.Ordinal);
        Assert.False(error.IsUnsupported);
    }

    [Fact]
    public void A_broadcast_beyond_memory_is_refused()
    {
        Tensor a = new(DataType.Bool, new Shape(70000, 1));
        Tensor b = new(DataType.Bool, new Shape(1, 70000));
        ModelError error = Refusal("And", new OperatorCase(), a, b);
        Assert.Contains("[70000,1] and [1,70000]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Operands_of_two_types_are_refused()
    {
        ModelError error = Refusal(
            "Add", new OperatorCase(), Vector(1f), Vector(1));
        Assert.Contains("input 1 'x1' is int32, it must be float32", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Prelu_takes_a_slope_a_channel()
    {
        Tensor x = Vector(-2f, 3, -4, 5, -6, 7, -8, 9);
        x.Reshape(new Shape(1, 2, 2, 2));
        Tensor slope = Tensor.From(new Shape(2, 1, 1), 0.5f, 0.25f);
        float[] expected = [-1, 3, -2, 5, -1.5f, 7, -2, 9];
        Assert.Equal(expected, One("PRelu", x, slope).Values<float>());
        slope.Reshape(new Shape(2));
        Assert.Equal(expected, One("PRelu", new OperatorCase(6), x, slope).Values<float>());
    }

    private static (int[] Output, Shape[] Operands) Operands(
        int[] output, int wide, int[] masks, int[] dropped)
    {
        int[] extents = [.. output];
        if (extents.Length > 0)
            extents[^1] = wide;
        return (extents, [.. masks.Select((mask, k) => Operand(extents, mask, dropped[k]))]);
    }

    private static Shape Operand(int[] output, int mask, int dropped)
    {
        IEnumerable<int> extents = output.Select((extent, i) => (mask >> i & 1) != 0 ? 1 : extent);
        return new Shape([.. extents.Skip(dropped)]);
    }

    private static float[] Reference(Tensor x, Shape output)
    {
        float[] wide = new float[output.ElementCount];
        for (int i = 0; i < wide.Length; i++)
            wide[i] = x.AsSpan<float>()[SourceIndex(x.Shape, output, i)];
        return wide;
    }

    private static int SourceIndex(Shape x, Shape output, int index)
    {
        int source = 0;
        int stride = 1;
        for (int k = 1; k <= x.Rank; k++)
        {
            int position = index / (int)output.CountBetween(output.Rank - k + 1, output.Rank) % output[-k];
            source += x[-k] == 1 ? 0 : position * stride;
            stride *= x[-k];
        }

        return source;
    }

    private static float Fold(string name, float[][] inputs, int i)
    {
        IEnumerable<float> column = inputs.Select(input => input[i]);
        return name switch
        {
            "Max" => column.Max(),
            "Sum" => column.Sum(),
            _ => column.Average(),
        };
    }
}
