using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;

namespace EdgeConv.Engine.Execution;

/// <summary>y = x, for a graph output that is a graph input.</summary>
internal sealed class CopyOperator() : Operator(
    new Node("output copy", "Identity", opset: 1, [], [], NodeAttributes.None))
{
    /// <inheritdoc/>
    public override TensorType[] Infer(InferenceContext context) =>
        [new TensorType(context.TypeOf(0), context.ShapeOf(0))];

    /// <inheritdoc/>
    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs) =>
        inputs[0]!.AsBytes().CopyTo(outputs[0]!.AsBytes());
}
