using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// Takes elements start, start + step, … before end along some axes; negative positions count from the end
/// and all are clamped to the tensor. Attributes below opset 10, inputs 1 to 4 from it.
/// </summary>
internal sealed class Slice : CopyOperator
{
    private readonly long[]? _starts;
    private readonly long[]? _ends;
    private readonly long[]? _axes;

    public Slice(Node node) : base(node)
    {
        if (node.Opset >= 10)
            return;
        _starts = node.Attributes.GetInts(node, "starts") ?? throw Error("attribute 'starts' is missing");
        _ends = node.Attributes.GetInts(node, "ends") ?? throw Error("attribute 'ends' is missing");
        _axes = node.Attributes.GetInts(node, "axes");
    }

    /// <inheritdoc/>
    public override bool NeedsValue(int input) => input >= 1;

    /// <inheritdoc/>
    protected override (Shape Shape, StridedCopy Copy) PlanCopy(InferenceContext context)
    {
        Shape shape = context.ShapeOf(0);
        long[] starts = _starts ?? RequiredIntegersOf(context, 1);
        long[] ends = _ends ?? RequiredIntegersOf(context, 2);
        int[] axes = (_axes ?? IntegersOf(context, 3)) is { } named
            ? AxesOf(named, shape.Rank)
            : [.. Enumerable.Range(0, starts.Length)];
        long[]? steps = IntegersOf(context, 4);
        if (ends.Length != starts.Length || axes.Length != starts.Length
            || (steps is not null && steps.Length != starts.Length) || starts.Length > shape.Rank)
        {
            throw Error($"starts, ends, axes and steps must have one length, {shape.Rank} at most");
        }

        int[] extents = shape.Dimensions.ToArray();
        long[] strides = Strides.Of(shape);
        long from = 0;
        for (int i = 0; i < axes.Length; i++)
        {
            int axis = axes[i];
            (int first, int count, int step) = Cut(shape[axis], starts[i], ends[i], steps?[i] ?? 1);
            from += first * strides[axis];
            strides[axis] *= step;
            extents[axis] = count;
        }

        return (new Shape(extents), StridedCopy.ToDense(extents, strides, from));
    }

    private (int First, int Count, int Step) Cut(int extent, long start, long end, long step)
    {
        if (step == 0)
            throw Error("a step is 0");
        step = Math.Clamp(step, -int.MaxValue, int.MaxValue);
        bool isForward = step > 0;
        (long least, long most) = isForward ? (0, extent) : (-1, extent - 1L);
        start = Math.Clamp(start < 0 ? start + extent : start, isForward ? 0 : Math.Min(0, most), most);
        end = Math.Clamp(end < 0 ? end + extent : end, least, most);
        long span = isForward ? end - start : start - end;
        long count = span <= 0 ? 0 : (span + Math.Abs(step) - 1) / Math.Abs(step);
        return count == 0 ? (0, 0, 1) : ((int)start, (int)count, (int)step);
    }
}
