using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// Resamples input 0 along any axes. Resize: region, scales or sizes are inputs 1 to 3 (scales input 1 below
/// opset 11). Upsample: scales, an attribute below opset 9. Nearest for any element type, the others float32.
/// </summary>
internal sealed unsafe class Resize : ShapedOperator
{
    // Tables of one axis stay below this many entries.
    private const int LongestAxis = 1 << 22;

    private readonly ResizeAttributes _attributes;
    private readonly float[]? _scales;
    private readonly int _scalesInput;
    private readonly int _sizesInput;
    private NearestResize? _nearest;
    private WeightedResize? _weighted;

    public Resize(Node node) : base(node)
    {
        bool isFull = node.OperatorName == "Resize" && node.Opset >= 11;
        _attributes = isFull ? ResizeAttributes.Read(node) : ResizeAttributes.ReadSimple(node);
        (_scalesInput, _sizesInput) = isFull ? (2, 3) : (1, int.MaxValue);
        if (node.OperatorName == "Upsample" && node.Opset < 9)
            _scales = node.Attributes.GetFloats(node, "scales")
                ?? throw Error("attribute 'scales' is missing");
    }

    /// <inheritdoc/>
    public override bool NeedsValue(int input) =>
        input == _scalesInput || input == _sizesInput || (input == 1 && _attributes.Extrapolates);

    /// <inheritdoc/>
    protected override TensorType[] Plan(InferenceContext context)
    {
        Shape shape = context.ShapeOf(0);
        int[] axes = _attributes.Axes is { } named
            ? AxesOf(named, shape.Rank)
            : [.. Enumerable.Range(0, shape.Rank)];
        float[]? scales = _scales ?? FloatsOf(context, _scalesInput);
        long[]? sizes = _sizesInput < context.InputCount && context.Has(_sizesInput)
            ? IntegersOf(context, _sizesInput) : null;
        scales = scales?.Length == 0 ? null : scales;
        sizes = sizes?.Length == 0 ? null : sizes;
        if ((scales is null) == (sizes is null) || (scales?.Length ?? sizes!.Length) != axes.Length)
            throw Error($"either scales or sizes must be given, {axes.Length} of them");
        float[]? region = _attributes.Extrapolates ? FloatsOf(context, 1) : null;
        if (_attributes.Extrapolates && (region is null || region.Length != 2 * axes.Length))
            throw Error($"the region has {region?.Length ?? 0} values, it must have {2 * axes.Length}");
        Shape output = OutputShape(shape, axes, scales, sizes);
        ResizeAxis[] tables = new ResizeAxis[shape.Rank];
        for (int i = 0; i < tables.Length; i++)
        {
            int n = Array.IndexOf(axes, i);
            (float Start, float End) part = region is null || n < 0
                ? (0, 1)
                : (region[n], region[n + axes.Length]);
            tables[i] = new ResizeAxis(_attributes, shape[i], output[i], n < 0 ? 1 : scales?[n], part);
        }

        PlanLoops(context.TypeOf(0), tables);
        return Outputs(new TensorType(context.TypeOf(0), output));
    }

    /// <inheritdoc/>
    protected override void Execute(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        if (outputs[0]!.Length == 0)
            return;
        if (_nearest is not null)
            _nearest.Run(inputs[0]!, outputs[0]!);
        else
            _weighted!.Run((float*)inputs[0]!.Data, (float*)outputs[0]!.Data);
    }

    private void PlanLoops(DataType type, ResizeAxis[] tables)
    {
        (_nearest, _weighted) = (null, null);
        if (_attributes.Mode == Interpolation.Nearest && !tables.Any(axis => axis.IsOutside.Contains(true)))
        {
            _nearest = new NearestResize(tables);
            return;
        }

        Require(type, 0, DataType.Float32);
        _weighted = new WeightedResize(tables, _attributes.Extrapolation);
    }

    private Shape OutputShape(Shape input, int[] axes, float[]? scales, long[]? sizes)
    {
        long[] extents = [.. input.Dimensions.ToArray().Select(extent => (long)extent)];
        for (int i = 0; i < axes.Length; i++)
        {
            if (scales is not null && !(scales[i] > 0 && float.IsFinite(scales[i])))
                throw Error($"scale {i} is {scales[i]}, it must be positive");
            extents[axes[i]] = sizes?[i] ?? (long)MathF.Min(scales![i] * input[axes[i]], 1L << 40);
            if (extents[axes[i]] < 0 || extents[axes[i]] > LongestAxis
                || (input[axes[i]] == 0 && extents[axes[i]] > 0))
                throw Error($"axis {axes[i]} of {input} cannot be resized to {extents[axes[i]]} elements");
        }

        return ShapeOf(extents);
    }

    private float[]? FloatsOf(InferenceContext context, int input)
    {
        if (context.ConstantOf(input) is not { } tensor)
            return null;
        Require(tensor.Type, input, DataType.Float32);
        return tensor.AsSpan<float>().ToArray();
    }
}

/// <summary>Nearest neighbour along every axis; any element type.</summary>
internal sealed unsafe class NearestResize
{
    private readonly ResizeAxis[] _axes;
    private readonly long[] _strides;

    /// <summary>Plans the loops.</summary>
    public NearestResize(ResizeAxis[] axes)
    {
        _axes = axes.Length == 0 ? [new ResizeAxis(new ResizeAttributes(), 1, 1, 1, default)] : axes;
        _strides = Strides.Of([.. _axes.Select(axis => axis.Input)]);
    }

    /// <summary>Fills the output.</summary>
    public void Run(Tensor x, Tensor y)
    {
        switch (DataTypes.SizeOf(x.Type))
        {
            case 1:
                Walk(0, x.Data, y.Data);
                break;
            case 4:
                Walk(0, (uint*)x.Data, (uint*)y.Data);
                break;
            default:
                Walk(0, (ulong*)x.Data, (ulong*)y.Data);
                break;
        }
    }

    // Returns the target behind what was written. A slice equal to the one before it is copied from there.
    private T* Walk<T>(int axis, T* x, T* y) where T : unmanaged
    {
        int[] places = _axes[axis].Places;
        if (axis == _axes.Length - 1)
        {
            CopyRow(x, y, places);
            return y + places.Length;
        }

        long count = 0;
        for (int i = 0; i < places.Length; i++)
        {
            if (i > 0 && places[i] == places[i - 1])
                Buffer.MemoryCopy(y - count, y, count * sizeof(T), count * sizeof(T));
            else
                count = Walk(axis + 1, x + (places[i] * _strides[axis]), y) - y;
            y += count;
        }

        return y;
    }

    private void CopyRow<T>(T* x, T* y, int[] places) where T : unmanaged
    {
        if (_axes[^1].IsIdentity)
        {
            new ReadOnlySpan<T>(x, places.Length).CopyTo(new Span<T>(y, places.Length));
            return;
        }

        for (int i = 0; i < places.Length; i++)
            y[i] = x[places[i]];
    }
}

/// <summary>Weighted neighbours along every axis; float32.</summary>
internal sealed unsafe class WeightedResize
{
    private readonly ResizeAxis[] _axes;
    private readonly long[] _strides;
    private readonly float _outside;
    private readonly float[] _row;

    /// <summary>Plans the loops.</summary>
    public WeightedResize(ResizeAxis[] axes, float outside)
    {
        (_axes, _outside) = (axes, outside);
        _strides = Strides.Of([.. axes.Select(axis => axis.Input)]);
        _row = new float[axes.Length == 0 ? 1 : Math.Max(1, axes[^1].Input)];
    }

    /// <summary>Fills the output.</summary>
    public void Run(float* x, float* y)
    {
        if (_axes.Length == 0)
        {
            *y = *x;
            return;
        }

        Span<int> place = stackalloc int[_axes.Length];
        place.Clear();
        int axis;
        fixed (float* row = _row)
        {
            do
            {
                y = MakeRow(x, y, row, place);
                for (axis = _axes.Length - 2; axis >= 0; axis--)
                {
                    if (++place[axis] < _axes[axis].Output)
                        break;
                    place[axis] = 0;
                }
            }
            while (axis >= 0);
        }
    }

    // First the input rows are joined over their whole width, which is contiguous; then the elements of the
    // row.
    private float* MakeRow(float* x, float* y, float* row, ReadOnlySpan<int> place)
    {
        ResizeAxis last = _axes[^1];
        for (int axis = 0; axis < _axes.Length - 1; axis++)
        {
            if (!_axes[axis].IsOutside[place[axis]])
                continue;
            new Span<float>(y, last.Output).Fill(_outside);
            return y + last.Output;
        }

        new Span<float>(row, last.Input).Clear();
        Join(0, x, 1, row, place);
        Resample(row, y, last);
        return y + last.Output;
    }

    private void Join(int axis, float* x, float weight, float* row, ReadOnlySpan<int> place)
    {
        if (axis == _axes.Length - 1)
        {
            RowLoops.AddScaled(row, weight, x, _axes[axis].Input);
            return;
        }

        ResizeAxis table = _axes[axis];
        for (int t = 0; t < table.Taps; t++)
        {
            int tap = (place[axis] * table.Taps) + t;
            float* slice = x + (table.Places[tap] * _strides[axis]);
            if (table.Weights[tap] != 0)
                Join(axis + 1, slice, weight * table.Weights[tap], row, place);
        }
    }

    private void Resample(float* row, float* y, ResizeAxis last)
    {
        for (int i = 0, tap = 0; i < last.Output; i++)
        {
            float sum = 0;
            for (int t = 0; t < last.Taps; t++, tap++)
                sum += last.Weights[tap] * row[last.Places[tap]];
            y[i] = last.IsOutside[i] ? _outside : sum;
        }
    }
}
