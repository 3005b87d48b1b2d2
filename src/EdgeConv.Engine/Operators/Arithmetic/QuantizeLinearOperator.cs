using System.Numerics;
using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// y = saturate(round(x / scale) + zero point), halves to the even integer; int8 or uint8 as the zero point
/// is, uint8 without one. NaN becomes 0.
/// </summary>
internal sealed unsafe class QuantizeLinearOperator : Operator
{
    private readonly QuantizationLayout _layout;
    private readonly DataType? _output;

    public QuantizeLinearOperator(Node node) : base(node)
    {
        _layout = new QuantizationLayout(node);
        node.Attributes.Ignore("saturate");
        if (node.Opset < 21)
            return;
        _output = node.Attributes.GetInt(node, "output_dtype", 0) switch
        {
            0 => null,
            2 => DataType.UInt8,
            3 => DataType.Int8,
            long other => throw ModelError.Unsupported(
                node.Place, $"attribute 'output_dtype' is {other}, supported are 2 (uint8) and 3 (int8)"),
        };
    }

    public override TensorType[] Infer(InferenceContext context)
    {
        context.CheckCounts(3, 1);
        context.RequireType(0, DataType.Float32, DataType.Int32);
        _layout.Check(context);
        DataType type = _output ?? DataType.UInt8;
        if (context.Has(2))
        {
            type = context.RequireType(2, DataType.UInt8, DataType.Int8);
            if (_output is { } demanded)
                context.RequireSameType(2, demanded);
        }

        return [new TensorType(type, context.ShapeOf(0))];
    }

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        Tensor? zero = inputs.Length > 2 ? inputs[2] : null;
        outputs[0]!.FitTo(inputs[0]!.Shape);
        if (outputs[0]!.Type == DataType.UInt8)
            Run(inputs, zero is null ? null : zero.Data, outputs[0]!.Data);
        else
            Run(inputs, zero is null ? null : (sbyte*)zero.Data, (sbyte*)outputs[0]!.Data);
    }

    private void Run<TQ>(ReadOnlySpan<Tensor?> inputs, TQ* zero, TQ* y)
        where TQ : unmanaged, IBinaryInteger<TQ>, IMinMaxValue<TQ>
    {
        if (inputs[0]!.Type == DataType.Float32)
            Run((float*)inputs[0]!.Data, inputs, zero, y);
        else
            Run((int*)inputs[0]!.Data, inputs, zero, y);
    }

    private void Run<T, TQ>(T* x, ReadOnlySpan<Tensor?> inputs, TQ* zero, TQ* y)
        where T : unmanaged, INumber<T>
        where TQ : unmanaged, IBinaryInteger<TQ>, IMinMaxValue<TQ>
    {
        AxisSplit split = _layout.Split(inputs[0]!.Shape, inputs[1]!.Shape);
        float* scale = (float*)inputs[1]!.Data;
        for (int outer = 0; outer < split.Outer; outer++)
        {
            for (int c = 0; c < split.Extent; c++, x += split.Inner, y += split.Inner)
            {
                float offset = zero is null ? 0 : float.CreateTruncating(zero[c]);
                QuantizedLines.Quantize(x, y, split.Inner, (scale[c], offset));
            }
        }
    }
}
