using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;
using EdgeConv.Kernels;

namespace EdgeConv.Engine.Passes;

/// <summary>
/// Draws the addition of a residual and the activation behind a convolution into it:
/// activation(conv(x) + residual). Never where something else, a tap or the caller reads what lies between.
/// </summary>
internal static class ConvolutionFusion
{
    private const string PassName = "fuse into convolution";

    /// <summary>Rewrites the graph and tells what it did.</summary>
    public static void Run(ModelGraph graph, List<Rewrite> log)
    {
        GraphRewriter rewriter = new(graph);
        foreach (Node node in rewriter.Nodes.Where(n => n.Operator is Convolution).ToArray())
        {
            Node fused = FuseResidual(rewriter, node, log) ?? node;
            FuseActivation(rewriter, fused, log);
        }

        rewriter.Commit();
    }

    private static Node? FuseResidual(GraphRewriter rewriter, Node node, List<Rewrite> log)
    {
        Convolution convolution = (Convolution)node.Operator!;
        Value output = node.Outputs[0]!;
        if (convolution.HasResidual || convolution.Activation != Activation.None
            || convolution.Geometry.Groups == convolution.Geometry.InputChannels
            || !rewriter.TryOnlyReader(output, out Node? sum) || sum.OperatorName != "Add")
        {
            return null;
        }

        Value residual = (sum.Inputs[0] == output ? sum.Inputs[1] : sum.Inputs[0])!;
        if (residual.IsConstant || residual.Type != output.Type || !residual.Shape!.Equals(output.Shape))
        {
            return null;
        }

        log.Add(new Rewrite(PassName, node.Name, $"took in Add '{sum.Name}' of '{residual.Name}'"));
        return Replace(rewriter, node, sum, Activation.None, residual);
    }

    private static void FuseActivation(GraphRewriter rewriter, Node node, List<Rewrite> log)
    {
        Convolution convolution = (Convolution)node.Operator!;
        if (convolution.Activation != Activation.None
            || !rewriter.TryOnlyReader(node.Outputs[0], out Node? next)
            || next.Inputs[0] != node.Outputs[0]
            || ActivationNodes.Of(next) is not { } activation)
        {
            return;
        }

        log.Add(new Rewrite(PassName, node.Name, $"took in {next.OperatorName} '{next.Name}'"));
        Value? residual = convolution.HasResidual ? node.Inputs[^1] : null;
        Replace(rewriter, node, next, activation, residual);
    }

    private static Node Replace(
        GraphRewriter rewriter, Node node, Node next, Activation activation, Value? residual)
    {
        Value? bias = node.Inputs.Length > 2 ? node.Inputs[2] : null;
        Value?[] inputs = residual is null
            ? [node.Inputs[0], node.Inputs[1], bias]
            : [node.Inputs[0], node.Inputs[1], bias, residual];
        Node fused =
            new(node.Name, node.OperatorName, node.Opset, inputs, [next.Outputs[0]], node.Attributes);
        fused.Operator = new Convolution(fused, activation, residual is not null);
        fused.Operator.Infer(new InferenceContext(fused));
        rewriter.Replace([node, next], fused);
        return fused;
    }
}
