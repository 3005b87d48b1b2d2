using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;

namespace EdgeConv.Engine.Passes;

/// <summary>
/// Lets the first convolution read the bytes of a picture, if it alone reads what is made of them; otherwise
/// the floats are made in the order of axes that is wanted.
/// </summary>
internal static class ReadPixels
{
    /// <summary>What it does, for listings.</summary>
    public const string Name = "read pixels";

    /// <summary>Rewrites the graph, in which <see cref="ChannelsLast"/> has decided on orders.</summary>
    public static void Run(ModelGraph graph, List<Rewrite> log)
    {
        if (!graph.Nodes.Exists(node => node.Operator is NormalizePixels))
            return;
        for (int i = 0; i < graph.Nodes.Count; i++)
        {
            Node node = graph.Nodes[i];
            if (node.Inputs.Length == 0 || node.Inputs[0]?.Producer?.Operator is not NormalizePixels pixels
                || !IsPrivate(graph, node.Inputs[0]!) || Merge(node, pixels) is not { } merged)
            {
                continue;
            }

            log.Add(new Rewrite(Name, node.Name, "reads pixels"));
            graph.Nodes[i] = merged;
            graph.Nodes.Remove(pixels.Node);
            i = -1;
        }
    }

    private static bool IsPrivate(ModelGraph graph, Value value) => !graph.Outputs.Contains(value)
        && graph.Nodes.Sum(node => node.Inputs.Count(input => input == value)) == 1;

    private static Node? Merge(Node node, NormalizePixels pixels)
    {
        Value bytes = pixels.Node.Inputs[0]!;
        if (node.Operator is Transpose && IsOtherOrder(node, pixels))
            return NormalizePixels.Make(node, bytes, node.Outputs[0]!, pixels.Pixels, !pixels.IsPlanar);
        if (node.Operator is not Convolution { IsChannelsLast: true } convolution)
            return null;
        Value?[] inputs = [bytes, .. node.Inputs.AsSpan(1)];
        Node merged = new(node.Name, node.OperatorName, node.Opset, inputs, node.Outputs, node.Attributes);
        merged.Operator = convolution.WithPixels(merged, pixels.Pixels);
        return merged;
    }

    private static bool IsOtherOrder(Node node, NormalizePixels pixels)
    {
        int[] order = pixels.IsPlanar ? LayoutBuilder.ToLast(4) : LayoutBuilder.ToPlanar(4);
        return TransposeOrder.Of(node, order.Length).SequenceEqual(order.Select(axis => (long)axis));
    }
}
