using System.Numerics;
using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// The index along one axis of the greatest (ArgMax) or least (ArgMin) element; of equal ones the first, or
/// the last when asked for.
/// </summary>
internal sealed unsafe class ArgOperator<TBetter>(Node node) : Operator(node)
    where TBetter : struct, IComparison
{
    private readonly long _axis = node.Attributes.GetInt(node, "axis", 0);
    private readonly bool _keepsAxis = node.Attributes.GetInt(node, "keepdims", 1) != 0;
    private readonly bool _takesLast =
        node.Opset >= 12 && node.Attributes.GetInt(node, "select_last_index", 0) != 0;

    public override TensorType[] Infer(InferenceContext context)
    {
        context.CheckCounts(1, 1);
        context.RequireType(0, ArithmeticChecks.Numbers);
        Shape shape = context.ShapeOf(0);
        if (shape.Rank == 0)
            return [new TensorType(DataType.Int64, shape)];
        int axis = ArithmeticChecks.AxisOf(Node, _axis, shape.Rank);
        if (shape[axis] == 0)
            throw new ModelError(Node.Place, $"axis {axis} of input shape {shape} is empty");
        return [new TensorType(DataType.Int64, Reduced(shape, axis))];
    }

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        Tensor x = inputs[0]!;
        long* y = (long*)outputs[0]!.Data;
        if (x.Shape.Rank == 0)
        {
            *y = 0;
            return;
        }

        int axis = ArithmeticChecks.AxisOf(Node, _axis, x.Shape.Rank);
        AxisSplit split = AxisSplit.At(x.Shape, axis);
        if (outputs[0]!.Shape.ElementCount != (long)split.Outer * split.Inner)
            outputs[0]!.Reshape(Reduced(x.Shape, axis));
        switch (x.Type)
        {
            case DataType.Float32: Run((float*)x.Data, y, split); break;
            case DataType.Float64: Run((double*)x.Data, y, split); break;
            case DataType.Int8: Run((sbyte*)x.Data, y, split); break;
            case DataType.UInt8: Run(x.Data, y, split); break;
            case DataType.Int32: Run((int*)x.Data, y, split); break;
            default: Run((long*)x.Data, y, split); break;
        }
    }

    private void Run<T>(T* x, long* y, AxisSplit split) where T : unmanaged, INumber<T>
    {
        for (int outer = 0; outer < split.Outer; outer++, x += (long)split.Extent * split.Inner)
        {
            for (int inner = 0; inner < split.Inner; inner++)
                *y++ = Best(x + inner, split.Extent, split.Inner);
        }
    }

    private long Best<T>(T* x, int count, int stride) where T : unmanaged, INumber<T>
    {
        long best = 0;
        for (long i = 1; i < count; i++)
        {
            T challenger = x[i * stride];
            T champion = x[best * stride];
            if (TBetter.Apply(challenger, champion) || (_takesLast && challenger == champion))
                best = i;
        }

        return best;
    }

    private Shape Reduced(Shape shape, int axis)
    {
        ReadOnlySpan<int> extents = shape.Dimensions;
        return _keepsAxis
            ? new Shape([.. extents[..axis], 1, .. extents[(axis + 1)..]])
            : new Shape([.. extents[..axis], .. extents[(axis + 1)..]]);
    }
}
