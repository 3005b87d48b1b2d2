using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;
using EdgeConv.Kernels;
using EdgeConv.Kernels.Statistics;

namespace EdgeConv.Engine.Passes;

/// <summary>
/// Lets a convolution reduce its output itself, while it is in the cache: to the mean and variance of a tap,
/// and to the means that squeeze-and-excitation or a classifier begins with. An activation that a tap kept
/// apart from its convolution goes into it, the tap sees the values before it.
/// </summary>
/// <remarks>
/// <code>
/// x ─ Conv ─ y ┬ TapStatistics        x ─ Conv ┬ statistics of y
///              └ Relu ─ z                      └ z
/// </code>
/// </remarks>
internal sealed class FuseStatistics
{
    /// <summary>What it does, for listings.</summary>
    public const string Name = "fuse statistics";

    private readonly ModelGraph _graph;
    private readonly List<Rewrite> _log;
    private readonly ILookup<Value, Node> _readers;
    private readonly HashSet<Node> _fused = [];

    private FuseStatistics(ModelGraph graph, List<Rewrite> log)
    {
        _graph = graph;
        _log = log;
        _readers = graph.Nodes
            .SelectMany(node => node.Inputs.OfType<Value>().Select(value => (value, node)))
            .ToLookup(read => read.value, read => read.node);
    }

    /// <summary>Rewrites the graph, whose convolutions have channels last where they can.</summary>
    public static void Run(ModelGraph graph, List<Rewrite> log)
    {
        FuseStatistics pass = new(graph, log);
        for (int i = 0; i < graph.Nodes.Count; i++)
        {
            if (graph.Nodes[i].Operator is Convolution { IsChannelsLast: true, Geometry.Batch: 1 })
                graph.Nodes[i] = pass.Fuse(graph.Nodes[i]);
        }

        graph.Nodes.RemoveAll(pass._fused.Contains);
    }

    private Node Fuse(Node node)
    {
        Convolution convolution = (Convolution)node.Operator!;
        Value output = node.Outputs[0]!;
        Activation activation = convolution.Activation;
        (Node? before, Node? activated) = activation == Activation.None ? Before(output) : (null, null);
        if (activated is not null)
        {
            output = activated.Outputs[0]!;
            activation = ActivationNodes.Of(activated)!.Value;
        }

        Node? after = After(output);
        if (before is null && after is null)
            return node;
        Node fused = new(node.Name, node.OperatorName, node.Opset, node.Inputs,
            [output, before?.Outputs[0], after?.Outputs[0]], node.Attributes);
        fused.Operator = convolution.WithStatistics(
            fused, activation, new OutputStatistics(StatisticOf(before), StatisticOf(after)));
        foreach (Node? part in (Node?[])[before, activated, after])
            Drop(part, node);
        return fused;
    }

    // A tap and an activation that alone read a value.
    private (Node? Tap, Node? Activation) Before(Value value)
    {
        if (_graph.Outputs.Contains(value) || _readers[value].ToArray() is not [var first, var second])
            return (null, null);
        (Node tap, Node other) = first.Operator is TapStatistics ? (first, second) : (second, first);
        bool isBefore = tap.Operator is TapStatistics && other.Inputs[0] == value
            && ActivationNodes.Of(other) is { } activation && activation != Activation.None;
        return isBefore ? (tap, other) : (null, null);
    }

    private Node? After(Value value) => _readers[value]
        .Where(reader => reader.Operator is TapStatistics or ChannelsLastPool { IsMean: true })
        .OrderBy(reader => reader.Operator is not TapStatistics)
        .FirstOrDefault();

    private static Statistic StatisticOf(Node? node) => node?.Operator switch
    {
        null => Statistic.None,
        TapStatistics => Statistic.MeanAndVariance,
        _ => Statistic.Mean,
    };

    private void Drop(Node? part, Node into)
    {
        if (part is null)
            return;
        _fused.Add(part);
        _log.Add(new Rewrite(Name, part.Name, $"{part.OperatorName} went into '{into.Name}'"));
    }
}
