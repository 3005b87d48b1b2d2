using CsCheck;
using EdgeConv.Core;
using Xunit;
using static EdgeConv.Engine.Tests.Arithmetic.OperatorRun;
using static EdgeConv.Engine.Tests.Arithmetic.Tensors;

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
        var cases = Gen.Select(Gen.Int[1, 4].Array[0, 4], Gen.Int[1, 40], Gen.Int[0, 31], Gen.Bool);
        cases.Sample((extents, last, mask, keep) =>
        {
            Shape shape = new([.. extents, last]);
            IEnumerable<int> reduced = Enumerable.Range(0, shape.Rank).Where(i => (mask >> i & 1) != 0);
            long[] axes = [.. reduced.Select(i => (long)i)];
            Tensor x = Tensors.Random(shape, mask, 0.8, 1.2);
            OperatorCase given = new OperatorCase(12).With("keepdims", keep ? 1L : 0).With("axes", axes);
            Tensor y = One(name, given, x);
            (Shape expectedShape, float[] expected) = Reference(name, x, axes, keep);
            Assert.Equal(expectedShape, y.Shape);
            AssertClose(expected, y.Values<float>(), 2e-5);
        }, iter: 100);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void All_axes_are_the_flattened_tensor(string name)
    {
        Tensor x = Tensors.Random(new Shape(3, 4, 5, 6), 1, 0.9, 1.1);
        Tensor flat = Vector<float>(x.Values<float>());
        float all = One(name, x).Values<float>()[0];
        float flattened = One(name, flat).Values<float>()[0];
        AssertClose([flattened], [all], 1e-5);
    }

    [Fact]
    public void Axes_are_an_input_from_opset_13_or_18_and_negative_ones_count_from_the_end()
    {
        Tensor x = Tensors.Random(new Shape(2, 3, 4), 1);
        Tensor axes = Vector(-1L, 0);
        OperatorCase attribute = new OperatorCase(11).With("axes", new long[] { -1, 0 });
        Assert.Equal(
            One("ReduceSum", attribute, x).Values<float>(),
            One("ReduceSum", new OperatorCase(13), x, axes).Values<float>());
        Assert.Equal(
            One("ReduceMean", attribute, x).Values<float>(),
            One("ReduceMean", new OperatorCase(18), x, axes).Values<float>());
    }

    [Fact]
    public void Empty_axes_reduce_all_or_nothing()
    {
        Tensor x = Tensors.Random(new Shape(2, 3), 1);
        Tensor none = Vector<long>();
        OperatorCase noop = new OperatorCase(13).With("noop_with_empty_axes", 1L);
        Assert.Equal(x.Values<float>(), One("ReduceSum", noop, x, none).Values<float>());
        Assert.Equal(x.Values<float>(), One("ReduceSum", noop, x).Values<float>());
        Assert.Equal(new Shape(1, 1), One("ReduceSum", new OperatorCase(13), x, none).Shape);
    }

    [Fact]
    public void Nothing_reduces_to_the_neutral_element()
    {
        Tensor nothing = new(DataType.Float32, new Shape(2, 0));
        OperatorCase last = new OperatorCase(12).With("axes", new long[] { 1 });
        Assert.Equal([0f, 0], One("ReduceSum", last, nothing).Values<float>());
        Assert.Equal([1f, 1], One("ReduceProd", last, nothing).Values<float>());
        float infinity = float.PositiveInfinity;
        Assert.Equal([-infinity, -infinity], One("ReduceMax", last, nothing).Values<float>());
        Assert.Equal([infinity, infinity], One("ReduceMin", last, nothing).Values<float>());
        Assert.All(One("ReduceMean", last, nothing).Values<float>(), y => Assert.True(float.IsNaN(y)));
        Assert.Equal([-infinity, -infinity], One("ReduceLogSum", last, nothing).Values<float>());
        Assert.Equal([-infinity, -infinity], One("ReduceLogSumExp", last, nothing).Values<float>());
    }

    [Fact]
    public void Integers_are_reduced_exactly()
    {
        Tensor x = Vector(1L << 53, 1, 1, 5);
        Assert.Equal([(1L << 53) + 7], One("ReduceSum", x).Values<long>());
        Assert.Equal([-2], One("ReduceMean", Vector(-1, -4)).Values<int>());
        Assert.Equal([9], One("ReduceL1", Vector(-4, 5)).Values<int>());
        Assert.Equal([6], One("ReduceL2", Vector(-4, 5)).Values<int>());
        Assert.Equal([200], One("ReduceMax", Vector<byte>(3, 200, 7)).Values<byte>());
        Assert.Equal([-100], One("ReduceMin", Vector<sbyte>(3, -100, 7)).Values<sbyte>());
    }

    [Fact]
    public void Log_sum_exp_does_not_overflow()
    {
        AssertClose(
            [1000.6931f], One("ReduceLogSumExp", Vector(1000f, 1000)).Values<float>(), 1e-6);
        float infinity = float.PositiveInfinity;
        Assert.Equal(
            [-infinity], One("ReduceLogSumExp", Vector(-infinity, -infinity)).Values<float>());
    }

    [Fact]
    public void An_axis_that_does_not_exist_is_named()
    {
        OperatorCase given = new OperatorCase(12).With("axes", new long[] { 2 });
        ModelError error = Refusal("ReduceSum", given, Tensors.Random(new Shape(2, 3), 1));
        Assert.Contains("axis 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Arg_operators_take_the_first_or_last_of_equal_elements()
    {
        Tensor x = Tensor.From(new Shape(2, 3), 2f, 2, 1, 3, 1, 1);
        OperatorCase rows = new OperatorCase().With("axis", -1L).With("keepdims", 0L);
        OperatorCase last = rows.With("select_last_index", 1L);
        Assert.Equal([0L, 0], One("ArgMax", rows, x).Values<long>());
        Assert.Equal([1L, 0], One("ArgMax", last, x).Values<long>());
        Assert.Equal([2L, 1], One("ArgMin", rows, x).Values<long>());
        Assert.Equal([2L, 2], One("ArgMin", last, x).Values<long>());
        Tensor columns = One("ArgMax", x);
        Assert.Equal(new Shape(1, 3), columns.Shape);
        Assert.Equal([1L, 0, 0], columns.Values<long>());
    }

    [Fact]
    public void Sums_run_along_an_axis()
    {
        Tensor x = Tensor.From(new Shape(2, 3), 1, 2, 3, 4, 5, 6);
        Tensor last = Scalar(-1);
        OperatorCase plain = new();
        Assert.Equal([1, 3, 6, 4, 9, 15], One("CumSum", x, last).Values<int>());
        Assert.Equal([1, 2, 3, 5, 7, 9], One("CumSum", x, Vector(0L)).Values<int>());
        Assert.Equal(
            [0, 1, 3, 0, 4, 9], One("CumSum", plain.With("exclusive", 1L), x, last).Values<int>());
        Assert.Equal(
            [6, 5, 3, 15, 11, 6], One("CumSum", plain.With("reverse", 1L), x, last).Values<int>());
        OperatorCase both = plain.With("reverse", 1L).With("exclusive", 1L);
        Assert.Equal([5, 3, 0, 11, 6, 0], One("CumSum", both, x, last).Values<int>());
    }

    // No axes mean all of them.
    private static (Shape Shape, float[] Values) Reference(string name, Tensor x, long[] axes, bool keep)
    {
        int[] kept = [.. Enumerable.Range(0, x.Shape.Rank).Where(i => axes.Length > 0 && !axes.Contains(i))];
        Dictionary<int, List<double>> groups = [];
        for (int i = 0; i < x.Length; i++)
        {
            int key = kept.Aggregate(0, (k, axis) => k * x.Shape[axis] + PositionOf(i, x.Shape, axis));
            if (!groups.TryGetValue(key, out List<double>? group))
                groups[key] = group = [];
            group.Add(x.AsSpan<float>()[i]);
        }

        IEnumerable<int> extents = keep
            ? Enumerable.Range(0, x.Shape.Rank).Select(i => kept.Contains(i) ? x.Shape[i] : 1)
            : kept.Select(i => x.Shape[i]);
        Func<double[], double> definition = s_definitions[name];
        IEnumerable<float> values = groups.OrderBy(g => g.Key).Select(g => (float)definition([.. g.Value]));
        return (new Shape([.. extents]), [.. values]);
    }

    private static int PositionOf(int index, Shape shape, int axis) =>
        index / (int)shape.CountBetween(axis + 1, shape.Rank) % shape[axis];
}
