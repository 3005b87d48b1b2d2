using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;
using EdgeConv.Kernels;

namespace EdgeConv.Engine.Passes;

/// <summary>Makes convolutions with a residual and an activation.</summary>
internal static class FusedConvolution
{
    /// <summary>Replaces a convolution and the node that reads it by one node.</summary>
    public static void Replace(
        GraphRewriter rewriter, Node node, Node next, Activation activation, Value? residual)
    {
        Value? bias = node.Inputs.Length > 2 ? node.Inputs[2] : null;
        Value?[] inputs = residual is null
            ? [node.Inputs[0], node.Inputs[1], bias]
            : [node.Inputs[0], node.Inputs[1], bias, residual];
        Node fused =
            new(node.Name, node.OperatorName, node.Opset, inputs, [next.Outputs[0]], node.Attributes);
        fused.Operator = new Convolution(fused, activation, residual is not null);
        rewriter.Replace([node, next], fused);
    }
}
