using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Passes;

/// <summary>
/// Takes BatchNormalization, and Mul, Add, Sub and Div by one constant a channel, into the weights and bias
/// of the layer before.
/// </summary>
internal sealed class FoldIntoLayerBefore : IPass
{
    public string Name => "fold into the layer before";

    public string? TryRewrite(Node node, GraphRewriter rewriter)
    {
        if (ChannelMap.Of(node, out Value? input) is not { } map
            || rewriter.PrivateProducer(input) is not { } before
            || LinearLayer.Of(before) is not { } layer || layer.Channels != map.Scale.Length
            || !node.Outputs.Skip(1).All(rewriter.IsUnused))
        {
            return null;
        }

        rewriter.Replace([before, node], layer.Then(map, node.Outputs[0]!));
        return $"{node.OperatorName} went into '{before.Name}'";
    }
}
