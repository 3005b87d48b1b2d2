using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;
using EdgeConv.Kernels;

namespace EdgeConv.Engine.Passes;

/// <summary>
/// Draws the addition of a residual into the convolution before it, unless that is depthwise.
/// </summary>
internal sealed class FuseResidual : IPass
{
    public string Name => "fuse residual";

    public string? TryRewrite(Node node, GraphRewriter rewriter)
    {
        if (node.OperatorName != "Add" || node.Inputs is not [{ } first, { } second])
            return null;
        return TryFuse(node, rewriter, first, second) ?? TryFuse(node, rewriter, second, first);
    }

    private static string? TryFuse(Node sum, GraphRewriter rewriter, Value convolved, Value residual)
    {
        if (rewriter.PrivateProducer(convolved) is not { Operator: Convolution convolution } node
            || convolution.HasResidual || convolution.Activation != Activation.None
            || convolution.Geometry.Groups == convolution.Geometry.InputChannels
            || residual.IsConstant || residual.Type != convolved.Type
            || !residual.Shape!.Equals(convolved.Shape))
        {
            return null;
        }

        FusedConvolution.Replace(rewriter, node, sum, Activation.None, residual);
        return $"Add of '{residual.Name}' went into '{node.Name}'";
    }
}
