using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// y = x / ‖x‖ along an axis with the sum of absolute values (p = 1) or the length (p = 2); 0 stays 0.
/// </summary>
internal sealed unsafe class LpNormalizationOperator : Operator
{
    private readonly long _axis;
    private readonly bool _isLength;

    public LpNormalizationOperator(Node node) : base(node)
    {
        _axis = node.Attributes.GetInt(node, "axis", -1);
        long p = node.Attributes.GetInt(node, "p", 2);
        if (p is not (1 or 2))
            throw ModelError.Unsupported(node.Place, $"attribute 'p' is {p}, supported are 1 and 2");
        _isLength = p == 2;
    }

    public override TensorType[] Infer(InferenceContext context)
    {
        context.CheckCounts(1, 1);
        context.RequireType(0, DataType.Float32);
        _ = ArithmeticChecks.AxisOf(Node, _axis, context.ShapeOf(0).Rank);
        return [new TensorType(DataType.Float32, context.ShapeOf(0))];
    }

    public override bool CanOverwrite(int input) => true;

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        Tensor x = inputs[0]!;
        outputs[0]!.FitTo(x.Shape);
        AxisSplit split = AxisSplit.At(x.Shape, ArithmeticChecks.AxisOf(Node, _axis, x.Shape.Rank));
        for (int outer = 0; outer < split.Outer; outer++)
        {
            long block = (long)outer * split.Extent * split.Inner;
            for (int inner = 0; inner < split.Inner; inner++)
            {
                float* line = (float*)x.Data + block + inner;
                Line(line, (float*)outputs[0]!.Data + block + inner, split.Extent, split.Inner);
            }
        }
    }

    private void Line(float* x, float* y, int count, int stride)
    {
        float sum = 0;
        for (long i = 0; i < count; i++)
            sum += _isLength ? x[i * stride] * x[i * stride] : MathF.Abs(x[i * stride]);
        float norm = _isLength ? MathF.Sqrt(sum) : sum;
        for (long i = 0; i < count; i++)
            y[i * stride] = norm == 0 ? 0 : x[i * stride] / norm;
    }
}
