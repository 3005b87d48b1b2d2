using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>Checks common to the integer products and convolutions.</summary>
internal abstract class QuantizedOperator(Node node) : ShapedOperator(node)
{
    /// <summary>Refuses an operand that is neither int8 nor uint8.</summary>
    protected void RequireBytes(InferenceContext context, int input) =>
        Require(context.TypeOf(input), input, DataType.Int8, DataType.UInt8);

    /// <summary>Refuses zero points of another type than the operand's, or of another number.</summary>
    /// <param name="context">The inputs.</param>
    /// <param name="input">Number of the zero point's input; it may be left out.</param>
    /// <param name="operand">Number of the input it belongs to.</param>
    /// <param name="channels">How many there may be instead of one.</param>
    protected void CheckZero(InferenceContext context, int input, int operand, int channels)
    {
        if (!context.Has(input))
            return;
        RequireSame(context, input, context.TypeOf(operand));
        CheckCount(context, input, channels);
    }

    /// <summary>Refuses scales that are not float32, or of another number.</summary>
    protected void CheckScale(InferenceContext context, int input, int channels)
    {
        Require(context.TypeOf(input), input, DataType.Float32);
        CheckCount(context, input, channels);
    }

    /// <summary>The input, or null where it is left out.</summary>
    protected static Tensor? At(ReadOnlySpan<Tensor?> inputs, int input) =>
        input < inputs.Length ? inputs[input] : null;

    private void CheckCount(InferenceContext context, int input, int channels)
    {
        long count = context.ShapeOf(input).ElementCount;
        if (count != 1 && count != channels)
            throw Error($"input {input} has {count} values, it must have 1 or {channels}");
    }
}
