using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// Reverses the first sequence_lens[b] (input 1) steps of every sequence b and copies the rest; any element
/// type.
/// </summary>
internal sealed unsafe class ReverseSequence(Node node) : ShapedOperator(node)
{
    private readonly long _batchAxis = node.Attributes.GetInt(node, "batch_axis", 1);
    private readonly long _timeAxis = node.Attributes.GetInt(node, "time_axis", 0);

    /// <inheritdoc/>
    protected override TensorType[] Plan(InferenceContext context)
    {
        Shape shape = context.ShapeOf(0);
        RequireRank(shape, 0, 2);
        if ((_batchAxis, _timeAxis) is not ((0, 1) or (1, 0)))
            throw Error($"'batch_axis' {_batchAxis} and 'time_axis' {_timeAxis} must be 0 and 1 or 1 and 0");
        Require(context.TypeOf(1), 1, DataType.Int64);
        if (context.ShapeOf(1).Rank != 1 || context.ShapeOf(1)[0] != shape[(int)_batchAxis])
            throw Error(
                $"input 1 has shape {context.ShapeOf(1)}, it must hold {shape[(int)_batchAxis]} lengths");
        return Outputs(new TensorType(context.TypeOf(0), shape));
    }

    /// <inheritdoc/>
    protected override void Execute(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        Shape shape = inputs[0]!.Shape;
        (int batches, int steps) = (shape[(int)_batchAxis], shape[(int)_timeAxis]);
        long block = shape.CountBetween(2, shape.Rank) * DataTypes.SizeOf(inputs[0]!.Type);
        (long batchStride, long stepStride) = _timeAxis == 0
            ? (block, block * batches)
            : (block * steps, block);
        Span<long> lengths = inputs[1]!.AsSpan<long>();
        for (int b = 0; b < batches; b++)
        {
            if (lengths[b] < 0 || lengths[b] > steps)
                throw Error($"sequence length {lengths[b]} is out of range, it must lie in 0..{steps}");
            for (int t = 0; t < steps; t++)
            {
                long from = t < lengths[b] ? lengths[b] - 1 - t : t;
                Buffer.MemoryCopy(
                    inputs[0]!.Data + (b * batchStride) + (from * stepStride),
                    outputs[0]!.Data + (b * batchStride) + (t * stepStride), block, block);
            }
        }
    }
}
