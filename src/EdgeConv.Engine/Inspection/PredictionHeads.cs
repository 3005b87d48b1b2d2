using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Inspection;

/// <summary>
/// Finds the convolutions whose output a model gives away but for its arrangement: boxes, scores or class
/// maps, which are predictions and no features.
/// </summary>
internal static class PredictionHeads
{
    private static readonly HashSet<string> Arrangements =
    [
        "Reshape", "Transpose", "Flatten", "Squeeze", "Unsqueeze", "Concat", "Slice", "Identity", "Cast",
        "Sigmoid", "Softmax", "Clip", "QuantizeLinear", "DequantizeLinear",
    ];

    /// <summary>
    /// The nodes, whatever their operator, that outputs come from through such steps alone.
    /// </summary>
    public static HashSet<Node> Find(ModelGraph graph)
    {
        HashSet<Node> seen = [], heads = [];
        Stack<Node> pending = new(graph.Outputs.Select(output => output.Producer).OfType<Node>());
        while (pending.TryPop(out Node? node))
        {
            if (!seen.Add(node))
                continue;
            if (!Arrangements.Contains(node.OperatorName))
            {
                heads.Add(node);
                continue;
            }

            foreach (Node producer in node.Inputs.Select(input => input?.Producer).OfType<Node>())
                pending.Push(producer);
        }

        return heads;
    }
}
