using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// Which elements share a scale and zero point: all of them, where the scale has one element of whatever
/// shape, or those at one place of an axis.
/// </summary>
internal sealed class QuantizationLayout
{
    private readonly Node _node;
    private readonly long _axis;

    /// <summary>Reads the node's attributes.</summary>
    public QuantizationLayout(Node node)
    {
        _node = node;
        _axis = node.Opset >= 13 ? node.Attributes.GetInt(node, "axis", 1) : 1;
        long block = node.Opset >= 21 ? node.Attributes.GetInt(node, "block_size", 0) : 0;
        if (block != 0)
            throw ModelError.Unsupported(node.Place, $"attribute 'block_size' is {block}, it must be 0");
    }

    /// <summary>Checks scale (input 1) and zero point (input 2, optional) against x.</summary>
    public void Check(InferenceContext context)
    {
        context.RequireType(1, DataType.Float32);
        Shape scale = context.ShapeOf(1);
        _ = Split(context.ShapeOf(0), scale);
        if (context.Has(2))
            context.RequireCount(2, scale.ElementCount);
    }

    /// <summary><c>[Outer, Extent, Inner]</c> with a scale for each place of Extent.</summary>
    public AxisSplit Split(Shape x, Shape scale)
    {
        if (scale.ElementCount == 1)
            return new AxisSplit(1, 1, (int)x.ElementCount);
        if (_node.Opset >= 13 && scale.Rank == 1 && x.Rank > 0)
        {
            int axis = ArithmeticChecks.AxisOf(_node, _axis, x.Rank);
            if (scale.ElementCount == x[axis])
                return AxisSplit.At(x, axis);
        }

        throw new ModelError(
            _node.Place, $"scale of shape {scale} does not fit input of shape {x}, axis {_axis}");
    }
}
