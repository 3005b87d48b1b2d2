using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Passes;

/// <summary>
/// Makes GlobalAveragePool of a ReduceMean over all spatial axes, as squeeze-and-excitation is often written,
/// and of an AveragePool whose window is the whole picture.
/// </summary>
internal sealed class RecogniseGlobalPool : IPass
{
    public string Name => "recognise global pool";

    public string? TryRewrite(Node node, GraphRewriter rewriter)
    {
        if (node.Outputs is not [{ Type: DataType.Float32 } output]
            || node.Inputs[0] is not { Shape: { Rank: > 2, ElementCount: > 0 } shape } input
            || !(IsSpatialMean(node, shape) || IsWholeWindow(node, shape)))
        {
            return null;
        }

        if (output.Shape!.Rank == shape.Rank)
            rewriter.Replace([node], NewNode.Make(node, "GlobalAveragePool", [input], output));
        else
            ReplaceByView(rewriter, node, output);
        return $"became GlobalAveragePool, of {node.OperatorName}";
    }

    // Without keepdims the pool's [N,C,1,...] is viewed as [N,C].
    private static void ReplaceByView(GraphRewriter rewriter, Node node, Value output)
    {
        Value pooled = new($"{output.Name} pooled");
        Node pool = new($"{node.Name} pooled", "GlobalAveragePool", node.Opset, [node.Inputs[0]], [pooled],
            new NodeAttributes(node.Attributes.ModelName, new Dictionary<string, object>()));
        rewriter.Replace([node], pool, NewNode.Make(node, "Flatten", [pooled], output));
    }

    private static bool IsSpatialMean(Node node, Shape shape) =>
        MeanAxes.Of(node) is { } axes
        && axes.SequenceEqual(Enumerable.Range(2, shape.Rank - 2).Select(axis => (long)axis));

    private static bool IsWholeWindow(Node node, Shape shape) =>
        node.OperatorName == "AveragePool"
        && node.Attributes.GetInts(node, "kernel_shape") is { } window
        && window.SequenceEqual(shape.Dimensions[2..].ToArray().Select(extent => (long)extent))
        && node.Attributes.GetInts(node, "pads")?.All(pad => pad == 0) != false
        && node.Attributes.GetInts(node, "dilations")?.All(dilation => dilation == 1) != false
        && node.Outputs[0]!.Shape!.Dimensions[2..].ToArray().All(extent => extent == 1);
}
