using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// y = (x − mean) / √(variance + ε) · scale + bias with moments over all axes from the given one on; scale
/// and bias have the extents of those axes. Further outputs are the mean and 1 / √(variance + ε).
/// </summary>
internal sealed unsafe class LayerNormalizationOperator(Node node) : Operator(node)
{
    private readonly long _axis = node.Attributes.GetInt(node, "axis", -1);
    private readonly float _epsilon = node.Attributes.GetFloat(node, "epsilon", 1e-5f);
    private readonly long _stashType = node.Attributes.GetInt(node, "stash_type", 1);

    public override TensorType[] Infer(InferenceContext context)
    {
        context.CheckCounts(3, 3);
        if (_stashType != 1)
            throw ModelError.Unsupported(Node.Place, $"attribute 'stash_type' is {_stashType}, not 1");
        context.RequireType(0, DataType.Float32);
        Shape shape = context.ShapeOf(0);
        AxisSplit split = Split(shape);
        for (int input = 1; input < 3; input++)
        {
            if (input == 2 && !context.Has(input))
                continue;
            context.RequireType(input, DataType.Float32);
            context.RequireCount(input, split.Inner);
        }

        TensorType output = new(DataType.Float32, shape);
        TensorType moments = new(DataType.Float32, MomentsShape(shape));
        return [output, .. Enumerable.Repeat(moments, Node.Outputs.Length - 1)];
    }

    public override bool CanOverwrite(int input) => input == 0;

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        outputs[0]!.FitTo(inputs[0]!.Shape);
        AxisSplit split = Split(inputs[0]!.Shape);
        float* x = (float*)inputs[0]!.Data;
        float* y = (float*)outputs[0]!.Data;
        float* scale = (float*)inputs[1]!.Data;
        float* bias = inputs.Length > 2 && inputs[2] is { } b ? (float*)b.Data : null;
        float* means = outputs.Length > 1 && outputs[1] is { } m ? (float*)m.Data : null;
        float* inverses = outputs.Length > 2 && outputs[2] is { } d ? (float*)d.Data : null;
        for (int row = 0; row < split.Outer; row++, x += split.Inner, y += split.Inner)
        {
            (float mean, float variance) = FloatLines.Moments(x, split.Inner);
            float inverse = 1 / MathF.Sqrt(variance + _epsilon);
            FloatLines.Affine(x, y, split.Inner, (mean, inverse, 0));
            ScaleAndShift(y, split.Inner, scale, bias);
            if (means is not null)
                means[row] = mean;
            if (inverses is not null)
                inverses[row] = inverse;
        }
    }

    private static void ScaleAndShift(float* y, int count, float* scale, float* bias)
    {
        Strided<float> row = new(y, 1);
        NumberRow<Multiply, float>.Run(row, new Strided<float>(scale, 1), y, count);
        if (bias is not null)
            NumberRow<Add, float>.Run(row, new Strided<float>(bias, 1), y, count);
    }

    // Rows before the axis; what is normalised together is Inner.
    private AxisSplit Split(Shape shape)
    {
        int axis = ArithmeticChecks.AxisOf(Node, _axis, shape.Rank);
        return AxisSplit.Between(shape, axis, axis);
    }

    private Shape MomentsShape(Shape shape)
    {
        int[] extents = shape.Dimensions.ToArray();
        extents.AsSpan(ArithmeticChecks.AxisOf(Node, _axis, shape.Rank)).Fill(1);
        return new Shape(extents);
    }
}
