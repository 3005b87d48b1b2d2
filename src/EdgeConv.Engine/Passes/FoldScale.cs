using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;

namespace EdgeConv.Engine.Passes;

/// <summary>
/// Lets the 1x1 convolution behind squeeze-and-excitation multiply the channels itself: Σ w (s x) without an
/// image of s x. Only where nothing else reads that image.
/// </summary>
internal static class FoldScale
{
    /// <summary>What it does, for listings.</summary>
    public const string Name = "fold scale";

    /// <summary>Rewrites the graph, whose convolutions have channels last where they can.</summary>
    public static void Run(ModelGraph graph, List<Rewrite> log)
    {
        Dictionary<Value, int> reads = ReadersOf(graph);
        HashSet<Node> folded = [];
        for (int i = 0; i < graph.Nodes.Count; i++)
        {
            Node node = graph.Nodes[i];
            if (ScaleOf(node) is not { } scale || reads[scale.Outputs[0]!] > 1)
                continue;
            graph.Nodes[i] = Fold(node, scale);
            folded.Add(scale);
            log.Add(new Rewrite(Name, scale.Name, $"{scale.OperatorName} went into '{node.Name}'"));
        }

        graph.Nodes.RemoveAll(folded.Contains);
    }

    // An output of the model is read once more.
    private static Dictionary<Value, int> ReadersOf(ModelGraph graph)
    {
        Dictionary<Value, int> reads = [];
        IEnumerable<Value> read = graph.Nodes.SelectMany(node => node.Inputs).OfType<Value>();
        foreach (Value value in read.Concat(graph.Outputs))
            reads[value] = reads.GetValueOrDefault(value) + 1;
        return reads;
    }

    // A single channel is a depthwise layer too, whose kernels take no scale.
    private static Node? ScaleOf(Node node) =>
        node.Operator is Convolution
        {
            IsChannelsLast: true, HasScale: false, Geometry: { IsPointwise: true, InputChannels: > 1 },
        }
        && node.Inputs[0]!.Producer is { Operator: ChannelScale } scale
            ? scale
            : null;

    private static Node Fold(Node node, Node scale)
    {
        Value?[] inputs = Convolution.ScaledInputs(node, scale.Inputs[0]!, scale.Inputs[1]!);
        Node scaled = new(node.Name, node.OperatorName, node.Opset, inputs, node.Outputs, node.Attributes);
        scaled.Operator = ((Convolution)node.Operator!).WithScale(scaled);
        return scaled;
    }
}
