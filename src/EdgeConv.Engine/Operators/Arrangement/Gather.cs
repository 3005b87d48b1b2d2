using System.Runtime.CompilerServices;
using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// y[o…, p…, i…] = x[o…, indices[p…], i…] with the indexed axis between o and i; negative indices count from
/// the end; any element type.
/// </summary>
internal sealed unsafe class Gather(Node node) : ShapedOperator(node)
{
    private readonly long _axis = node.Attributes.GetInt(node, "axis", 0);
    private long _outer;
    private int _extent;
    private long _blockBytes;

    /// <inheritdoc/>
    protected override TensorType[] Plan(InferenceContext context)
    {
        Shape data = context.ShapeOf(0);
        Shape indices = context.ShapeOf(1);
        RequireRank(data, 0, 1);
        int axis = AxisOf(_axis, data.Rank);
        CheckConstantIndices(context, 1, data[axis]);
        _outer = data.CountBetween(0, axis);
        _extent = data[axis];
        _blockBytes = data.CountBetween(axis + 1, data.Rank) * DataTypes.SizeOf(context.TypeOf(0));
        int[] extents = [.. data.Dimensions[..axis], .. indices.Dimensions, .. data.Dimensions[(axis + 1)..]];
        return Outputs(
            new TensorType(context.TypeOf(0), ShapeOf([.. extents.Select(extent => (long)extent)])));
    }

    /// <inheritdoc/>
    protected override void Execute(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        byte* source = inputs[0]!.Data;
        byte* target = outputs[0]!.Data;
        Indices indices = new(inputs[1]!);
        int count = inputs[1]!.Length;
        for (long o = 0; o < _outer; o++)
        {
            for (int i = 0; i < count; i++)
            {
                Buffer.MemoryCopy(
                    source + (Position(indices[i], _extent) * _blockBytes), target, _blockBytes, _blockBytes);
                target += _blockBytes;
            }

            source += _extent * _blockBytes;
        }
    }
}

/// <summary>y[p] = x[p with p[axis] replaced by indices[p]]; any element type.</summary>
internal sealed unsafe class GatherElements(Node node) : ShapedOperator(node)
{
    private readonly long _axis = node.Attributes.GetInt(node, "axis", 0);
    private readonly ElementIndexing _indexing = new();

    /// <inheritdoc/>
    protected override TensorType[] Plan(InferenceContext context)
    {
        Shape data = context.ShapeOf(0);
        int axis = AxisOf(_axis, data.Rank);
        CheckConstantIndices(context, 1, data[axis]);
        if (!_indexing.TryPlan(data, context.ShapeOf(1), axis))
            throw Error($"indices of shape {context.ShapeOf(1)} reach outside data of shape {data}");
        return Outputs(new TensorType(context.TypeOf(0), context.ShapeOf(1)));
    }

    /// <inheritdoc/>
    protected override void Execute(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        Indices indices = new(inputs[1]!);
        int size = DataTypes.SizeOf(inputs[0]!.Type);
        Span<int> place = stackalloc int[Shape.MaximumRank];
        place.Clear();
        for (int i = 0; i < inputs[1]!.Length; i++)
        {
            long at =
                _indexing.Advance(place) + (Position(indices[i], _indexing.Extent) * _indexing.AxisStride);
            Unsafe.CopyBlockUnaligned(
                outputs[0]!.Data + ((long)i * size), inputs[0]!.Data + (at * size), (uint)size);
        }
    }
}

/// <summary>
/// y[b…, p…, i…] = x[b…, indices[b…, p…, :], i…]: the last axis of the indices holds positions along the
/// data's leading axes behind the batch ones; any element type.
/// </summary>
internal sealed unsafe class GatherND(Node node) : ShapedOperator(node)
{
    private readonly long _batchAxes = node.Attributes.GetInt(node, "batch_dims", 0);
    private readonly TupleIndexing _tuples = new();
    private long _batches;
    private long _batchStride;

    /// <inheritdoc/>
    protected override TensorType[] Plan(InferenceContext context)
    {
        Shape data = context.ShapeOf(0);
        Shape indices = context.ShapeOf(1);
        Require(context.TypeOf(1), 1, DataType.Int64);
        RequireRank(data, 0, 1);
        RequireRank(indices, 1, 1);
        if (_batchAxes < 0 || _batchAxes >= Math.Min(data.Rank, indices.Rank))
            throw Error(
                $"'batch_dims' is {_batchAxes}, it must lie in 0..{Math.Min(data.Rank, indices.Rank) - 1}");
        int batch = (int)_batchAxes;
        if (!data.Dimensions[..batch].SequenceEqual(indices.Dimensions[..batch]))
            throw Error($"data {data} and indices {indices} differ in the first {batch} extents");
        if (!_tuples.TryPlan(data, batch, indices[-1]))
            throw Error($"indices of {indices[-1]} axes do not fit data of shape {data}");
        _batches = data.CountBetween(0, batch);
        _batchStride = data.CountBetween(batch, data.Rank);
        int[] extents = [.. indices.Dimensions[..^1], .. data.Dimensions[(batch + indices[-1])..]];
        return Outputs(
            new TensorType(context.TypeOf(0), ShapeOf([.. extents.Select(extent => (long)extent)])));
    }

    /// <inheritdoc/>
    protected override void Execute(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        if (outputs[0]!.Length == 0)
            return;
        long bytes = _tuples.Block * DataTypes.SizeOf(inputs[0]!.Type);
        long tuples = outputs[0]!.Length / _tuples.Block / _batches;
        Indices indices = new(inputs[1]!);
        byte* target = outputs[0]!.Data;
        for (long i = 0; i < tuples * _batches; i++)
        {
            long at = (i / tuples * _batchStride) + _tuples.OffsetOf(indices, i, this);
            Buffer.MemoryCopy(
                inputs[0]!.Data + (at * DataTypes.SizeOf(inputs[0]!.Type)), target, bytes, bytes);
            target += bytes;
        }
    }
}
