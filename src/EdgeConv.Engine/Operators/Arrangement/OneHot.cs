using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// Adds an axis of extent depth (input 1) on which place indices[p] (input 0) holds the second of the values
/// (input 2) and the others the first. Negative indices count from the end; those out of range hold nothing.
/// </summary>
internal sealed unsafe class OneHot(Node node) : ShapedOperator(node)
{
    private readonly long _axis = node.Attributes.GetInt(node, "axis", -1);
    private long _inner;
    private int _depth;

    /// <inheritdoc/>
    public override bool NeedsValue(int input) => input == 1;

    /// <inheritdoc/>
    protected override TensorType[] Plan(InferenceContext context)
    {
        Shape indices = context.ShapeOf(0);
        Require(context.TypeOf(0), 0, DataType.Int64, DataType.Int32, DataType.Float32);
        if (context.ShapeOf(2).ElementCount != 2)
            throw Error($"input 2 has shape {context.ShapeOf(2)}, it must hold two values");
        int axis = AxisOf(_axis, indices.Rank + 1);
        _depth = DepthOf(context);
        _inner = indices.CountBetween(axis, indices.Rank);
        int[] extents = [.. indices.Dimensions[..axis], _depth, .. indices.Dimensions[axis..]];
        return Outputs(
            new TensorType(context.TypeOf(2), ShapeOf([.. extents.Select(extent => (long)extent)])));
    }

    /// <inheritdoc/>
    protected override void Execute(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        Tensor output = outputs[0]!;
        int size = DataTypes.SizeOf(output.Type);
        TensorFill.With(output, inputs[2]!.Data);
        for (int i = 0; i < inputs[0]!.Length; i++)
        {
            double index = inputs[0]!.Type == DataType.Float32
                ? Math.Truncate(((float*)inputs[0]!.Data)[i])
                : new Indices(inputs[0]!)[i];
            if (!(index >= -_depth && index < _depth))
                continue;
            long place = (long)index + (index < 0 ? _depth : 0);
            long at = ((((i / _inner) * _depth) + place) * _inner) + (i % _inner);
            Buffer.MemoryCopy(inputs[2]!.Data + size, output.Data + (at * size), size, size);
        }
    }

    private int DepthOf(InferenceContext context)
    {
        Tensor tensor = context.ConstantOf(1) ?? throw Error("input 1 is missing");
        Require(tensor.Type, 1, DataType.Int64, DataType.Int32, DataType.Float32);
        if (tensor.Length != 1)
            throw Error($"input 1 has shape {tensor.Shape}, it must be one value");
        double depth = tensor.Type == DataType.Float32 ? tensor.AsSpan<float>()[0] : new Indices(tensor)[0];
        return depth is >= 0 and <= int.MaxValue
            ? (int)depth
            : throw Error($"depth is {depth}, it must lie in 0..{int.MaxValue}");
    }
}
