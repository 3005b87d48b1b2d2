using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>Joins all inputs, one behind the other, along an axis; any element type.</summary>
internal sealed unsafe class Concat : ShapedOperator
{
    private readonly long _axis;
    private StridedCopy?[] _copies = [];

    public Concat(Node node) : base(node)
    {
        _axis = node.Opset < 4
            ? node.Attributes.GetInt(node, "axis", 1)
            : node.Attributes.GetInt(node, "axis");
    }

    /// <inheritdoc/>
    protected override TensorType[] Plan(InferenceContext context)
    {
        Shape first = context.ShapeOf(0);
        int axis = AxisOf(_axis, first.Rank);
        long[] extents = [.. first.Dimensions.ToArray().Select(extent => (long)extent)];
        extents[axis] = 0;
        for (int i = 0; i < context.InputCount; i++)
        {
            RequireSame(context, i, context.TypeOf(0));
            RequireAlike(first, context.ShapeOf(i), i, axis);
            extents[axis] += context.ShapeOf(i)[axis];
        }

        Shape shape = ShapeOf(extents);
        PlanCopies(context, Strides.Of(shape), axis);
        return Outputs(new TensorType(context.TypeOf(0), shape));
    }

    /// <inheritdoc/>
    protected override void Execute(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        for (int i = 0; i < _copies.Length; i++)
            _copies[i]!.Run(inputs[i]!.Data, outputs[0]!.Data, DataTypes.SizeOf(outputs[0]!.Type));
    }

    private void PlanCopies(InferenceContext context, long[] strides, int axis)
    {
        _copies = new StridedCopy?[context.InputCount];
        long done = 0;
        for (int i = 0; i < _copies.Length; i++)
        {
            Shape part = context.ShapeOf(i);
            _copies[i] =
                new StridedCopy(part.Dimensions, Strides.Of(part), strides, to: done * strides[axis]);
            done += part[axis];
        }
    }

    private void RequireAlike(Shape first, Shape other, int input, int axis)
    {
        bool isAlike = other.Rank == first.Rank;
        for (int i = 0; isAlike && i < first.Rank; i++)
            isAlike = i == axis || first[i] == other[i];
        if (!isAlike)
            throw Error($"input {input} has shape {other}, it does not join {first} along axis {axis}");
    }
}
