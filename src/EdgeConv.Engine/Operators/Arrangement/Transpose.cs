using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>An operator that is one planned copy of input 0; any element type.</summary>
internal abstract unsafe class CopyOperator(Node node) : ShapedOperator(node)
{
    private StridedCopy? _copy;

    /// <summary>The output's shape and the copy that fills it.</summary>
    protected abstract (Shape Shape, StridedCopy Copy) PlanCopy(InferenceContext context);

    /// <inheritdoc/>
    protected override TensorType[] Plan(InferenceContext context)
    {
        (Shape shape, _copy) = PlanCopy(context);
        return Outputs(new TensorType(context.TypeOf(0), shape));
    }

    /// <inheritdoc/>
    protected override void Execute(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs) =>
        _copy!.Run(inputs[0]!.Data, outputs[0]!.Data, DataTypes.SizeOf(inputs[0]!.Type));
}

/// <summary>
/// Permutes axes: axis i of the output is axis perm[i] of the input; reverses them by default.
/// </summary>
internal sealed class Transpose(Node node) : CopyOperator(node)
{
    private readonly long[]? _permutation = node.Attributes.GetInts(node, "perm");
    private bool _isView;

    /// <summary>True when only axes of one element change their places.</summary>
    public override bool IsView => _isView;

    /// <inheritdoc/>
    protected override (Shape Shape, StridedCopy Copy) PlanCopy(InferenceContext context)
    {
        Shape shape = context.ShapeOf(0);
        int[] permutation = _permutation is null
            ? [.. Enumerable.Range(0, shape.Rank).Reverse()]
            : AxesOf(_permutation, shape.Rank);
        if (permutation.Length != shape.Rank)
            throw Error($"'perm' has {permutation.Length} axes, the input has {shape.Rank}");
        long[] strides = Strides.Of(shape);
        int[] extents = [.. permutation.Select(axis => shape[axis])];
        int[] moved = [.. permutation.Where(axis => shape[axis] != 1)];
        _isView = moved.SequenceEqual(moved.Order());
        long[] sources = [.. permutation.Select(axis => strides[axis])];
        return (new Shape(extents), StridedCopy.ToDense(extents, sources));
    }
}
