using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>The tensor, number or list of numbers written in the node.</summary>
internal sealed class Constant : ShapedOperator
{
    private readonly Tensor _value;

    public Constant(Node node) : base(node)
    {
        _value = Read(node, node.Attributes) ?? throw Unsupported(
            "it has no attribute value, value_float, value_floats, value_int or value_ints");
    }

    /// <inheritdoc/>
    protected override TensorType[] Plan(InferenceContext context) =>
        Outputs(new TensorType(_value.Type, _value.Shape));

    /// <inheritdoc/>
    protected override void Execute(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs) =>
        _value.AsBytes().CopyTo(outputs[0]!.AsBytes());

    private static Tensor? Read(Node node, NodeAttributes attributes)
    {
        if (attributes.GetTensor(node, "value") is { } tensor)
            return tensor;
        if (attributes.Has("value_float"))
            return Tensor.From(Shape.Scalar, attributes.GetFloat(node, "value_float", 0));
        if (attributes.Has("value_int"))
            return Tensor.From(Shape.Scalar, attributes.GetInt(node, "value_int"));
        if (attributes.GetFloats(node, "value_floats") is { } numbers)
            return Tensor.From<float>(new Shape(numbers.Length), numbers);
        if (attributes.GetInts(node, "value_ints") is { } integers)
            return Tensor.From<long>(new Shape(integers.Length), integers);
        return null;
    }
}

/// <summary>A tensor of the shape in input 0 in which every element is <c>value</c>, float32 0 by default.</summary>
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
