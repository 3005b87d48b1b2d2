using System.Numerics;
using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Kernels.Pointwise;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// The matrices of MatMul and its relatives: which ones are multiplied, and where each batch lies.
/// </summary>
/// <remarks>
/// Extents before the last two broadcast; a one-dimensional operand is a row (left) or column (right).
/// </remarks>
internal sealed class MatMulShapes
{
    private readonly Shape _batch;
    private readonly long[] _lefts;
    private readonly long[] _rights;

    private MatMulShapes(Shape left, Shape right, Shape batch, Shape output)
    {
        (_batch, Output) = (batch, output);
        (Rows, Depth, Columns) = (left[-2], left[-1], right[-1]);
        _lefts = Strides.Broadcast(new Shape(left.Dimensions[..^2]), batch);
        _rights = Strides.Broadcast(new Shape(right.Dimensions[..^2]), batch);
    }

    /// <summary>Shape of the product.</summary>
    public Shape Output { get; }

    /// <summary>Rows of each left matrix.</summary>
    public int Rows { get; }

    /// <summary>Columns of each left, rows of each right matrix.</summary>
    public int Depth { get; }

    /// <summary>Columns of each right matrix.</summary>
    public int Columns { get; }

    /// <summary>Number of products; 0 when the output is empty.</summary>
    public int Batches => Output.ElementCount == 0 ? 0 : (int)_batch.ElementCount;

    /// <summary>Multiply-adds of all batches.</summary>
    public long MultiplyAdds => (long)Rows * Depth * Columns * Batches;

    /// <summary>Joins two operands.</summary>
    /// <returns>Null when they do not fit together.</returns>
    public static MatMulShapes? Join(Shape left, Shape right)
    {
        if (left.Rank == 0 || right.Rank == 0)
            return null;
        Shape a = left.Rank == 1 ? new Shape(1, left[0]) : left;
        Shape b = right.Rank == 1 ? new Shape(right[0], 1) : right;
        if (a[-1] != b[-2]
            || !Broadcasting.TryJoin(
                new Shape(a.Dimensions[..^2]), new Shape(b.Dimensions[..^2]), out Shape? batch))
            return null;
        List<long> extents = [.. batch.Dimensions.ToArray().Select(extent => (long)extent)];
        if (left.Rank > 1)
            extents.Add(a[-2]);
        if (right.Rank > 1)
            extents.Add(b[-1]);
        return Shape.TryCreate([.. extents], out Shape? output, out _)
            ? new MatMulShapes(a, b, batch, output)
            : null;
    }

    /// <summary>Where the operands of product number <paramref name="index"/> begin, in elements.</summary>
    public (long Left, long Right) OffsetsOf(int index)
    {
        (long left, long right) = (0, 0);
        for (int axis = _batch.Rank - 1; axis >= 0; axis--)
        {
            int place = index % _batch[axis];
            left += place * _lefts[axis];
            right += place * _rights[axis];
            index /= _batch[axis];
        }

        return (left * Rows * Depth, right * Depth * Columns);
    }
}

/// <summary>Y = A · B over the last two axes, the others broadcast; float32, float64, int32, int64.</summary>
internal sealed unsafe class MatMul(Node node) : ShapedOperator(node)
{
    private MatMulShapes? _shapes;
    private PackedProduct? _packed;

    /// <inheritdoc/>
    public override long MultiplyAdds => _shapes?.MultiplyAdds ?? 0;

    /// <inheritdoc/>
    public override string? KernelName => _packed?.KernelName;

    /// <summary>Packs a constant right matrix, which then meets the rows of all batches at once.</summary>
    public override void Prepare(PrepareContext context)
    {
        if (context.Node.Inputs[1]!.Constant is not { Type: DataType.Float32, Length: > 0 } matrix
            || matrix.Shape.Rank > 2)
        {
            return;
        }

        PointwiseWeights extents = new()
        {
            RowStride = 1,
            ColumnStride = _shapes!.Columns,
            InputChannels = _shapes.Depth,
            OutputChannels = _shapes.Columns,
        };
        _packed = context.Own(PackedLayers.Make(context, context.Node.Inputs[1]!, extents));
        context.Release(1);
    }

    /// <inheritdoc/>
    protected override TensorType[] Plan(InferenceContext context)
    {
        DataType type = context.TypeOf(0);
        Require(type, 0, DataType.Float32, DataType.Float64, DataType.Int32, DataType.Int64);
        RequireSame(context, 1, type);
        _shapes = MatMulShapes.Join(context.ShapeOf(0), context.ShapeOf(1))
            ?? throw Error($"{context.ShapeOf(0)} and {context.ShapeOf(1)} cannot be multiplied");
        return Outputs(new TensorType(type, _shapes.Output));
    }

    /// <inheritdoc/>
    protected override void Execute(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        if (_packed is not null)
        {
            int rows = _shapes!.Batches * _shapes.Rows;
            _packed.Run((float*)inputs[0]!.Data, (float*)outputs[0]!.Data, rows);
            return;
        }

        switch (inputs[0]!.Type)
        {
            case DataType.Float32: Multiply<float>(inputs, outputs); break;
            case DataType.Float64: Multiply<double>(inputs, outputs); break;
            case DataType.Int32: Multiply<int>(inputs, outputs); break;
            default: Multiply<long>(inputs, outputs); break;
        }
    }

    private void Multiply<T>(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
        where T : unmanaged, INumber<T>
    {
        MatMulShapes shapes = _shapes!;
        MatrixProduct<T> product = new()
        {
            Rows = shapes.Rows,
            Depth = shapes.Depth,
            Columns = shapes.Columns,
            ARow = shapes.Depth,
            AColumn = 1,
            BRow = shapes.Columns,
            BColumn = 1,
        };
        T* y = (T*)outputs[0]!.Data;
        for (int i = 0; i < shapes.Batches; i++)
        {
            (long left, long right) = shapes.OffsetsOf(i);
            product.Run((T*)inputs[0]!.Data + left, (T*)inputs[1]!.Data + right, y);
            y += (long)shapes.Rows * shapes.Columns;
        }
    }
}
