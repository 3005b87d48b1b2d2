using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// A window that slides over the spatial axes of every channel of [N, C, D, H, W], [N, C, H, W] or [N, C, W].
/// Fewer than three spatial axes are run as three with leading extents of 1.
/// </summary>
internal abstract unsafe class PoolOperator : ShapedOperator
{
    private readonly SpatialAttributes _spatial;
    private readonly bool _ceiling;

    protected PoolOperator(Node node, bool hasDilations, bool hasCeiling) : base(node)
    {
        _spatial = new SpatialAttributes(node, hasDilations);
        _ceiling = hasCeiling && node.Attributes.GetInt(node, "ceil_mode", 0) != 0;
    }

    /// <summary>The axes [depth, height, width].</summary>
    public SpatialAxis[] Axes { get; private set; } = [];

    /// <summary>
    /// For every window along the width: the first element on the input and the number of taps there.
    /// </summary>
    protected (int Start, int Count)[] Columns { get; private set; } = [];

    /// <summary>Number of channels of all batches, N·C.</summary>
    protected int Planes { get; private set; }

    /// <summary>Elements of one channel of the input.</summary>
    protected int InputPlane => Axes[0].Input * Axes[1].Input * Axes[2].Input;

    /// <summary>Elements of one channel of the output.</summary>
    protected int OutputPlane => Axes[0].Output * Axes[1].Output * Axes[2].Output;

    /// <summary>Fixes the axes and returns the output's shape.</summary>
    protected Shape PlanWindows(Shape input)
    {
        RequireRank(input, 0, 3);
        if (input.Rank > 5)
            throw Unsupported($"pools over {input.Rank - 2} spatial axes are not supported, at most 3 are");
        SpatialAxis[] axes = _spatial.Resolve(input.Dimensions[2..], _spatial.RequiredKernel(), _ceiling);
        foreach (SpatialAxis axis in axes)
        {
            if (axis.PadBegin >= axis.Reach || axis.PadEnd >= axis.Reach)
                throw Error(
                    $"pads {axis.PadBegin} and {axis.PadEnd} must be smaller than the kernel's {axis.Reach}");
        }

        Axes = [.. Enumerable.Repeat(new SpatialAxis(1, 1, 1, 1, 0, 0, 1), 3 - axes.Length), .. axes];
        Columns = [.. Enumerable.Range(0, Axes[2].Output).Select(ColumnsOf)];
        Planes = (int)input.CountBetween(0, 2);
        return ShapeOf([input[0], input[1], .. axes.Select(axis => (long)axis.Output)]);
    }

    private (int Start, int Count) ColumnsOf(int window)
    {
        (int first, int end) = Axes[2].TapsInside(window);
        return (Axes[2].Place(window, first), end - first);
    }
}
