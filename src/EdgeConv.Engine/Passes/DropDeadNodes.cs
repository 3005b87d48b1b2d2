using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Passes;

/// <summary>Drops nodes whose outputs nothing reads.</summary>
internal sealed class DropDeadNodes : IPass
{
    public string Name => "drop dead nodes";

    public string? TryRewrite(Node node, GraphEditor editor)
    {
        if (!node.Outputs.All(editor.IsUnused))
            return null;
        editor.Remove(node);
        return $"{node.OperatorName} dropped, nothing reads it";
    }
}
