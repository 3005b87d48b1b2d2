using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// Joins all inputs, one behind the other, along an axis; any element type. An input that the plan has placed
/// where it belongs in the output is not copied.
/// </summary>
internal sealed unsafe class Concat : ShapedOperator, ISharedWork
{
    private readonly long _axis;
    private RowPlace[] _places = [];
    private nint[] _sources = [];
    private byte* _output;
    private WorkerPool? _pool;

    public Concat(Node node) : base(node)
    {
        _axis = node.Opset < 4
            ? node.Attributes.GetInt(node, "axis", 1)
            : node.Attributes.GetInt(node, "axis");
    }

    /// <inheritdoc/>
    public override RowPlace? PlaceOf(int input) => _places[input];

    /// <inheritdoc/>
    public override void Prepare(PrepareContext context) => _pool = context.Pool;

    /// <inheritdoc/>
    public void RunShare(int share, int shares)
    {
        for (int i = 0; i < _sources.Length; i++)
        {
            if (_sources[i] != 0)
                RowCopy.Run((byte*)_sources[i], _output, _places[i], share, shares);
        }
    }

    /// <inheritdoc/>
    protected override TensorType[] Plan(InferenceContext context)
    {
        Shape first = context.ShapeOf(0);
        int axis = AxisOf(_axis, first.Rank);
        long[] extents = [.. first.Dimensions.ToArray().Select(extent => (long)extent)];
        extents[axis] = 0;
        for (int i = 0; i < context.InputCount; i++)
        {
            RequireSame(context, i, context.TypeOf(0));
            RequireAlike(first, context.ShapeOf(i), i, axis);
            extents[axis] += context.ShapeOf(i)[axis];
        }

        Shape shape = ShapeOf(extents);
        PlaceInputs(context, shape, axis);
        return Outputs(new TensorType(context.TypeOf(0), shape));
    }

    /// <inheritdoc/>
    protected override void Execute(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        _output = outputs[0]!.Data;
        long bytes = 0;
        for (int i = 0; i < _sources.Length; i++)
        {
            byte* source = inputs[i]!.Data;
            bool isThere = source == _output + _places[i].Offset;
            _sources[i] = isThere ? 0 : (nint)source;
            bytes += isThere ? 0 : _places[i].Rows * _places[i].RowBytes;
        }

        if (_pool is not null && WorkerPool.IsWorthAForkOver(bytes / sizeof(float), _pool.Shares))
            _pool.Run(this);
        else
            RunShare(0, 1);
    }

    private void PlaceInputs(InferenceContext context, Shape shape, int axis)
    {
        long rows = shape.CountBetween(0, axis), size = DataTypes.SizeOf(context.TypeOf(0));
        long step = shape.CountBetween(axis, shape.Rank) * size;
        _places = new RowPlace[context.InputCount];
        _sources = new nint[context.InputCount];
        long done = 0;
        for (int i = 0; i < _places.Length; i++)
        {
            Shape part = context.ShapeOf(i);
            long bytes = part.CountBetween(axis, part.Rank) * size;
            _places[i] = new RowPlace(done, rows, bytes, step);
            done += bytes;
        }
    }

    private void RequireAlike(Shape first, Shape other, int input, int axis)
    {
        bool isAlike = other.Rank == first.Rank;
        for (int i = 0; isAlike && i < first.Rank; i++)
            isAlike = i == axis || first[i] == other[i];
        if (!isAlike)
            throw Error($"input {input} has shape {other}, it does not join {first} along axis {axis}");
    }
}
