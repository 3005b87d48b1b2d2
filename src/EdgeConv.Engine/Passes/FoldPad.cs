using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Passes;

/// <summary>
/// Takes a Pad of zeros around the picture into the padding of the convolution that reads it.
/// </summary>
internal sealed class FoldPad : IPass
{
    public string Name => "fold padding";

    public string? TryRewrite(Node node, GraphRewriter rewriter)
    {
        if (node.OperatorName != "Conv" || rewriter.PrivateProducer(node.Inputs[0], "Pad") is not { } pad)
            return null;
        int rank = node.Inputs[0]!.Shape!.Rank;
        if (SpatialPads(pad, rank) is not { } outer || OwnPads(node, outer.Length) is not { } inner)
            return null;
        NodeAttributes attributes = node.Attributes
            .With("pads", inner.Zip(outer, (a, b) => a + b).ToArray())
            .With("auto_pad", "NOTSET");
        Value?[] inputs = [pad.Inputs[0], .. node.Inputs[1..]];
        Node merged = new(node.Name, node.OperatorName, node.Opset, inputs, node.Outputs, attributes);
        rewriter.Replace([pad, node], merged);
        return $"took in Pad '{pad.Name}'";
    }

    private static long[]? OwnPads(Node conv, int count) =>
        conv.Attributes.GetString(conv, "auto_pad", "NOTSET") switch
        {
            "NOTSET" or "" => conv.Attributes.GetInts(conv, "pads") ?? new long[count],
            "VALID" => new long[count],
            _ => null,
        };

    // Begins of all axes, then ends; batch and channels must not grow.
    private static long[]? SpatialPads(Node pad, int rank)
    {
        if (pad.Attributes.GetString(pad, "mode", "constant") != "constant" || !PadsWithZero(pad))
            return null;
        long[]? pads = pad.Attributes.GetInts(pad, "pads") ?? Constants.Integers(pad, 1);
        if (pads?.Length != 2 * rank || pads.Any(extent => extent < 0))
            return null;
        return pads[0] == 0 && pads[1] == 0 && pads[rank] == 0 && pads[rank + 1] == 0
            ? [.. pads[2..rank], .. pads[(rank + 2)..]]
            : null;
    }

    private static bool PadsWithZero(Node pad)
    {
        if (pad.Inputs.Length > 3)
            return false;
        if (pad.Inputs.Length < 3 || pad.Inputs[2] is not { } value)
            return pad.Attributes.GetFloat(pad, "value", 0) == 0;
        return Constants.ScalarOf(value) == 0;
    }
}
