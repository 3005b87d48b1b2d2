using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// Y = (A - a_zero) · (B - b_zero) in int32; zero points are one number or one a row of A, a column of B.
/// </summary>
internal sealed unsafe class MatMulInteger(Node node) : QuantizedOperator(node)
{
    private MatMulShapes? _shapes;

    /// <inheritdoc/>
    public override long MultiplyAdds => _shapes?.MultiplyAdds ?? 0;

    /// <inheritdoc/>
    protected override TensorType[] Plan(InferenceContext context)
    {
        RequireBytes(context, 0);
        RequireBytes(context, 1);
        _shapes = MatMulShapes.Join(context.ShapeOf(0), context.ShapeOf(1))
            ?? throw Error($"{context.ShapeOf(0)} and {context.ShapeOf(1)} cannot be multiplied");
        CheckZero(context, 2, 0, _shapes.Rows);
        CheckZero(context, 3, 1, _shapes.Columns);
        return Outputs(new TensorType(DataType.Int32, _shapes.Output));
    }

    /// <inheritdoc/>
    protected override void Execute(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        IntegerProduct product =
            new(_shapes!, new(inputs[0]!, At(inputs, 2)), new(inputs[1]!, At(inputs, 3)));
        int* y = (int*)outputs[0]!.Data;
        for (int batch = 0; batch < _shapes!.Batches; batch++)
        {
            for (int row = 0; row < _shapes.Rows; row++)
            {
                product.Row(batch, row, y);
                y += _shapes.Columns;
            }
        }
    }
}

/// <summary>
/// Y = quantize(dequantize(A) · dequantize(B)): inputs a, a_scale, a_zero, b, b_scale, b_zero, y_scale,
/// y_zero; scales and zero points of A are one number or one a row, of B one number or one a column.
/// </summary>
internal sealed unsafe class QLinearMatMul(Node node) : QuantizedOperator(node)
{
    private MatMulShapes? _shapes;
    private int[] _sums = [];

    /// <inheritdoc/>
    public override long MultiplyAdds => _shapes?.MultiplyAdds ?? 0;

    /// <inheritdoc/>
    protected override TensorType[] Plan(InferenceContext context)
    {
        foreach (int operand in (ReadOnlySpan<int>)[0, 3, 7])
            RequireBytes(context, operand);
        _shapes = MatMulShapes.Join(context.ShapeOf(0), context.ShapeOf(3))
            ?? throw Error($"{context.ShapeOf(0)} and {context.ShapeOf(3)} cannot be multiplied");
        CheckScale(context, 1, _shapes.Rows);
        CheckZero(context, 2, 0, _shapes.Rows);
        CheckScale(context, 4, _shapes.Columns);
        CheckZero(context, 5, 3, _shapes.Columns);
        CheckScale(context, 6, 1);
        CheckZero(context, 7, 7, 1);
        _sums = new int[Math.Max(1, _shapes.Columns)];
        return Outputs(new TensorType(context.TypeOf(7), _shapes.Output));
    }

    /// <inheritdoc/>
    protected override void Execute(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        MatMulShapes shapes = _shapes!;
        IntegerProduct product = new(shapes, new(inputs[0]!, inputs[2]), new(inputs[3]!, inputs[5]));
        (Scales left, Scales right) = (new(inputs[1]!), new(inputs[4]!));
        float output = new Scales(inputs[6]!)[0];
        Requantizer requantizer = new(inputs[7]!);
        byte* y = outputs[0]!.Data;
        fixed (int* sums = _sums)
        {
            for (int line = 0; line < shapes.Batches * shapes.Rows; line++)
            {
                int row = line % shapes.Rows;
                product.Row(line / shapes.Rows, row, sums);
                for (int column = 0; column < shapes.Columns; column++)
                    requantizer.Run(sums + column, left[row] * right[column] / output, y++, 1);
            }
        }
    }
}

/// <summary>Rows of the product of two quantized matrices.</summary>
internal readonly unsafe struct IntegerProduct(MatMulShapes shapes, Quantized a, Quantized b)
{
    /// <summary>Computes row <paramref name="row"/> of product number <paramref name="batch"/>.</summary>
    public void Row(int batch, int row, int* y)
    {
        (long left, long right) = shapes.OffsetsOf(batch);
        new Span<int>(y, shapes.Columns).Clear();
        for (int k = 0; k < shapes.Depth; k++)
        {
            int factor = a[left + ((long)row * shapes.Depth) + k, row];
            for (int column = 0; column < shapes.Columns; column++)
                y[column] += factor * b[right + ((long)k * shapes.Columns) + column, column];
        }
    }
}
