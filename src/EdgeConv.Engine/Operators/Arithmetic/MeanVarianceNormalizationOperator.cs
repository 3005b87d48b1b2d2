using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>y = (x − mean) / (√variance + 1e-9) with moments over some axes, by default 0, 2 and 3.</summary>
internal sealed unsafe class MeanVarianceNormalizationOperator(Node node) : Operator(node)
{
    private const double Epsilon = 1e-9;

    private readonly long[] _axes = node.Attributes.GetInts(node, "axes") ?? [0, 2, 3];

    private uint _axisBits;

    public override TensorType[] Infer(InferenceContext context)
    {
        context.CheckCounts(1, 1);
        context.RequireType(0, DataType.Float32);
        Shape shape = context.ShapeOf(0);
        _axisBits = 0;
        foreach (long axis in _axes)
            _axisBits |= 1u << ArithmeticChecks.AxisOf(Node, axis, shape.Rank);
        return [new TensorType(DataType.Float32, shape)];
    }

    public override bool CanOverwrite(int input) => true;

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        Tensor x = inputs[0]!;
        Tensor y = outputs[0]!;
        y.FitTo(x.Shape);
        if (x.Length == 0)
            return;
        ReduceLoop loop = ReduceLoop.Over(x.Shape, _axisBits);
        for (long outer = loop.Kept.OuterCount; outer > 0; outer--)
        {
            for (int i = 0; i < loop.Kept.InnerCount; i++)
            {
                long start = loop.Kept.Offset + (long)i * loop.Kept.InnerStride;
                Normalize((float*)x.Data + start, (float*)y.Data + start, ref loop.Reduced);
            }

            loop.Kept.Next();
        }
    }

    private static void Normalize(float* x, float* y, ref StridedNest nest)
    {
        double count = (double)nest.OuterCount * nest.InnerCount;
        double mean = SumOfPowers(x, ref nest, center: 0, squared: false) / count;
        double deviation = Math.Sqrt(SumOfPowers(x, ref nest, mean, squared: true) / count);
        for (long outer = nest.OuterCount; outer > 0; outer--)
        {
            for (long i = 0; i < nest.InnerCount; i++)
            {
                long at = nest.Offset + i * nest.InnerStride;
                y[at] = (float)((x[at] - mean) / (deviation + Epsilon));
            }

            nest.Next();
        }
    }

    private static double SumOfPowers(float* x, ref StridedNest nest, double center, bool squared)
    {
        double sum = 0;
        for (long outer = nest.OuterCount; outer > 0; outer--)
        {
            for (long i = 0; i < nest.InnerCount; i++)
            {
                double difference = x[nest.Offset + i * nest.InnerStride] - center;
                sum += squared ? difference * difference : difference;
            }

            nest.Next();
        }

        return sum;
    }
}
