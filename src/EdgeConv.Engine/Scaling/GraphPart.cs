using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;

namespace EdgeConv.Engine.Scaling;

/// <summary>What a <see cref="GraphPart"/> does.</summary>
internal enum PartKind
{
    /// <summary>None of the others.</summary>
    Other,

    /// <summary>A 1x1 convolution.</summary>
    Pointwise,

    /// <summary>A depthwise convolution.</summary>
    Depthwise,

    /// <summary>Squeeze-and-excitation: each channel times what small layers make of the means.</summary>
    Gate,

    /// <summary>No layer, and the shape stays: an activation or normalisation.</summary>
    Elementwise,
}

/// <summary>The nodes between two values that each carry on alone.</summary>
/// <param name="Nodes">In the graph's order.</param>
/// <param name="Input">The value before.</param>
/// <param name="Output">The value behind.</param>
internal sealed record GraphPart(IReadOnlyList<Node> Nodes, Value Input, Value Output)
{
    /// <summary>What it does.</summary>
    public PartKind Kind { get; } = KindOf(Nodes, Input, Output);

    /// <summary>Whether it ends in the sum of its input and something else.</summary>
    public bool IsSumWithInput => EndsIn("Add", Nodes, Input) && Nodes.Count > 1;

    /// <summary>Splits a graph of one input at every value that carries on alone.</summary>
    public static IReadOnlyList<GraphPart> Split(ModelGraph graph)
    {
        Dictionary<Value, int> readers = CountReaders(graph);
        List<GraphPart> parts = [];
        Value input = graph.Inputs[0].Value;
        HashSet<Value> live = [input];
        int start = 0;
        for (int i = 0; i < graph.Nodes.Count; i++)
        {
            Node node = graph.Nodes[i];
            live.UnionWith(node.Outputs.OfType<Value>().Where(readers.ContainsKey));
            foreach (Value read in Read(node).Where(read => --readers[read] == 0))
                live.Remove(read);
            if (live.Count != 1)
                continue;
            parts.Add(new GraphPart(graph.Nodes[start..(i + 1)], input, live.Single()));
            (input, start) = (live.Single(), i + 1);
        }

        return parts;
    }

    /// <summary>Whether a node makes one position of all.</summary>
    public static bool IsPool(Node node) => node.OperatorName is
        "GlobalAveragePool" or "GlobalMaxPool" or "AveragePool" or "MaxPool" or "ReduceMean";

    private static PartKind KindOf(IReadOnlyList<Node> nodes, Value input, Value output)
    {
        if (nodes is [{ Operator: Convolution { Geometry: var geometry } }])
            return geometry.IsPointwise ? PartKind.Pointwise : DepthwiseOrOther(geometry.IsDepthwise);
        bool keepsShape = input.Shape!.Equals(output.Shape);
        if (!nodes.Any(IsLayer))
            return keepsShape && !nodes.Any(IsPool) ? PartKind.Elementwise : PartKind.Other;
        return keepsShape && EndsIn("Mul", nodes, input) && nodes.Any(IsPool) && !nodes.Any(IsDepthwise)
            ? PartKind.Gate
            : PartKind.Other;
    }

    private static PartKind DepthwiseOrOther(bool isDepthwise) => isDepthwise ? PartKind.Depthwise : PartKind.Other;

    private static bool EndsIn(string operatorName, IReadOnlyList<Node> nodes, Value input) =>
        nodes[^1].OperatorName == operatorName && nodes[^1].Inputs.Contains(input)
        && nodes[^1].Inputs.All(operand => operand is { IsConstant: false });

    private static bool IsLayer(Node node) => node.OperatorName is "Conv" or "Gemm" or "MatMul";

    private static bool IsDepthwise(Node node) => node.Operator is Convolution { Geometry.IsDepthwise: true };

    private static Dictionary<Value, int> CountReaders(ModelGraph graph)
    {
        Dictionary<Value, int> readers = [];
        foreach (Value read in graph.Nodes.SelectMany(Read).Concat(graph.Outputs))
            readers[read] = readers.GetValueOrDefault(read) + 1;
        return readers;
    }

    private static IEnumerable<Value> Read(Node node) =>
        node.Inputs.OfType<Value>().Where(input => !input.IsConstant).Distinct();
}
