using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// Cuts input 0 along an axis into as many parts as there are outputs: of the sizes given (input 1 below
/// opset 2 and from 13, attribute between), else equal ones. From opset 18 the last equal part may be
/// smaller.
/// </summary>
internal sealed unsafe class Split : ShapedOperator, ISharedWork
{
    private readonly long _axis;
    private readonly long[]? _sizes;
    private readonly long? _parts;
    private RowPlace[] _places = [];
    private nint[] _targets = [];
    private byte* _input;
    private WorkerPool? _pool;

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
    public override void Prepare(PrepareContext context)
    {
        long elements = Node.Inputs[0]!.Shape!.ElementCount;
        _pool = context.Pool is { } pool && WorkerPool.IsWorthAForkOver(elements, pool.Shares) ? pool : null;
    }

    /// <inheritdoc/>
    public void RunShare(int share, int shares)
    {
        for (int i = 0; i < _targets.Length; i++)
        {
            if (_targets[i] != 0)
                RowCopy.Back(_input, (byte*)_targets[i], _places[i], share, shares);
        }
    }

    /// <inheritdoc/>
    protected override TensorType[] Plan(InferenceContext context)
    {
        Shape shape = context.ShapeOf(0);
        int axis = AxisOf(_axis, shape.Rank);
        long[] sizes = _sizes ?? IntegersOf(context, 1) ?? EqualSizes(shape[axis]);
        CheckSizes(sizes, shape[axis]);
        long rows = shape.CountBetween(0, axis);
        long inner = shape.CountBetween(axis + 1, shape.Rank) * DataTypes.SizeOf(context.TypeOf(0));
        _places = new RowPlace[sizes.Length];
        _targets = new nint[sizes.Length];
        TensorType[] outputs = new TensorType[sizes.Length];
        long done = 0;
        for (int i = 0; i < sizes.Length; i++)
        {
            int[] extents = shape.Dimensions.ToArray();
            extents[axis] = (int)sizes[i];
            _places[i] = new RowPlace(done * inner, rows, sizes[i] * inner, shape[axis] * inner);
            outputs[i] = new TensorType(context.TypeOf(0), new Shape(extents));
            done += sizes[i];
        }

        return outputs;
    }

    /// <inheritdoc/>
    protected override void Execute(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        _input = inputs[0]!.Data;
        for (int i = 0; i < _targets.Length; i++)
            _targets[i] = outputs[i] is { Length: > 0 } output ? (nint)output.Data : 0;
        if (_pool is null)
            RunShare(0, 1);
        else
            _pool.Run(this);
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
