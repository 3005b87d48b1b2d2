using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;

namespace EdgeConv.Engine.Passes;

/// <summary>
/// The rule of <see cref="LayoutRules"/> for the shuffle of channels: Reshape to <c>[N,g,C/g,H,W]</c>,
/// Transpose of the two and Reshape back. One of two groups that are concatenated before, and perhaps cut into
/// halves behind, becomes one node.
/// </summary>
internal static class LayoutShuffle
{
    private const int ReshapeOpset = 13;

    // From this on Slice has its numbers as inputs.
    private const int SliceInputs = 10;

    /// <summary>Rewrites a shuffle at its last node.</summary>
    public static bool TryRewrite(Node node, LayoutBuilder builder)
    {
        if (node.Inputs[0]!.Producer is not { OperatorName: "Transpose" } transpose
            || transpose.Inputs[0]!.Producer is not { OperatorName: "Reshape" } split
            || split.Outputs[0]!.Shape is not { Rank: 5 } five
            || split.Inputs[0]!.Shape is not { Rank: 4 } four
            || !TransposeOrder.Of(transpose, 5).SequenceEqual([0L, 2, 1, 3, 4])
            || five[0] != four[0] || five[3] != four[2] || five[4] != four[3]
            || !node.Outputs[0]!.Shape!.Equals(four)
            || !builder.HasLast(split.Inputs[0]))
        {
            return false;
        }

        if (builder.MakerOf(split.Inputs[0]!) is { } concat && IsPair(concat, five))
            Join(node, concat, builder);
        else
            Permute(node, split.Inputs[0]!, five, builder);
        return true;
    }

    private static bool IsPair(Node concat, Shape five) =>
        concat is { Operator: Concat, Inputs: [{ Type: DataType.Float32 } first, { } second] }
        && five[1] == 2 && five.ElementCount > 0
        && first.Shape!.Rank == 4 && first.Shape[1] == five[2] && first.Shape.Equals(second.Shape);

    private static void Join(Node node, Node concat, LayoutBuilder builder)
    {
        Value output = node.Outputs[0]!;
        Value[] inputs = [.. concat.Inputs.Select(input => builder.Last(input!))];
        Value[] outputs = [.. (HalvesOf(output, builder) ?? [output]).Select(builder.Define)];
        Node shuffle = new(
            node.Name, ChannelShuffle.Name, node.Opset, inputs, outputs, NodeAttributes.None);
        shuffle.Operator = new ChannelShuffle(shuffle);
        builder.Add(shuffle);
    }

    // The lower and the upper half of the channels, where nobody reads the value but who cuts it so.
    private static Value[]? HalvesOf(Value value, LayoutBuilder builder)
    {
        int channels = value.Shape![1];
        if (channels % 4 != 0 || builder.IsOutput(value))
            return null;
        Node[] readers = [.. builder.ReadersOf(value)];
        if (readers is [{ Operator: Split, Outputs: [{ } low, { } high] }])
            return IsHalf(low, value) && IsHalf(high, value) ? [low, high] : null;
        if (readers is not [{ Operator: Slice } first, { Operator: Slice } second])
            return null;
        return (StartOf(first, channels), StartOf(second, channels)) switch
        {
            (0, > 0) => [first.Outputs[0]!, second.Outputs[0]!],
            ( > 0, 0) => [second.Outputs[0]!, first.Outputs[0]!],
            _ => null,
        };
    }

    private static bool IsHalf(Value part, Value whole) =>
        part.Shape is { Rank: 4 } shape && 2 * shape[1] == whole.Shape![1]
        && 2 * shape.ElementCount == whole.Shape.ElementCount;

    // Where a Slice that takes one half of the channels begins: 0 or half of them; null for any other.
    private static long? StartOf(Node slice, int channels)
    {
        if (slice.Opset < SliceInputs || !IsHalf(slice.Outputs[0]!, slice.Inputs[0]!)
            || Constants.Integers(slice, 1) is not [long start]
            || Constants.Integers(slice, 3) is not [1 or -3]
            || (slice.Inputs.Length > 4 && Constants.Integers(slice, 4) is not [1]))
        {
            return null;
        }

        start = start < 0 ? start + channels : start;
        return start == 0 || 2 * start == channels ? start : null;
    }

    private static void Permute(Node node, Value value, Shape five, LayoutBuilder builder)
    {
        Value x = builder.Last(value);
        (int n, int height, int width) = (five[0], five[3], five[4]);
        string name = $"{node.Name} channels last";
        Value groups = new($"{name} in groups"), shuffled = new($"{name} shuffled");
        Reshape($"{name}, groups", x, groups, builder, n, height, width, five[1], five[2]);
        builder.Transpose(groups, shuffled, [0, 1, 2, 4, 3]);
        Value output = builder.Define(node.Outputs[0]!);
        Reshape(node.Name, shuffled, output, builder, n, height, width, (long)five[1] * five[2]);
    }

    private static void Reshape(
        string name, Value value, Value output, LayoutBuilder builder, params ReadOnlySpan<long> extents)
    {
        Value shape = Constants.Make("shape", output, extents);
        Node node = new(name, "Reshape", ReshapeOpset, [value, shape], [output], NodeAttributes.None);
        builder.Add(node, output);
    }
}
