using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// Quantizes to uint8 with a scale and zero point (outputs 1 and 2) from the range of x, widened to hold 0:
/// scale = (max − min) / 255, zero point = saturate(round(−min / scale)). A range of 0 has scale 1.
/// </summary>
internal sealed unsafe class DynamicQuantizeLinearOperator(Node node) : Operator(node)
{
    public override TensorType[] Infer(InferenceContext context)
    {
        context.CheckCounts(1, 3);
        context.RequireType(0, DataType.Float32);
        TensorType[] all =
        [
            new(DataType.UInt8, context.ShapeOf(0)),
            new(DataType.Float32, Shape.Scalar),
            new(DataType.UInt8, Shape.Scalar),
        ];
        return all[..Node.Outputs.Length];
    }

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        Tensor x = inputs[0]!;
        outputs[0]!.FitTo(x.Shape);
        (float scale, float zero) = Range((float*)x.Data, x.Length);
        QuantizedLines.Quantize((float*)x.Data, outputs[0]!.Data, x.Length, (scale, zero));
        if (outputs.Length > 1 && outputs[1] is { } scaleOutput)
            *(float*)scaleOutput.Data = scale;
        if (outputs.Length > 2 && outputs[2] is { } zeroOutput)
            *zeroOutput.Data = (byte)zero;
    }

    private static (float Scale, float Zero) Range(float* x, int count)
    {
        float minimum = 0;
        float maximum = 0;
        for (int i = 0; i < count; i++)
        {
            minimum = Math.Min(minimum, x[i]);
            maximum = Math.Max(maximum, x[i]);
        }

        float scale = maximum == minimum ? 1 : (maximum - minimum) / byte.MaxValue;
        return (scale, ScalarMath.Clamp(MathF.Round(-minimum / scale), 0, byte.MaxValue));
    }
}
