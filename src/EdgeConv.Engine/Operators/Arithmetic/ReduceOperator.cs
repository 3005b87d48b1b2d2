using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// Reduces some axes of x, all when none are named, to an extent of 1 or nothing. Axes are an attribute below
/// <paramref name="axesInputFrom"/> and input 1 from that opset on.
/// </summary>
/// <param name="node">The node.</param>
/// <param name="axesInputFrom">13 for ReduceSum, 18 for the others.</param>
/// <param name="types">Element types.</param>
internal sealed unsafe class ReduceOperator<TReducer>(Node node, int axesInputFrom, DataType[] types)
    : Operator(node)
    where TReducer : struct, IReducer
{
    private readonly bool _hasAxesInput = node.Opset >= axesInputFrom;
    private readonly bool _keepsAxes = node.Attributes.GetInt(node, "keepdims", 1) != 0;
    private readonly bool _emptyMeansNone =
        node.Opset >= axesInputFrom && node.Attributes.GetInt(node, "noop_with_empty_axes", 0) != 0;

    private readonly long[]? _axesAttribute =
        node.Opset >= axesInputFrom ? null : node.Attributes.GetInts(node, "axes");

    private uint _axes;
    private bool _isCopy;

    public override bool NeedsValue(int input) => input == 1 && _hasAxesInput;

    public override bool IsView => _isCopy;

    public override TensorType[] Infer(InferenceContext context)
    {
        context.CheckCounts(_hasAxesInput ? 2 : 1, 1);
        DataType type = context.RequireType(0, types);
        Shape shape = context.ShapeOf(0);
        SetAxes(ReadAxes(context), shape.Rank);
        return [new TensorType(type, Reduced(shape))];
    }

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        Tensor x = inputs[0]!;
        Tensor y = outputs[0]!;
        if (!Fits(x.Shape, y.Shape))
            y.Reshape(Reduced(x.Shape));
        if (_isCopy)
            Buffer.MemoryCopy(x.Data, y.Data, y.ByteLength, x.ByteLength);
        else if (y.Length != 0)
            TReducer.Run(x, y, _axes);
    }

    private ReadOnlySpan<long> ReadAxes(InferenceContext context)
    {
        if (!_hasAxesInput)
            return _axesAttribute;
        if (!context.Has(1))
            return [];
        context.RequireType(1, DataType.Int64);
        return context.ConstantOf(1)!.AsSpan<long>();
    }

    private void SetAxes(ReadOnlySpan<long> axes, int rank)
    {
        _isCopy = axes.IsEmpty && _emptyMeansNone;
        _axes = axes.IsEmpty && !_isCopy ? uint.MaxValue : 0;
        foreach (long axis in axes)
            _axes |= 1u << ArithmeticChecks.AxisOf(Node, axis, rank);
    }

    private bool IsReduced(int axis) => (_axes >> axis & 1) != 0;

    private Shape Reduced(Shape shape)
    {
        Span<int> extents = stackalloc int[Shape.MaximumRank];
        int rank = 0;
        for (int i = 0; i < shape.Rank; i++)
        {
            if (!IsReduced(i))
                extents[rank++] = shape[i];
            else if (_keepsAxes)
                extents[rank++] = 1;
        }

        return new Shape(extents[..rank]);
    }

    private bool Fits(Shape shape, Shape output)
    {
        int k = 0;
        for (int i = 0; i < shape.Rank; i++)
        {
            if (IsReduced(i) && !_keepsAxes)
                continue;
            int extent = IsReduced(i) ? 1 : shape[i];
            if (k >= output.Rank || output[k++] != extent)
                return false;
        }

        return k == output.Rank;
    }
}
