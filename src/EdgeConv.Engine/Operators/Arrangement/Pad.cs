using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// Puts elements before and behind each axis, or takes them away where a pad is negative: a constant, the
/// reflection without the border element (<c>reflect</c>), the border element (<c>edge</c>), or the other end
/// (<c>wrap</c>). Attributes below opset 11 (<c>paddings</c> in opset 1), inputs from it; any element type.
/// </summary>
internal sealed unsafe class Pad : ShapedOperator
{
    // The modes that repeat elements keep a table of this many offsets at most.
    private const int LongestTable = 1 << 24;

    private readonly string _mode;
    private readonly long[]? _pads;
    private readonly float _value;
    private StridedCopy? _interior;
    private PaddingTables? _tables;

    public Pad(Node node) : base(node)
    {
        _mode = node.Attributes.GetString(node, "mode", "constant");
        if (_mode is not ("constant" or "reflect" or "edge") && !(_mode == "wrap" && node.Opset >= 19))
            throw Unsupported($"'mode' is '{_mode}', which is not supported in opset {node.Opset}");
        if (node.Opset >= 11)
            return;
        string name = node.Opset < 2 ? "paddings" : "pads";
        _pads = node.Attributes.GetInts(node, name) ?? throw Error($"attribute '{name}' is missing");
        _value = node.Attributes.GetFloat(node, "value", 0);
    }

    /// <inheritdoc/>
    public override bool NeedsValue(int input) => input is 1 or 3;

    /// <inheritdoc/>
    protected override TensorType[] Plan(InferenceContext context)
    {
        Shape shape = context.ShapeOf(0);
        if (context.Has(2))
            CheckValue(context);
        if (_value != 0)
            Require(context.TypeOf(0), 0, DataType.Float32, DataType.Float64);
        (long Begin, long End)[] pads = PadsOf(context, shape.Rank);
        long[] extents = new long[shape.Rank];
        for (int i = 0; i < extents.Length; i++)
        {
            (long begin, long end) = pads[i];
            if (Math.Abs((decimal)begin) > int.MaxValue || Math.Abs((decimal)end) > int.MaxValue)
                throw Error($"pads {begin} and {end} of axis {i} exceed {int.MaxValue}");
            if (shape[i] + Math.Min(0, begin) + Math.Min(0, end) < 0)
                throw Error($"pads {begin} and {end} take more than the {shape[i]} elements of axis {i}");
            extents[i] = shape[i] + begin + end;
        }

        Shape output = ShapeOf(extents);
        (_interior, _tables) = (null, null);
        if (_mode != "constant" && extents.Any(extent => extent > LongestTable))
            throw Unsupported(
                $"an axis padded to more than {LongestTable} elements is not supported in mode '{_mode}'");
        if (_mode == "constant")
            _interior = PlanInterior(shape, output, pads);
        else
            _tables = PaddingTables.Create(_mode, shape, pads)
                ?? throw Error($"an empty {shape} has nothing to repeat");
        return Outputs(new TensorType(context.TypeOf(0), output));
    }

    /// <inheritdoc/>
    protected override void Execute(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        int size = DataTypes.SizeOf(inputs[0]!.Type);
        if (_tables is not null)
        {
            _tables.Run(inputs[0]!.Data, outputs[0]!, size);
            return;
        }

        Fill(inputs.Length > 2 ? inputs[2] : null, outputs[0]!);
        _interior!.Run(inputs[0]!.Data, outputs[0]!.Data, size);
    }

    private void CheckValue(InferenceContext context)
    {
        RequireSame(context, 2, context.TypeOf(0));
        if (context.ShapeOf(2).ElementCount != 1)
            throw Error($"input 2 has shape {context.ShapeOf(2)}, it must be one value");
    }

    private (long Begin, long End)[] PadsOf(InferenceContext context, int rank)
    {
        long[] pads = _pads ?? RequiredIntegersOf(context, 1);
        int[] axes = Node.Opset >= 18 && IntegersOf(context, 3) is { } named
            ? AxesOf(named, rank)
            : [.. Enumerable.Range(0, rank)];
        if (pads.Length != 2 * axes.Length)
            throw Error($"{pads.Length} pads, {2 * axes.Length} are needed for {axes.Length} axes");
        (long Begin, long End)[] result = new (long Begin, long End)[rank];
        for (int i = 0; i < axes.Length; i++)
            result[axes[i]] = (pads[i], pads[i + axes.Length]);
        return result;
    }

    private static StridedCopy PlanInterior(Shape input, Shape output, (long Begin, long End)[] pads)
    {
        long[] sources = Strides.Of(input);
        long[] targets = Strides.Of(output);
        int[] block = new int[input.Rank];
        (long from, long to) = (0, 0);
        for (int i = 0; i < block.Length; i++)
        {
            (long begin, long end) = pads[i];
            block[i] = (int)(input[i] + Math.Min(0, begin) + Math.Min(0, end));
            from += Math.Max(0, -begin) * sources[i];
            to += Math.Max(0, begin) * targets[i];
        }

        return new StridedCopy(block, sources, targets, from, to);
    }

    private void Fill(Tensor? value, Tensor output)
    {
        if (value is not null)
            TensorFill.With(output, value.Data);
        else if (output.Type == DataType.Float64)
            output.AsSpan<double>().Fill(_value);
        else if (output.Type == DataType.Float32)
            output.AsSpan<float>().Fill(_value);
        else
            output.AsBytes().Clear();
    }
}

/// <summary>Fills tensors of any element type.</summary>
internal static unsafe class TensorFill
{
    /// <summary>Sets every element to the one at <paramref name="element"/>.</summary>
    public static void With(Tensor tensor, byte* element)
    {
        switch (DataTypes.SizeOf(tensor.Type))
        {
            case 1:
                new Span<byte>(tensor.Data, tensor.Length).Fill(*element);
                break;
            case 4:
                new Span<uint>(tensor.Data, tensor.Length).Fill(*(uint*)element);
                break;
            default:
                new Span<ulong>(tensor.Data, tensor.Length).Fill(*(ulong*)element);
                break;
        }
    }
}
