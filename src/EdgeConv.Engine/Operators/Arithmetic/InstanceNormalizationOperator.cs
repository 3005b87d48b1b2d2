using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// y = (x − mean) / √(variance + ε) · scale + bias with the moments of each picture's each channel; x is
/// <c>[N,C,…]</c>, scale and bias <c>[C]</c>.
/// </summary>
internal sealed unsafe class InstanceNormalizationOperator : Operator
{
    private readonly float _epsilon;

    public InstanceNormalizationOperator(Node node) : base(node)
    {
        node.Attributes.Ignore("consumed_inputs");
        _epsilon = node.Attributes.GetFloat(node, "epsilon", 1e-5f);
    }

    public override TensorType[] Infer(InferenceContext context)
    {
        context.CheckCounts(3, 1);
        context.RequireType(0, DataType.Float32);
        Shape shape = context.ShapeOf(0);
        if (shape.Rank < 2)
            throw new ModelError(Node.Place, $"input has shape {shape}, it must be [N,C,…]");
        for (int input = 1; input < 3; input++)
        {
            context.RequireType(input, DataType.Float32);
            context.RequireCount(input, shape[1]);
        }

        return [new TensorType(DataType.Float32, shape)];
    }

    public override bool CanOverwrite(int input) => input == 0;

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        outputs[0]!.FitTo(inputs[0]!.Shape);
        AxisSplit split = AxisSplit.At(inputs[0]!.Shape, 1);
        float* x = (float*)inputs[0]!.Data;
        float* y = (float*)outputs[0]!.Data;
        float* scale = (float*)inputs[1]!.Data;
        float* bias = (float*)inputs[2]!.Data;
        for (int n = 0; n < split.Outer; n++)
        {
            for (int c = 0; c < split.Extent; c++, x += split.Inner, y += split.Inner)
            {
                (float mean, float variance) = FloatLines.Moments(x, split.Inner);
                float factor = scale[c] / MathF.Sqrt(variance + _epsilon);
                FloatLines.Affine(x, y, split.Inner, (mean, factor, bias[c]));
            }
        }
    }
}
