using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Passes;

/// <summary>Drops nodes whose outputs nothing reads.</summary>
internal sealed class DropDeadNodes : IPass
{
    public string Name => "drop dead nodes";

    public string? TryRewrite(Node node, GraphRewriter rewriter)
    {
        if (!node.Outputs.All(rewriter.IsUnused))
            return null;
        rewriter.Remove(node);
        return $"{node.OperatorName} dropped, nothing reads it";
    }
}
