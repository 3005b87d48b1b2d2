using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// An operator whose output holds the bytes of input 0 under another shape; any element type.
/// </summary>
internal abstract unsafe class ViewOperator(Node node) : ShapedOperator(node)
{
    /// <inheritdoc/>
    public override bool IsView => true;

    /// <summary>The output's extents.</summary>
    protected abstract Shape ShapeFor(InferenceContext context);

    /// <inheritdoc/>
    protected override TensorType[] Plan(InferenceContext context) =>
        Outputs(new TensorType(context.TypeOf(0), ShapeFor(context)));

    /// <inheritdoc/>
    protected override void Execute(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        if (inputs[0]!.Data != outputs[0]!.Data)
            inputs[0]!.AsBytes().CopyTo(outputs[0]!.AsBytes());
    }
}

/// <summary>y = x.</summary>
internal sealed class Identity(Node node) : ViewOperator(node)
{
    /// <inheritdoc/>
    protected override Shape ShapeFor(InferenceContext context) => context.ShapeOf(0);
}

/// <summary>[d0…dn] → [d0·…·d(axis-1), daxis·…·dn].</summary>
internal sealed class Flatten(Node node) : ViewOperator(node)
{
    private readonly long _axis = node.Attributes.GetInt(node, "axis", 1);

    /// <inheritdoc/>
    protected override Shape ShapeFor(InferenceContext context)
    {
        Shape shape = context.ShapeOf(0);
        int axis = _axis == shape.Rank ? shape.Rank : AxisOf(_axis, shape.Rank);
        return ShapeOf(shape.CountBetween(0, axis), shape.CountBetween(axis, shape.Rank));
    }
}
