using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Passes;

/// <summary>Drops a Concat that puts all parts of a Split together again, and the Split with it.</summary>
internal sealed class DropSplits : IPass
{
    public string Name => "drop splits";

    public string? TryRewrite(Node node, GraphRewriter rewriter)
    {
        if (node.OperatorName != "Concat" || node.Inputs[0]?.Producer is not { OperatorName: "Split" } split
            || !node.Inputs.SequenceEqual(split.Outputs) || AxisOf(node) != AxisOf(split))
        {
            return null;
        }

        Value source = split.Inputs[0]!;
        return rewriter.TryBypass(node, source)
            ? $"Concat dropped, it puts '{source.Name}' together again"
            : null;
    }

    // Below opset 4 a Concat without axis means axis 1.
    private static long AxisOf(Node node)
    {
        bool isOldConcat = node is { OperatorName: "Concat", Opset: < 4 };
        long axis = node.Attributes.GetInt(node, "axis", isOldConcat ? 1 : 0);
        return axis < 0 ? axis + node.Inputs[0]!.Shape!.Rank : axis;
    }
}
