using System.Numerics;
using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>One line of a normalised exponential: <c>count</c> elements, <c>stride</c> apart.</summary>
internal unsafe interface ISoftmaxLine
{
    static abstract void Run<T>(T* x, T* y, int count, int stride)
        where T : unmanaged, IFloatingPointIeee754<T>;

    /// <summary>The same for <c>Vector&lt;T&gt;.Count</c> neighbouring lines at once.</summary>
    static abstract void RunLanes<T>(T* x, T* y, int count, int stride)
        where T : unmanaged, IFloatingPointIeee754<T>;
}

/// <summary>
/// Softmax, LogSoftmax and Hardmax: over one axis from opset 13 on (default −1), over all axes from the given
/// one on below (default 1).
/// </summary>
internal sealed unsafe class SoftmaxOperator<TLine>(Node node) : Operator(node)
    where TLine : struct, ISoftmaxLine
{
    private readonly long _axis = node.Attributes.GetInt(node, "axis", node.Opset < 13 ? 1 : -1);

    public override TensorType[] Infer(InferenceContext context)
    {
        context.CheckCounts(1, 1);
        DataType type = context.RequireType(0, ArithmeticChecks.Floats);
        _ = Split(context.ShapeOf(0));
        return [new TensorType(type, context.ShapeOf(0))];
    }

    public override bool CanOverwrite(int input) => true;

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        Tensor x = inputs[0]!;
        Tensor y = outputs[0]!;
        y.FitTo(x.Shape);
        if (x.Length == 0)
            return;
        if (x.Type == DataType.Float32)
            Run((float*)x.Data, (float*)y.Data, Split(x.Shape));
        else
            Run((double*)x.Data, (double*)y.Data, Split(x.Shape));
    }

    private static void Run<T>(T* x, T* y, AxisSplit split) where T : unmanaged, IFloatingPointIeee754<T>
    {
        long block = (long)split.Extent * split.Inner;
        for (int outer = 0; outer < split.Outer; outer++, x += block, y += block)
        {
            int i = 0;
            for (; i <= split.Inner - Vector<T>.Count; i += Vector<T>.Count)
                TLine.RunLanes(x + i, y + i, split.Extent, split.Inner);
            for (; i < split.Inner; i++)
                TLine.Run(x + i, y + i, split.Extent, split.Inner);
        }
    }

    // A scalar has one line of one element; below opset 13 the axis may lie behind the last one.
    private AxisSplit Split(Shape shape)
    {
        if (shape.Rank == 0)
            return new AxisSplit(1, 1, 1);
        if (Node.Opset >= 13)
            return AxisSplit.At(shape, ArithmeticChecks.AxisOf(Node, _axis, shape.Rank));
        int start = _axis == shape.Rank ? shape.Rank : ArithmeticChecks.AxisOf(Node, _axis, shape.Rank);
        return AxisSplit.Between(shape, start, shape.Rank);
    }
}
