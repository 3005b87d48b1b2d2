using System.Numerics;
using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>y = (x − zero point) · scale, from int8, uint8 or int32 to float.</summary>
internal sealed unsafe class DequantizeLinearOperator(Node node) : Operator(node)
{
    private readonly QuantizationLayout _layout = new(node);

    public override TensorType[] Infer(InferenceContext context)
    {
        context.CheckCounts(3, 1);
        DataType type = context.RequireType(0, DataType.Int8, DataType.UInt8, DataType.Int32);
        _layout.Check(context);
        if (context.Has(2))
            context.RequireSameType(2, type);
        return [new TensorType(DataType.Float32, context.ShapeOf(0))];
    }

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        outputs[0]!.FitTo(inputs[0]!.Shape);
        float* y = (float*)outputs[0]!.Data;
        switch (inputs[0]!.Type)
        {
            case DataType.Int8: Run<sbyte>(inputs, y); break;
            case DataType.UInt8: Run<byte>(inputs, y); break;
            default: Run<int>(inputs, y); break;
        }
    }

    private void Run<TQ>(ReadOnlySpan<Tensor?> inputs, float* y) where TQ : unmanaged, IBinaryInteger<TQ>
    {
        AxisSplit split = _layout.Split(inputs[0]!.Shape, inputs[1]!.Shape);
        TQ* x = (TQ*)inputs[0]!.Data;
        float* scale = (float*)inputs[1]!.Data;
        TQ* zero = inputs.Length > 2 && inputs[2] is { } given ? (TQ*)given.Data : null;
        for (int outer = 0; outer < split.Outer; outer++)
        {
            for (int c = 0; c < split.Extent; c++, x += split.Inner, y += split.Inner)
                QuantizedLines.Dequantize(x, y, split.Inner, (scale[c], zero is null ? TQ.Zero : zero[c]));
        }
    }
}
