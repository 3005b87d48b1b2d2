using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// y = (x − mean) / √(variance + ε) · scale + bias with given moments of each channel; x is
/// <c>[N,C,…]</c>. The form that learns its moments is refused.
/// </summary>
internal sealed unsafe class BatchNormalizationOperator : Operator
{
    private readonly float _epsilon;

    public BatchNormalizationOperator(Node node) : base(node)
    {
        foreach (string name in (ReadOnlySpan<string>)["momentum", "is_test", "consumed_inputs"])
            node.Attributes.Ignore(name);
        _epsilon = node.Attributes.GetFloat(node, "epsilon", 1e-5f);
        if (node.Opset < 9 && node.Attributes.GetInt(node, "spatial", 1) == 0)
            throw ModelError.Unsupported(node.Place, "attribute 'spatial' is 0, which is not supported");
        bool isTraining = node.Opset >= 14 && node.Attributes.GetInt(node, "training_mode", 0) != 0;
        if (isTraining || node.Outputs.Skip(1).Any(output => output is not null))
            throw ModelError.Unsupported(node.Place, "training mode is not supported");
    }

    public override TensorType[] Infer(InferenceContext context)
    {
        context.CheckCounts(5, 5);
        context.RequireType(0, DataType.Float32);
        Shape shape = context.ShapeOf(0);
        for (int input = 1; input < 5; input++)
        {
            context.RequireType(input, DataType.Float32);
            context.RequireCount(input, Split(shape).Extent);
        }

        TensorType output = new(DataType.Float32, shape);
        TensorType unused = new(DataType.Float32, context.ShapeOf(3));
        return [output, .. Enumerable.Repeat(unused, Node.Outputs.Length - 1)];
    }

    public override bool CanOverwrite(int input) => input == 0;

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        outputs[0]!.FitTo(inputs[0]!.Shape);
        AxisSplit split = Split(inputs[0]!.Shape);
        float* x = (float*)inputs[0]!.Data;
        float* y = (float*)outputs[0]!.Data;
        float* scale = (float*)inputs[1]!.Data;
        float* bias = (float*)inputs[2]!.Data;
        float* mean = (float*)inputs[3]!.Data;
        float* variance = (float*)inputs[4]!.Data;
        for (int n = 0; n < split.Outer; n++)
        {
            for (int c = 0; c < split.Extent; c++, x += split.Inner, y += split.Inner)
            {
                float factor = scale[c] / MathF.Sqrt(variance[c] + _epsilon);
                FloatLines.Affine(x, y, split.Inner, (mean[c], factor, bias[c]));
            }
        }
    }

    // One dimension alone is N, with one channel.
    private static AxisSplit Split(Shape shape) =>
        shape.Rank < 2 ? new AxisSplit((int)shape.ElementCount, 1, 1) : AxisSplit.At(shape, 1);
}
