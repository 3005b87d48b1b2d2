using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// A tensor of the shape in input 0 in which every element is <c>value</c>, float32 0 by default.
/// </summary>
internal sealed unsafe class ConstantOfShape : ShapedOperator
{
    private readonly Tensor _value;

    public ConstantOfShape(Node node) : base(node)
    {
        _value = node.Attributes.GetTensor(node, "value") ?? new Tensor(DataType.Float32, new Shape(1));
        if (_value.Length != 1)
            throw Error($"'value' has shape {_value.Shape}, it must be one value");
    }

    /// <inheritdoc/>
    public override bool NeedsValue(int input) => true;

    /// <inheritdoc/>
    protected override TensorType[] Plan(InferenceContext context) =>
        Outputs(new TensorType(_value.Type, ShapeOf(RequiredIntegersOf(context, 0))));

    /// <inheritdoc/>
    protected override void Execute(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs) =>
        TensorFill.With(outputs[0]!, _value.Data);
}
