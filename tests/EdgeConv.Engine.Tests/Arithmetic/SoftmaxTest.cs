using CsCheck;
using EdgeConv.Core;
using Xunit;
using static EdgeConv.Engine.Tests.Arithmetic.OperatorRun;
using static EdgeConv.Engine.Tests.Arithmetic.Tensors;

namespace EdgeConv.Engine.Tests.Arithmetic;

public class SoftmaxTest
{
    private static readonly Gen<(Shape Shape, int Axis)> s_shapes =
        from outer in Gen.Int[1, 3]
        from extent in Gen.Int[1, 40]
        from inner in Gen.Int[1, 40]
        from axis in Gen.Int[0, 2]
        select (new Shape(outer, extent, inner), axis);

    [Fact]
    public void Lines_along_any_axis_match_the_definition() => s_shapes.Sample(given =>
    {
        Tensor x = Tensors.Random(given.Shape, 5, -8, 8);
        OperatorCase node = new OperatorCase().With("axis", (long)given.Axis);
        AssertClose(Reference(x, given.Axis), One("Softmax", node, x).Values<float>(), 1e-6);
    }, iter: 100);

    [Fact]
    public void Lines_sum_to_one() => s_shapes.Sample(given =>
    {
        OperatorCase node = new OperatorCase().With("axis", (long)given.Axis);
        Tensor y = One("Softmax", node, Tensors.Random(given.Shape, 5, -50, 50));
        OperatorCase along = new OperatorCase(12).With("axes", new long[] { given.Axis });
        Assert.All(One("ReduceSum", along, y).Values<float>(), sum => Assert.Equal(1, sum, 1e-5f));
    }, iter: 50);

    [Fact]
    public void Log_softmax_is_the_logarithm_of_softmax() => s_shapes.Sample(given =>
    {
        Tensor x = Tensors.Random(given.Shape, 5, -8, 8);
        OperatorCase node = new OperatorCase().With("axis", (long)given.Axis);
        float[] expected = [.. Reference(x, given.Axis).Select(v => MathF.Log(v))];
        AssertClose(expected, One("LogSoftmax", node, x).Values<float>(), 2e-6);
    }, iter: 50);

    [Fact]
    public void Adding_a_constant_changes_nothing()
    {
        Tensor x = Tensors.Random(new Shape(3, 17), 1);
        Tensor moved = One("Add", x, Scalar(1000f));
        AssertClose(
            One("Softmax", x).Values<float>(), One("Softmax", moved).Values<float>(), 1e-4);
    }

    [Fact]
    public void Below_opset_13_all_axes_from_the_first_one_on_are_one_line()
    {
        Tensor x = Tensors.Random(new Shape(2, 3, 4), 1);
        Tensor flat = Tensor.From<float>(new Shape(2, 12), x.Values<float>());
        Assert.Equal(
            One("Softmax", flat).Values<float>(),
            One("Softmax", new OperatorCase(11), x).Values<float>());
    }

    [Fact]
    public void Hardmax_marks_the_first_greatest()
    {
        Tensor x = Tensor.From(new Shape(2, 3), 1f, 3, 3, 5, 2, 1);
        Assert.Equal([0f, 1, 0, 1, 0, 0], One("Hardmax", x).Values<float>());
        OperatorCase columns = new OperatorCase().With("axis", 0L);
        Assert.Equal([0f, 1, 1, 1, 0, 0], One("Hardmax", columns, x).Values<float>());
        Tensor wide = Tensors.Random(new Shape(4, 19), 2);
        float[] sums = One("ReduceSum", new OperatorCase(12).With("axes", new long[] { 0 }),
            One("Hardmax", columns, wide)).Values<float>();
        Assert.All(sums, sum => Assert.Equal(1, sum));
    }

    private static float[] Reference(Tensor x, int axis)
    {
        int extent = x.Shape[axis];
        int inner = (int)x.Shape.CountBetween(axis + 1, x.Shape.Rank);
        float[] y = new float[x.Length];
        for (int i = 0; i < y.Length; i++)
        {
            int start = i / (extent * inner) * extent * inner + i % inner;
            double sum = 0;
            for (int k = 0; k < extent; k++)
                sum += Math.Exp(x.AsSpan<float>()[start + k * inner]);
            y[i] = (float)(Math.Exp(x.AsSpan<float>()[i]) / sum);
        }

        return y;
    }
}
