using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Operators;

/// <summary>Broadcasts input 0 against the shape in input 1: axes of extent 1 repeat.</summary>
internal sealed class Expand(Node node) : CopyOperator(node)
{
    /// <inheritdoc/>
    public override bool NeedsValue(int input) => input == 1;

    /// <inheritdoc/>
    protected override (Shape Shape, StridedCopy Copy) PlanCopy(InferenceContext context)
    {
        Shape input = context.ShapeOf(0);
        Shape wanted = ShapeOf(RequiredIntegersOf(context, 1));
        if (!Broadcasting.TryJoin(input, wanted, out Shape? shape))
            throw Error($"{input} and {wanted} do not broadcast");
        return (shape, StridedCopy.ToDense(shape.Dimensions, Strides.Broadcast(input, shape)));
    }
}

/// <summary>
/// Repeats input 0 along every axis as often as input 1 says; below opset 6 inputs 1 and 2 are one count and
/// one axis.
/// </summary>
internal sealed class Tile(Node node) : CopyOperator(node)
{
    /// <inheritdoc/>
    public override bool NeedsValue(int input) => input >= 1;

    /// <inheritdoc/>
    protected override (Shape Shape, StridedCopy Copy) PlanCopy(InferenceContext context)
    {
        Shape input = context.ShapeOf(0);
        long[] repeats = RepeatsOf(context, input);
        if (repeats.Length != input.Rank)
            throw Error($"{repeats.Length} repeats for an input of shape {input}");
        long[] own = Strides.Of(input);
        long[] extents = new long[input.Rank];
        int[] block = new int[2 * input.Rank];
        long[] strides = new long[2 * input.Rank];
        for (int i = 0; i < input.Rank; i++)
        {
            if (repeats[i] is < 0 or > int.MaxValue)
                throw Error($"{repeats[i]} repeats along axis {i}, it must lie in 0..{int.MaxValue}");
            extents[i] = repeats[i] * input[i];
            (block[2 * i], block[(2 * i) + 1]) = ((int)repeats[i], input[i]);
            strides[(2 * i) + 1] = own[i];
        }

        return (ShapeOf(extents), StridedCopy.ToDense(block, strides));
    }

    private long[] RepeatsOf(InferenceContext context, Shape input)
    {
        if (Node.Opset >= 6)
            return RequiredIntegersOf(context, 1);
        long[] repeats = new long[input.Rank];
        Array.Fill(repeats, 1);
        repeats[AxisOf(IntegerOf(context, 2), input.Rank)] = IntegerOf(context, 1);
        return repeats;
    }
}
