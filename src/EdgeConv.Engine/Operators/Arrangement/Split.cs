using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// Cuts input 0 along an axis into as many parts as there are outputs: of the sizes given (input 1 below
/// opset 2 and from 13, attribute between), else equal ones. From opset 18 the last equal part may be
/// smaller.
/// </summary>
internal sealed unsafe class Split : ShapedOperator
{
    private readonly long _axis;
    private readonly long[]? _sizes;
    private readonly long? _parts;
    private StridedCopy[] _copies = [];

    public Split(Node node) : base(node)
    {
        _axis = node.Attributes.GetInt(node, "axis", 0);
        if (node.Opset < 13)
            _sizes = node.Attributes.GetInts(node, "split");
        if (node.Opset >= 18 && node.Attributes.Has("num_outputs"))
            _parts = node.Attributes.GetInt(node, "num_outputs");
        if (_parts is { } parts && parts != node.Outputs.Length)
            throw Error($"'num_outputs' is {parts}, the node has {node.Outputs.Length} outputs");
    }

    /// <inheritdoc/>
    public override bool NeedsValue(int input) => input == 1;

    /// <inheritdoc/>
    protected override TensorType[] Plan(InferenceContext context)
    {
        Shape shape = context.ShapeOf(0);
        int axis = AxisOf(_axis, shape.Rank);
        long[] sizes = _sizes ?? IntegersOf(context, 1) ?? EqualSizes(shape[axis]);
        CheckSizes(sizes, shape[axis]);
        long[] strides = Strides.Of(shape);
        _copies = new StridedCopy[sizes.Length];
        TensorType[] outputs = new TensorType[sizes.Length];
        long done = 0;
        for (int i = 0; i < sizes.Length; i++)
        {
            int[] extents = shape.Dimensions.ToArray();
            extents[axis] = (int)sizes[i];
            _copies[i] = StridedCopy.ToDense(extents, strides, done * strides[axis]);
            outputs[i] = new TensorType(context.TypeOf(0), new Shape(extents));
            done += sizes[i];
        }

        return outputs;
    }

    /// <inheritdoc/>
    protected override void Execute(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        for (int i = 0; i < _copies.Length; i++)
        {
            if (outputs[i] is { } output)
                _copies[i].Run(inputs[0]!.Data, output.Data, DataTypes.SizeOf(output.Type));
        }
    }

    private long[] EqualSizes(long extent)
    {
        int parts = Node.Outputs.Length;
        if (parts == 0)
            throw Error("the node has no outputs");
        if (extent % parts != 0 && Node.Opset < 18)
            throw Error($"{extent} elements do not divide into {parts} equal parts");
        long size = (extent + parts - 1) / parts;
        return [.. Enumerable.Range(0, parts).Select(i => Math.Clamp(extent - (i * size), 0, size))];
    }

    private void CheckSizes(long[] sizes, long extent)
    {
        if (sizes.Length != Node.Outputs.Length)
            throw Error($"{sizes.Length} sizes for {Node.Outputs.Length} outputs");
        long left = extent;
        foreach (long size in sizes)
        {
            if (size < 0 || size > left)
                throw Error($"sizes [{string.Join(',', sizes)}] do not add up to {extent}");
            left -= size;
        }

        if (left != 0)
            throw Error($"sizes [{string.Join(',', sizes)}] do not add up to {extent}");
    }
}
