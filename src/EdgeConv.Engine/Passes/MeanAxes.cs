using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Passes;

/// <summary>Reads ReduceMean.</summary>
internal static class MeanAxes
{
    private const int FirstOpsetOfAxesInput = 18;

    /// <summary>
    /// The axes it reduces, ascending; null when they are not named, not constant, or the node is another.
    /// </summary>
    public static long[]? Of(Node? node)
    {
        if (node is not { OperatorName: "ReduceMean" })
            return null;
        long[]? axes = node.Opset < FirstOpsetOfAxesInput
            ? node.Attributes.GetInts(node, "axes")
            : Constants.Integers(node, 1);
        int rank = node.Inputs[0]!.Shape!.Rank;
        return axes is { Length: > 0 }
            ? [.. axes.Select(axis => axis < 0 ? axis + rank : axis).Distinct().Order()]
            : null;
    }

    /// <summary>Whether reduced axes stay, of extent 1.</summary>
    public static bool AreKept(Node node) => node.Attributes.GetInt(node, "keepdims", 1) != 0;

    /// <summary>A ReduceMean of the opset that reads axes as <paramref name="origin"/> does.</summary>
    public static Node Make(Node origin, Value input, long[] axes)
    {
        Value output = origin.Outputs[0]!;
        bool hasInput = origin.Opset >= FirstOpsetOfAxesInput;
        Value?[] inputs = hasInput ? [input, Constants.Make("axes", output, axes)] : [input];
        NodeAttributes attributes =
            hasInput ? origin.Attributes : origin.Attributes.With("axes", axes);
        return new Node(origin.Name, origin.OperatorName, origin.Opset, inputs, [output], attributes);
    }
}
