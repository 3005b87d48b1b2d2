using CsCheck;
using EdgeConv.Core;
using Xunit;

namespace EdgeConv.Engine.Tests.Arithmetic;

public class ReduceTest
{
    private static readonly Dictionary<string, Func<double[], double>> s_definitions = new()
    {
        ["ReduceSum"] = x => x.Sum(),
        ["ReduceMean"] = x => x.Average(),
        ["ReduceMax"] = x => x.Max(),
        ["ReduceMin"] = x => x.Min(),
        ["ReduceProd"] = x => x.Aggregate(1.0, (a, b) => a * b),
        ["ReduceL1"] = x => x.Sum(Math.Abs),
        ["ReduceL2"] = x => Math.Sqrt(x.Sum(v => v * v)),
        ["ReduceSumSquare"] = x => x.Sum(v => v * v),
        ["ReduceLogSum"] = x => Math.Log(x.Sum()),
        ["ReduceLogSumExp"] = x => Math.Log(x.Sum(Math.Exp)),
    };

    public static TheoryData<string> Names => [.. s_definitions.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_set_of_axes_matches_the_definition(string name)
    {
        Gen.Select(Gen.Int[1, 4].Array[0, 4], Gen.Int[1, 40], Gen.Int[0, 31], Gen.Bool).Sample((extents, last, mask, keep) =>
        {
            Shape shape = new([.. extents, last]);
            long[] axes = [.. Enumerable.Range(0, shape.Rank).Where(i => (mask >> i & 1) != 0).Select(i => (long)i)];
            Tensor x = Tensors.Random(shape, mask, 0.8, 1.2);
            OperatorCase given = new OperatorCase(12).With("keepdims", keep ? 1L : 0).With("axes", axes);
            Tensor y = OperatorRun.One(name, given, x);
            (Shape expectedShape, float[] expected) = Reference(name, x, axes, keep);
            Assert.Equal(expectedShape, y.Shape);
            Tensors.AssertClose(expected, y.Values<float>(), 2e-5);
        }, iter: 100);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void All_axes_are_the_flattened_tensor(string name)
    {
        Tensor x = Tensors.Random(new Shape(3, 4, 5, 6), 1, 0.9, 1.1);
        Tensor flat = Tensors.Vector<float>(x.Values<float>());
        float all = OperatorRun.One(name, x).Values<float>()[0];
        float flattened = OperatorRun.One(name, flat).Values<float>()[0];
        Tensors.AssertClose([flattened], [all], 1e-5);
    }

    [Fact]
    public void Axes_are_an_input_from_opset_13_or_18_and_negative_ones_count_from_the_end()
    {
        Tensor x = Tensors.Random(new Shape(2, 3, 4), 1);
        Tensor axes = Tensors.Vector(-1L, 0);
        OperatorCase attribute = new OperatorCase(11).With("axes", new long[] { -1, 0 });
        Assert.Equal(
            OperatorRun.One("ReduceSum", attribute, x).Values<float>(),
            OperatorRun.One("ReduceSum", new OperatorCase(13), x, axes).Values<float>());
        Assert.Equal(
            OperatorRun.One("ReduceMean", attribute, x).Values<float>(),
            OperatorRun.One("ReduceMean", new OperatorCase(18), x, axes).Values<float>());
    }

    [Fact]
    public void Empty_axes_reduce_all_or_nothing()
    {
        Tensor x = Tensors.Random(new Shape(2, 3), 1);
        Tensor none = Tensors.Vector<long>();
        OperatorCase noop = new OperatorCase(13).With("noop_with_empty_axes", 1L);
        Assert.Equal(x.Values<float>(), OperatorRun.One("ReduceSum", noop, x, none).Values<float>());
        Assert.Equal(x.Values<float>(), OperatorRun.One("ReduceSum", noop, x).Values<float>());
        Assert.Equal(new Shape(1, 1), OperatorRun.One("ReduceSum", new OperatorCase(13), x, none).Shape);
    }

    [Fact]
    public void Nothing_reduces_to_the_neutral_element()
    {
        Tensor nothing = new(DataType.Float32, new Shape(2, 0));
        OperatorCase last = new OperatorCase(12).With("axes", new long[] { 1 });
        Assert.Equal([0f, 0], OperatorRun.One("ReduceSum", last, nothing).Values<float>());
        Assert.Equal([1f, 1], OperatorRun.One("ReduceProd", last, nothing).Values<float>());
        float infinity = float.PositiveInfinity;
        Assert.Equal([-infinity, -infinity], OperatorRun.One("ReduceMax", last, nothing).Values<float>());
        Assert.Equal([infinity, infinity], OperatorRun.One("ReduceMin", last, nothing).Values<float>());
        Assert.All(OperatorRun.One("ReduceMean", last, nothing).Values<float>(), y => Assert.True(float.IsNaN(y)));
        Assert.Equal([-infinity, -infinity], OperatorRun.One("ReduceLogSum", last, nothing).Values<float>());
        Assert.Equal([-infinity, -infinity], OperatorRun.One("ReduceLogSumExp", last, nothing).Values<float>());
    }

    [Fact]
    public void Integers_are_reduced_exactly()
    {
        Tensor x = Tensors.Vector(1L << 53, 1, 1, 5);
        Assert.Equal([(1L << 53) + 7], OperatorRun.One("ReduceSum", x).Values<long>());
        Assert.Equal([-2], OperatorRun.One("ReduceMean", Tensors.Vector(-1, -4)).Values<int>());
        Assert.Equal([9], OperatorRun.One("ReduceL1", Tensors.Vector(-4, 5)).Values<int>());
        Assert.Equal([6], OperatorRun.One("ReduceL2", Tensors.Vector(-4, 5)).Values<int>());
        Assert.Equal([200], OperatorRun.One("ReduceMax", Tensors.Vector<byte>(3, 200, 7)).Values<byte>());
        Assert.Equal([-100], OperatorRun.One("ReduceMin", Tensors.Vector<sbyte>(3, -100, 7)).Values<sbyte>());
    }

    [Fact]
    public void Log_sum_exp_does_not_overflow()
    {
        Tensors.AssertClose(
            [1000.6931f], OperatorRun.One("ReduceLogSumExp", Tensors.Vector(1000f, 1000)).Values<float>(), 1e-6);
        float infinity = float.PositiveInfinity;
        Assert.Equal(
            [-infinity], OperatorRun.One("ReduceLogSumExp", Tensors.Vector(-infinity, -infinity)).Values<float>());
    }

    [Fact]
    public void An_axis_that_does_not_exist_is_named()
    {
        OperatorCase given = new OperatorCase(12).With("axes", new long[] { 2 });
        ModelError error = OperatorRun.Refusal("ReduceSum", given, Tensors.Random(new Shape(2, 3), 1));
        Assert.Contains("axis 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Arg_operators_take_the_first_or_last_of_equal_elements()
    {
        Tensor x = Tensor.From(new Shape(2, 3), 2f, 2, 1, 3, 1, 1);
        OperatorCase rows = new OperatorCase().With("axis", -1L).With("keepdims", 0L);
        OperatorCase last = rows.With("select_last_index", 1L);
        Assert.Equal([0L, 0], OperatorRun.One("ArgMax", rows, x).Values<long>());
        Assert.Equal([1L, 0], OperatorRun.One("ArgMax", last, x).Values<long>());
        Assert.Equal([2L, 1], OperatorRun.One("ArgMin", rows, x).Values<long>());
        Assert.Equal([2L, 2], OperatorRun.One("ArgMin", last, x).Values<long>());
        Tensor columns = OperatorRun.One("ArgMax", x);
        Assert.Equal(new Shape(1, 3), columns.Shape);
        Assert.Equal([1L, 0, 0], columns.Values<long>());
    }

    [Fact]
    public void Sums_run_along_an_axis()
    {
        Tensor x = Tensor.From(new Shape(2, 3), 1, 2, 3, 4, 5, 6);
        Tensor last = Tensors.Scalar(-1);
        OperatorCase plain = new();
        Assert.Equal([1, 3, 6, 4, 9, 15], OperatorRun.One("CumSum", x, last).Values<int>());
        Assert.Equal([1, 2, 3, 5, 7, 9], OperatorRun.One("CumSum", x, Tensors.Vector(0L)).Values<int>());
        Assert.Equal(
            [0, 1, 3, 0, 4, 9], OperatorRun.One("CumSum", plain.With("exclusive", 1L), x, last).Values<int>());
        Assert.Equal(
            [6, 5, 3, 15, 11, 6], OperatorRun.One("CumSum", plain.With("reverse", 1L), x, last).Values<int>());
        OperatorCase both = plain.With("reverse", 1L).With("exclusive", 1L);
        Assert.Equal([5, 3, 0, 11, 6, 0], OperatorRun.One("CumSum", both, x, last).Values<int>());
    }

    // No axes mean all of them.
    private static (Shape Shape, float[] Values) Reference(string name, Tensor x, long[] axes, bool keep)
    {
        int[] kept = [.. Enumerable.Range(0, x.Shape.Rank).Where(i => axes.Length > 0 && !axes.Contains(i))];
        Dictionary<int, List<double>> groups = [];
        for (int i = 0; i < x.Length; i++)
        {
            int key = 0;
            foreach (int axis in kept)
                key = key * x.Shape[axis] + i / (int)x.Shape.CountBetween(axis + 1, x.Shape.Rank) % x.Shape[axis];
            if (!groups.TryGetValue(key, out List<double>? group))
                groups[key] = group = [];
            group.Add(x.AsSpan<float>()[i]);
        }

        IEnumerable<int> extents = keep
            ? Enumerable.Range(0, x.Shape.Rank).Select(i => kept.Contains(i) ? x.Shape[i] : 1)
            : kept.Select(i => x.Shape[i]);
        IEnumerable<float> values = groups.OrderBy(g => g.Key).Select(g => (float)s_definitions[name]([.. g.Value]));
        return (new Shape([.. extents]), [.. values]);
    }
}
