using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;

namespace EdgeConv.Engine.Execution;

/// <summary>
/// Adds a <see cref="TapStatistics"/> or <see cref="TapMap"/> node behind the producer of every tapped or
/// mapped value, and its result to the graph's outputs. As one more reader of the value it keeps passes from
/// fusing across it.
/// </summary>
internal static class TapInsertion
{
    private const int SuggestedNames = 3;
    private static readonly Kind<TapStatistics> s_tap = new("tap", TapStatistics.Name, n => new TapStatistics(n));
    private static readonly Kind<TapMap> s_map = new("map", TapMap.Name, node => new TapMap(node));

    /// <summary>
    /// Adds the statistics of <paramref name="taps"/>, then the activations of <paramref name="maps"/> to the
    /// outputs, in their order.
    /// </summary>
    /// <exception cref="ModelError">A name is no value of the graph.</exception>
    public static TappedGraph Insert(
        ModelGraph graph, IReadOnlyList<string> taps, IReadOnlyList<string> maps)
    {
        if (taps.Count == 0 && maps.Count == 0)
            return new TappedGraph(graph, [], []);
        Dictionary<string, Value> values = ValuesByName(graph);
        TapStatistics[] statistics = Insert(graph, values, taps, s_tap);
        TapMap[] kept = Insert(graph, values, maps, s_map);
        IEnumerable<Operator> added = [.. statistics, .. kept];
        ModelGraph tapped = new()
        {
            ModelName = graph.ModelName,
            Nodes = graph.Nodes,
            Inputs = graph.Inputs,
            Outputs = [.. graph.Outputs, .. added.Select(reader => reader.Node.Outputs[0]!)],
            OutputNames = [.. graph.OutputNames, .. added.Select(reader => reader.Node.Name)],
        };
        return new TappedGraph(tapped, statistics, kept);
    }

    private static TOperator[] Insert<TOperator>(
        ModelGraph graph,
        Dictionary<string, Value> values,
        IReadOnlyList<string> names,
        Kind<TOperator> kind)
        where TOperator : Operator
    {
        Dictionary<string, TOperator> inserted = [];
        foreach (string name in names.Distinct())
        {
            if (!values.TryGetValue(name, out Value? value))
                throw Absent(graph, name, kind.Noun, values.Keys);
            Node node = NewReader(graph, value, kind.Operator, kind.Noun);
            node.Operator = inserted[name] = kind.Create(node);
        }

        return [.. names.Select(name => inserted[name])];
    }

    private static Node NewReader(ModelGraph graph, Value value, string operatorName, string noun)
    {
        string name = $"{noun} of {value.Name}";
        NodeAttributes attributes = new(graph.ModelName, new Dictionary<string, object>());
        Node node = new(name, operatorName, opset: 1, [value], [new Value(name)], attributes);
        graph.Nodes.Insert(value.Producer is { } producer ? graph.Nodes.IndexOf(producer) + 1 : 0, node);
        return node;
    }

    private static Dictionary<string, Value> ValuesByName(ModelGraph graph)
    {
        IEnumerable<Value> values = graph.Nodes.SelectMany(n => n.Inputs.Concat(n.Outputs)).OfType<Value>()
            .Concat(graph.Inputs.Select(i => i.Value)).Concat(graph.Outputs);
        return values.Distinct().DistinctBy(v => v.Name).ToDictionary(v => v.Name);
    }

    private static ModelError Absent(ModelGraph graph, string wanted, string noun, IEnumerable<string> names)
    {
        IEnumerable<string> near = names.OrderBy(name => EditDistance.Between(name, wanted))
            .ThenBy(name => name, StringComparer.Ordinal).Take(SuggestedNames);
        string suggestion = string.Join(", ", near.Select(n => $"'{n}'"));
        return new ModelError(
            graph.ModelName, $"has no value '{wanted}' to {noun}; near names are {suggestion}");
    }

    /// <summary>A kind of reader, and how it is called in messages and listings.</summary>
    private sealed record Kind<TOperator>(string Noun, string Operator, Func<Node, TOperator> Create);
}

/// <summary>A graph whose last outputs are statistics of taps, then maps.</summary>
/// <param name="Graph">The graph.</param>
/// <param name="Taps">The operators that compute the statistics, in the order of the outputs.</param>
/// <param name="Maps">The operators that keep activations, in the order of the outputs.</param>
internal sealed record TappedGraph(
    ModelGraph Graph, IReadOnlyList<TapStatistics> Taps, IReadOnlyList<TapMap> Maps);
