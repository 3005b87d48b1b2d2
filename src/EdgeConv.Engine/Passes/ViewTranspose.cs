using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Passes;

/// <summary>
/// Makes a Reshape, which moves nothing, of a Transpose that moves only axes of extent 1: <c>[N,1,1,C]</c>
/// behind a global pool to <c>[N,C,1,1]</c>.
/// </summary>
internal sealed class ViewTranspose : IPass
{
    public string Name => "view transpose";

    public string? TryRewrite(Node node, GraphRewriter rewriter)
    {
        if (node.OperatorName != "Transpose"
            || node.Inputs[0] is not { Shape: { ElementCount: > 0 } shape } input)
            return null;
        long[] moving = TransposeOrder.Moving(node, shape);
        if (!moving.SequenceEqual(moving.Order()))
            return null;
        rewriter.Replace([node], NewNode.Reshape(node, input, node.Outputs[0]!));
        return "became Reshape, of Transpose";
    }
}
