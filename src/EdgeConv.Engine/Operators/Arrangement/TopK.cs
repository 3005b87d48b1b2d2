using System.Numerics;
using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// The k greatest (or least) elements along an axis, best first, and their places (output 1); of equal
/// elements the one with the lower place comes first. k is an attribute below opset 10, input 1 from it.
/// </summary>
internal sealed unsafe class TopK : ShapedOperator
{
    private readonly long _axis;
    private readonly bool _wantsGreatest = true;
    private readonly long? _k;
    private int[] _best = [];
    private long _outer;
    private int _extent;
    private long _inner;

    public TopK(Node node) : base(node)
    {
        _axis = node.Attributes.GetInt(node, "axis", -1);
        if (node.Opset < 10)
            _k = node.Attributes.GetInt(node, "k");
        if (node.Opset < 11)
            return;
        _wantsGreatest = node.Attributes.GetInt(node, "largest", 1) != 0;
        node.Attributes.Ignore("sorted");
    }

    /// <inheritdoc/>
    public override bool NeedsValue(int input) => input == 1;

    /// <inheritdoc/>
    protected override TensorType[] Plan(InferenceContext context)
    {
        Shape shape = context.ShapeOf(0);
        DataType type = context.TypeOf(0);
        if (type == DataType.Bool)
            throw Unsupported("input 0 is bool, which has no order");
        int axis = AxisOf(_axis, shape.Rank);
        long k = _k ?? IntegerOf(context, 1);
        if (k < 0 || k > shape[axis])
            throw Error($"k is {k}, it must lie in 0..{shape[axis]}, the extent of axis {axis}");
        (_outer, _extent, _inner) =
            (shape.CountBetween(0, axis), shape[axis], shape.CountBetween(axis + 1, shape.Rank));
        _best = new int[k];
        int[] extents = shape.Dimensions.ToArray();
        extents[axis] = (int)k;
        Shape output = new(extents);
        return OptionalOutputs(new TensorType(type, output), new TensorType(DataType.Int64, output));
    }

    /// <inheritdoc/>
    protected override void Execute(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        byte* values = outputs[0] is { } first ? first.Data : null;
        long* places = outputs.Length > 1 && outputs[1] is { } second ? (long*)second.Data : null;
        byte* x = inputs[0]!.Data;
        switch (inputs[0]!.Type)
        {
            case DataType.Float32: Select((float*)x, (float*)values, places); break;
            case DataType.Float64: Select((double*)x, (double*)values, places); break;
            case DataType.Int8: Select((sbyte*)x, (sbyte*)values, places); break;
            case DataType.UInt8: Select(x, values, places); break;
            case DataType.Int32: Select((int*)x, (int*)values, places); break;
            default: Select((long*)x, (long*)values, places); break;
        }
    }

    private void Select<T>(T* x, T* values, long* places) where T : unmanaged, INumber<T>
    {
        for (long o = 0; o < _outer; o++)
        {
            for (long i = 0; i < _inner; i++)
            {
                T* line = x + (o * _extent * _inner) + i;
                SelectLine(line);
                for (int k = 0; k < _best.Length; k++)
                {
                    long at = (((o * _best.Length) + k) * _inner) + i;
                    if (values is not null)
                        values[at] = line[_best[k] * _inner];
                    if (places is not null)
                        places[at] = _best[k];
                }
            }
        }
    }

    // Keeps the places of the best so far in order; most elements lose against the last of them at once.
    private void SelectLine<T>(T* line) where T : unmanaged, INumber<T>
    {
        int count = 0;
        for (int place = 0; place < _extent && _best.Length > 0; place++)
        {
            T value = line[place * _inner];
            if (count == _best.Length && !IsBetter(value, line[_best[count - 1] * _inner]))
                continue;
            int slot = count < _best.Length ? count++ : count - 1;
            for (; slot > 0 && IsBetter(value, line[_best[slot - 1] * _inner]); slot--)
                _best[slot] = _best[slot - 1];
            _best[slot] = place;
        }
    }

    private bool IsBetter<T>(T a, T b) where T : unmanaged, INumber<T> => _wantsGreatest ? a > b : a < b;
}
