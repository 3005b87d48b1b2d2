using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Passes;

/// <summary>Makes one Reshape of two of Reshape, Flatten, Squeeze and Unsqueeze in a row.</summary>
internal sealed class MergeViews : IPass
{
    public string Name => "merge views";

    public string? TryRewrite(Node node, GraphRewriter rewriter)
    {
        if (!IsView(node) || node.Outputs[0]!.Shape!.ElementCount == 0
            || rewriter.PrivateProducer(node.Inputs[0]) is not { } first || !IsView(first))
        {
            return null;
        }

        rewriter.Replace([first, node], NewNode.Reshape(node, first.Inputs[0]!, node.Outputs[0]!));
        return $"took in {first.OperatorName} '{first.Name}'";
    }

    private static bool IsView(Node node) =>
        node.OperatorName is "Reshape" or "Flatten" or "Squeeze" or "Unsqueeze";
}
