using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// The extents of input 0 as int64, from axis <c>start</c> up to, not including, <c>end</c>.
/// </summary>
internal sealed class ShapeOperator : ShapedOperator
{
    private readonly long _start;
    private readonly long _end = long.MaxValue;
    private long[] _extents = [];

    public ShapeOperator(Node node) : base(node)
    {
        if (node.Opset < 15)
            return;
        _start = node.Attributes.GetInt(node, "start", 0);
        _end = node.Attributes.GetInt(node, "end", long.MaxValue);
    }

    /// <inheritdoc/>
    protected override TensorType[] Plan(InferenceContext context)
    {
        Shape shape = context.ShapeOf(0);
        int start = Clamp(_start, shape.Rank);
        int end = Math.Max(start, Clamp(_end, shape.Rank));
        _extents = [.. shape.Dimensions[start..end].ToArray().Select(extent => (long)extent)];
        return Outputs(new TensorType(DataType.Int64, new Shape(_extents.Length)));
    }

    /// <inheritdoc/>
    protected override void Execute(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs) =>
        _extents.CopyTo(outputs[0]!.AsSpan<long>());

    private static int Clamp(long axis, int rank) => (int)Math.Clamp(axis < 0 ? axis + rank : axis, 0, rank);
}

/// <summary>The number of elements of input 0 as an int64 scalar.</summary>
internal sealed class SizeOperator(Node node) : ShapedOperator(node)
{
    private long _count;

    /// <inheritdoc/>
    protected override TensorType[] Plan(InferenceContext context)
    {
        _count = context.ShapeOf(0).ElementCount;
        return Outputs(new TensorType(DataType.Int64, Shape.Scalar));
    }

    /// <inheritdoc/>
    protected override void Execute(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs) =>
        outputs[0]!.AsSpan<long>()[0] = _count;
}
