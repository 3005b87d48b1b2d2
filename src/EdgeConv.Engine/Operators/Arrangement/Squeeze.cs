using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// Removes axes of extent 1: those named (attribute below opset 13, input 1 from it), or all.
/// </summary>
internal sealed class Squeeze(Node node) : ViewOperator(node)
{
    private readonly long[]? _axes = node.Opset < 13 ? node.Attributes.GetInts(node, "axes") : null;

    /// <inheritdoc/>
    public override bool NeedsValue(int input) => input == 1;

    /// <inheritdoc/>
    protected override Shape ShapeFor(InferenceContext context)
    {
        Shape shape = context.ShapeOf(0);
        int[]? axes = (_axes ?? IntegersOf(context, 1)) is { } named ? AxesOf(named, shape.Rank) : null;
        List<int> left = [];
        for (int i = 0; i < shape.Rank; i++)
        {
            bool isNamed = axes?.Contains(i) ?? shape[i] == 1;
            if (isNamed && shape[i] != 1)
                throw Error($"axis {i} of {shape} cannot be squeezed, its extent is not 1");
            if (!isNamed)
                left.Add(shape[i]);
        }

        return new Shape([.. left]);
    }
}

/// <summary>
/// Inserts axes of extent 1, counted in the output (attribute below opset 13, input 1 from it).
/// </summary>
internal sealed class Unsqueeze : ViewOperator
{
    private readonly long[]? _axes;

    public Unsqueeze(Node node) : base(node)
    {
        if (node.Opset < 13)
            _axes = node.Attributes.GetInts(node, "axes") ?? throw Error("attribute 'axes' is missing");
    }

    /// <inheritdoc/>
    public override bool NeedsValue(int input) => input == 1;

    /// <inheritdoc/>
    protected override Shape ShapeFor(InferenceContext context)
    {
        Shape shape = context.ShapeOf(0);
        long[] named = _axes ?? RequiredIntegersOf(context, 1);
        int rank = shape.Rank + named.Length;
        int[] axes = AxesOf(named, rank);
        long[] extents = new long[rank];
        int next = 0;
        for (int i = 0; i < rank; i++)
            extents[i] = axes.Contains(i) ? 1 : shape[next++];
        return ShapeOf(extents);
    }
}
