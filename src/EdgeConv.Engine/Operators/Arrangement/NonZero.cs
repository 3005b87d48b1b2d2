using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>The positions of all elements that are not 0, in row-major order: int64 [rank, count].</summary>
internal sealed unsafe class NonZero(Node node) : ShapedOperator(node)
{
    /// <inheritdoc/>
    protected override TensorType[] Plan(InferenceContext context)
    {
        Shape shape = context.ShapeOf(0);
        return Outputs(new TensorType(DataType.Int64, ShapeOf(Math.Max(1, shape.Rank), shape.ElementCount)));
    }

    /// <inheritdoc/>
    protected override void Execute(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        Tensor x = inputs[0]!;
        int count = 0;
        for (int i = 0; i < x.Length; i++)
            count += IsZero(x, i) ? 0 : 1;
        outputs[0]!.Reshape(new Shape(Math.Max(1, x.Shape.Rank), count));
        long* y = (long*)outputs[0]!.Data;
        for (int i = 0; i < x.Length; i++)
        {
            if (!IsZero(x, i))
                WritePlace(x.Shape, i, y++, count);
        }
    }

    private static void WritePlace(Shape shape, int place, long* y, long stride)
    {
        if (shape.Rank == 0)
            *y = 0;
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            y[axis * stride] = place % shape[axis];
            place /= shape[axis];
        }
    }

    private static bool IsZero(Tensor x, int i) => x.Type switch
    {
        DataType.Float32 => ((float*)x.Data)[i] == 0,
        DataType.Float64 => ((double*)x.Data)[i] == 0,
        DataType.Int32 => ((int*)x.Data)[i] == 0,
        DataType.Int64 => ((long*)x.Data)[i] == 0,
        _ => x.Data[i] == 0,
    };
}

/// <summary>
/// Keeps the slices along an axis, or the elements in row-major order, whose condition (input 1) is true;
/// what lies behind the last condition is dropped; any element type.
/// </summary>
internal sealed unsafe class Compress(Node node) : ShapedOperator(node)
{
    private readonly long? _axis = node.Attributes.Has("axis") ? node.Attributes.GetInt(node, "axis") : null;
    private int[] _extents = [];
    private int _place;
    private long _outer;
    private long _inner;

    /// <inheritdoc/>
    protected override TensorType[] Plan(InferenceContext context)
    {
        Shape shape = context.ShapeOf(0);
        Require(context.TypeOf(1), 1, DataType.Bool);
        Shape condition = context.ShapeOf(1);
        if (condition.Rank != 1)
            throw Error($"input 1 has shape {condition}, it must be a list");
        _place = _axis is { } axis ? AxisOf(axis, shape.Rank) : 0;
        _extents = _axis is null ? [(int)shape.ElementCount] : shape.Dimensions.ToArray();
        _outer = _axis is null ? 1 : shape.CountBetween(0, _place);
        _inner = _axis is null ? 1 : shape.CountBetween(_place + 1, shape.Rank);
        if (condition[0] > _extents[_place])
            throw Error($"{condition[0]} conditions for {_extents[_place]} slices");
        int[] extents = [.. _extents];
        extents[_place] = condition[0];
        return Outputs(new TensorType(context.TypeOf(0), new Shape(extents)));
    }

    /// <inheritdoc/>
    protected override void Execute(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        Span<byte> condition = inputs[1]!.AsBytes();
        long bytes = _inner * DataTypes.SizeOf(inputs[0]!.Type);
        byte* target = outputs[0]!.Data;
        for (long o = 0; o < _outer; o++)
        {
            for (int i = 0; i < condition.Length; i++)
            {
                if (condition[i] == 0)
                    continue;
                byte* source = inputs[0]!.Data + (((o * _extents[_place]) + i) * bytes);
                Buffer.MemoryCopy(source, target, bytes, bytes);
                target += bytes;
            }
        }

        int[] extents = [.. _extents];
        extents[_place] = condition.Length - condition.Count((byte)0);
        outputs[0]!.Reshape(new Shape(extents));
    }
}
