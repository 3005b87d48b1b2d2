using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// The same elements under the shape of input 1 (attribute <c>shape</c> below opset 5): 0 keeps the input's
/// extent unless <c>allowzero</c>, one -1 takes what is left.
/// </summary>
internal sealed class Reshape : ViewOperator
{
    private readonly bool _allowZero;
    private readonly long[]? _shape;

    public Reshape(Node node) : base(node)
    {
        if (node.Opset < 5)
        {
            node.Attributes.Ignore("consumed_inputs");
            _shape = node.Attributes.GetInts(node, "shape") ?? throw Error("attribute 'shape' is missing");
        }
        else if (node.Opset >= 14)
        {
            _allowZero = node.Attributes.GetInt(node, "allowzero", 0) != 0;
        }
    }

    /// <inheritdoc/>
    public override bool NeedsValue(int input) => input == 1;

    /// <inheritdoc/>
    protected override Shape ShapeFor(InferenceContext context)
    {
        Shape input = context.ShapeOf(0);
        long[] wanted = _shape?.ToArray() ?? RequiredIntegersOf(context, 1);
        string written = string.Join(',', wanted);
        int free = FillKnown(wanted, input);
        if (free >= 0)
            wanted[free] = Rest(wanted, input.ElementCount);
        Shape shape = ShapeOf(wanted);
        return shape.ElementCount == input.ElementCount
            ? shape
            : throw Error($"{input} has {input.ElementCount} elements, it cannot be reshaped to [{written}]");
    }

    // Replaces zeros by the input's extents; returns the place of the -1, or -1.
    private int FillKnown(long[] wanted, Shape input)
    {
        int free = -1;
        for (int i = 0; i < wanted.Length; i++)
        {
            if (wanted[i] < -1 || (wanted[i] == -1 && free >= 0))
                throw Error($"the target [{string.Join(',', wanted)}] may have one -1, nothing below");
            if (wanted[i] == -1)
                free = i;
            if (wanted[i] != 0 || _allowZero)
                continue;
            if (i >= input.Rank)
                throw Error($"the target shape keeps extent {i} of an input of shape {input}");
            wanted[i] = input[i];
        }

        return free;
    }

    private long Rest(long[] wanted, long count)
    {
        long known = 1;
        foreach (long extent in wanted)
        {
            if (extent == 0 || extent > int.MaxValue || known > int.MaxValue)
                throw Error($"the -1 of the target shape [{string.Join(',', wanted)}] cannot be found");
            known *= Math.Max(1, extent);
        }

        return count % known == 0
            ? count / known
            : throw Error($"{count} elements do not divide into [{string.Join(',', wanted)}]");
    }
}
