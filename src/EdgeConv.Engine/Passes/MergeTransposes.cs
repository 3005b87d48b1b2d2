using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Passes;

/// <summary>Makes one Transpose of two in a row; when they undo each other, the one left is a copy.</summary>
internal sealed class MergeTransposes : IPass
{
    public string Name => "merge transposes";

    public string? TryRewrite(Node node, GraphRewriter rewriter)
    {
        if (node.OperatorName != "Transpose"
            || rewriter.PrivateProducer(node.Inputs[0], "Transpose") is not { } first)
            return null;
        int rank = node.Inputs[0]!.Shape!.Rank;
        long[] inner = TransposeOrder.Of(first, rank);
        long[] outer = TransposeOrder.Of(node, rank);
        NodeAttributes attributes = node.Attributes.With("perm", outer.Select(axis => inner[axis]).ToArray());
        Node merged = new(
            first.Name, node.OperatorName, node.Opset, [first.Inputs[0]], [node.Outputs[0]], attributes);
        rewriter.Replace([first, node], merged);
        return $"Transpose went into '{first.Name}'";
    }
}
