using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Passes;

/// <summary>
/// Takes BatchNormalization, and Mul, Add, Sub and Div by one constant a channel, into the weights and bias
/// of the Conv that reads it: input normalisation, for one. What is added stays where the Conv pads, since
/// zeros around the picture come after the addition.
/// </summary>
internal sealed class FoldIntoLayerAfter : IPass
{
    public string Name => "fold into the layer after";

    public string? TryRewrite(Node node, GraphRewriter rewriter)
    {
        if (node.OperatorName != "Conv" || rewriter.PrivateProducer(node.Inputs[0]) is not { } before
            || ChannelMap.Of(before, out Value? source) is not { } map
            || !(map.IsScaleOnly || IsUnpadded(node)) || LinearLayer.Of(node) is not { } layer)
        {
            return null;
        }

        rewriter.Replace([before, node], layer.After(source!, map));
        return $"took in {before.OperatorName} '{before.Name}'";
    }

    private static bool IsUnpadded(Node conv) => conv.Attributes.GetString(conv, "auto_pad", "NOTSET") switch
    {
        "NOTSET" or "" => conv.Attributes.GetInts(conv, "pads")?.All(pad => pad == 0) != false,
        "VALID" => true,
        _ => false,
    };
}
