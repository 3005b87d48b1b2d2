using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;
using EdgeConv.Kernels.Convolution;

namespace EdgeConv.Engine.Passes;

/// <summary>
/// Joins the convolutions of depthwise-separable blocks into chains that run a few rows at a time: expand →
/// depthwise → project of an inverted residual block, depthwise → project, and expand → depthwise where
/// squeeze-and-excitation needs the whole image next. What lies between them is then never in memory as a whole.
/// </summary>
internal sealed class StreamRows
{
    private readonly ModelGraph _graph;
    private readonly StreamRule _rule;
    private readonly Dictionary<Value, List<Node>> _readers = [];
    private readonly Dictionary<Node, StreamedBlock> _blockOf = [];

    private StreamRows(ModelGraph graph, StreamRule rule)
    {
        _graph = graph;
        _rule = rule;
        foreach (Node node in graph.Nodes)
        {
            foreach (Value input in node.Inputs.OfType<Value>())
            {
                if (!_readers.TryGetValue(input, out List<Node>? readers))
                    _readers.Add(input, readers = []);
                readers.Add(node);
            }
        }
    }

    /// <summary>Rewrites the graph, whose convolutions have channels last where they can.</summary>
    /// <returns>Every block that was looked at, in execution order.</returns>
    public static IReadOnlyList<StreamedBlock> Run(ModelGraph graph, StreamRule rule)
    {
        StreamRows pass = new(graph, rule);
        IReadOnlyList<StreamedBlock> blocks = [.. graph.Nodes.ToArray().Select(pass.Look).OfType<StreamedBlock>()];
        pass.Commit();
        return blocks;
    }

    private static Convolution? Link(Node? node) =>
        node?.Operator is Convolution { IsChannelsLast: true, HasScale: false } link && link.Geometry.Axes.Count == 2 ? link : null;

    private StreamedBlock? Look(Node node)
    {
        if (Link(node) is not { Geometry.IsDepthwise: true, HasResidual: false })
            return null;
        Node? before = Before(node), after = After(node);
        Node[] nodes = [.. new[] { before, node, after }.OfType<Node>()];
        if (nodes.Length == 1)
            return null;
        string? obstacle =
            Statistics(nodes) ?? _rule.Obstacle([.. nodes.Select(n => (Convolution)n.Operator!)]);
        StreamedBlock block = new([.. nodes.Select(n => n.Name)], obstacle);
        foreach (Node part in nodes)
            _blockOf[part] = block;
        return block;
    }

    // Rows that nothing reads are not computed, and what runs before the last node cannot read from the chain.
    private string? Statistics(Node[] nodes)
    {
        for (int i = 0; i < nodes.Length - 1; i++)
        {
            if (nodes[i].Outputs.Skip(1).OfType<Value>().Any(_readers.ContainsKey))
                return $"the means of '{nodes[i].Name}' are needed before it ends";
            bool isReduced = nodes[i].Operator is Convolution { Statistics.IsEmpty: false };
            if (isReduced && nodes.Skip(i + 1).Any(next => !ReadsAllRows(next)))
                return $"the statistics of '{nodes[i].Name}' are of rows that nothing reads, too";
        }

        return null;
    }

    private static bool ReadsAllRows(Node node) =>
        ConvolutionChain.ReadsAllRows(LayerShape.Of((Convolution)node.Operator!));

    // The convolution whose output the depthwise one alone reads, unless it belongs to the block before.
    private Node? Before(Node node) => node.Inputs[0]?.Producer is { } producer
        && Link(producer) is { HasResidual: false, Geometry.Groups: 1 }
        && IsPrivate(producer.Outputs[0]!) && !_blockOf.ContainsKey(producer) ? producer : null;

    private Node? After(Node node) => IsPrivate(node.Outputs[0]!) && _readers[node.Outputs[0]!][0] is var reader
        && Link(reader) is { Geometry.IsPointwise: true } && reader.Inputs[0] == node.Outputs[0] ? reader : null;

    private bool IsPrivate(Value value) =>
        !_graph.Outputs.Contains(value) && _readers.GetValueOrDefault(value) is { Count: 1 };

    private void Commit()
    {
        List<Node> nodes = [];
        Dictionary<StreamedBlock, List<Node>> parts = [];
        foreach (Node node in _graph.Nodes)
        {
            if (!_blockOf.TryGetValue(node, out StreamedBlock? block) || !block.IsStreamed)
            {
                nodes.Add(node);
                continue;
            }

            if (!parts.TryGetValue(block, out List<Node>? found))
                parts.Add(block, found = []);
            found.Add(node);
            if (found.Count == block.Nodes.Count)
                nodes.Add(Join(found));
        }

        _graph.Nodes.Clear();
        _graph.Nodes.AddRange(nodes);
    }

    private static Node Join(List<Node> nodes)
    {
        Node last = nodes[^1];
        Node joined = new(last.Name, StreamedConvolutions.Name, last.Opset,
            StreamedConvolutions.InputsOf(nodes), StreamedConvolutions.OutputsOf(nodes), last.Attributes);
        joined.Operator = new StreamedConvolutions(joined, [.. nodes.Select(n => (Convolution)n.Operator!)]);
        return joined;
    }
}
