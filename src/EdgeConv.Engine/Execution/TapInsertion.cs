using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Execution;

/// <summary>
/// Adds a <see cref="TapStatistics"/> node behind the producer of every tapped value, and its result to the
/// graph's outputs. As one more reader of the value it keeps passes from fusing across it.
/// </summary>
internal static class TapInsertion
{
    private const int SuggestedNames = 3;

    /// <summary>The graph with the taps' statistics as further outputs, in the order of <paramref name="taps"/>.</summary>
    /// <exception cref="ModelError">A name is no value of the graph.</exception>
    public static ModelGraph Insert(ModelGraph graph, IReadOnlyList<string> taps)
    {
        if (taps.Count == 0)
            return graph;
        Dictionary<string, Value> values = ValuesByName(graph);
        List<Value> outputs = [.. graph.Outputs];
        foreach (string tap in taps.Distinct())
        {
            if (!values.TryGetValue(tap, out Value? value))
                throw Absent(graph, tap, values.Keys);
            outputs.Add(Insert(graph, value));
        }

        Value[] all = [.. graph.Outputs, .. taps.Select(t => outputs.First(o => o.Name == NameOf(t)))];
        return new ModelGraph
        {
            ModelName = graph.ModelName,
            Nodes = graph.Nodes,
            Inputs = graph.Inputs,
            Outputs = all,
            OutputNames = [.. graph.OutputNames, .. taps.Select(NameOf)],
        };
    }

    private static Value Insert(ModelGraph graph, Value tapped)
    {
        Value statistics = new(NameOf(tapped.Name));
        NodeAttributes attributes = new(graph.ModelName, new Dictionary<string, object>());
        Node node = new(
            NameOf(tapped.Name), TapStatistics.OperatorName, opset: 1, [tapped], [statistics], attributes);
        node.Operator = new TapStatistics(node);
        graph.Nodes.Insert(tapped.Producer is { } p ? graph.Nodes.IndexOf(p) + 1 : 0, node);
        return statistics;
    }

    private static string NameOf(string tap) => $"tap of {tap}";

    private static Dictionary<string, Value> ValuesByName(ModelGraph graph)
    {
        IEnumerable<Value> values = graph.Nodes.SelectMany(n => n.Inputs.Concat(n.Outputs)).OfType<Value>()
            .Concat(graph.Inputs.Select(i => i.Value)).Concat(graph.Outputs);
        return values.Distinct().DistinctBy(v => v.Name).ToDictionary(v => v.Name);
    }

    private static ModelError Absent(ModelGraph graph, string tap, IEnumerable<string> names)
    {
        IEnumerable<string> near = names.OrderBy(name => EditDistance.Between(name, tap))
            .ThenBy(name => name, StringComparer.Ordinal).Take(SuggestedNames);
        return new ModelError(graph.ModelName,
            $"has no value '{tap}' to tap; near names are {string.Join(", ", near.Select(n => $"'{n}'"))}");
    }
}
