using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// Puts every element of input 0 at the place of the output that input 1 names, as MaxPool counted it, and
/// clears the rest; any element type.
/// </summary>
internal sealed unsafe class MaxUnpool(Node node) : ShapedOperator(node)
{
    private readonly SpatialAttributes _spatial = new(node, hasDilations: false);

    /// <inheritdoc/>
    protected override TensorType[] Plan(InferenceContext context)
    {
        Shape shape = context.ShapeOf(0);
        RequireRank(shape, 0, 3);
        Require(context.TypeOf(1), 1, DataType.Int64);
        if (context.Has(2))
            throw Unsupported("an explicit output shape is not supported");
        if (!context.ShapeOf(1).Equals(shape))
            throw Error($"indices have shape {context.ShapeOf(1)}, the values {shape}");
        SpatialAxis[] axes = _spatial.ResolveTransposed(
            shape.Dimensions[2..], _spatial.RequiredKernel(), null, null);
        return Outputs(new TensorType(
            context.TypeOf(0), ShapeOf([shape[0], shape[1], .. axes.Select(axis => (long)axis.Output)])));
    }

    /// <inheritdoc/>
    protected override void Execute(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        Tensor output = outputs[0]!;
        int size = DataTypes.SizeOf(output.Type);
        output.AsBytes().Clear();
        Span<long> places = inputs[1]!.AsSpan<long>();
        for (int i = 0; i < places.Length; i++)
        {
            long place = places[i];
            if (place < 0 || place >= output.Length)
                throw Error($"index {place} is out of range, it must lie in 0..{output.Length - 1}");
            Buffer.MemoryCopy(inputs[0]!.Data + ((long)i * size), output.Data + (place * size), size, size);
        }
    }
}
