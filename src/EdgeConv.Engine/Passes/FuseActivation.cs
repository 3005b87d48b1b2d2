using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;
using EdgeConv.Kernels;

namespace EdgeConv.Engine.Passes;

/// <summary>Draws an activation into the convolution before it: activation(conv(x) + residual).</summary>
internal sealed class FuseActivation : IPass
{
    public string Name => "fuse activation";

    public string? TryRewrite(Node node, GraphRewriter rewriter)
    {
        if (ActivationNodes.Of(node) is not { } activation
            || rewriter.PrivateProducer(node.Inputs[0]) is not { Operator: Convolution convolution } before
            || convolution.Activation != Activation.None)
        {
            return null;
        }

        Value? residual = convolution.HasResidual ? before.Inputs[^1] : null;
        FusedConvolution.Replace(rewriter, before, node, activation, residual);
        return $"{node.OperatorName} went into '{before.Name}'";
    }
}
