using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Onnx;

namespace EdgeConv.Engine.Operators;

/// <summary>A matrix of input 0's shape: 1 where column - row = <c>k</c>, 0 elsewhere.</summary>
internal sealed class EyeLike(Node node) : ShapedOperator(node)
{
    private readonly long _diagonal = node.Attributes.GetInt(node, "k", 0);
    private readonly DataType? _type = node.Attributes.Has("dtype")
        ? ElementTypes.Find(node.Attributes.GetInt(node, "dtype"), node.Place)
        : null;

    /// <inheritdoc/>
    protected override TensorType[] Plan(InferenceContext context)
    {
        Shape shape = context.ShapeOf(0);
        if (shape.Rank != 2)
            throw Error($"input 0 has shape {shape}, it must be a matrix");
        return Outputs(new TensorType(_type ?? context.TypeOf(0), shape));
    }

    /// <inheritdoc/>
    protected override void Execute(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        Tensor output = outputs[0]!;
        output.AsBytes().Clear();
        (int rows, int columns) = (output.Shape[0], output.Shape[1]);
        if (_diagonal <= -rows || _diagonal >= columns)
            return;
        for (long row = Math.Max(0, -_diagonal); row < Math.Min(rows, columns - _diagonal); row++)
            SetOne(output, (int)((row * columns) + row + _diagonal));
    }

    private static void SetOne(Tensor output, int at)
    {
        switch (output.Type)
        {
            case DataType.Float32: output.AsSpan<float>()[at] = 1; break;
            case DataType.Float64: output.AsSpan<double>()[at] = 1; break;
            case DataType.Int32: output.AsSpan<int>()[at] = 1; break;
            case DataType.Int64: output.AsSpan<long>()[at] = 1; break;
            default: output.AsBytes()[at] = 1; break;
        }
    }
}
