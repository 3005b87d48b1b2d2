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

    /// <summary>Adds the taps' statistics to the outputs, in the order of <paramref name="names"/>.</summary>
    /// <exception cref="ModelError">A name is no value of the graph.</exception>
    public static TappedGraph Insert(ModelGraph graph, IReadOnlyList<string> names)
    {
        if (names.Count == 0)
            return new TappedGraph(graph, []);
        Dictionary<string, Value> values = ValuesByName(graph);
        Dictionary<string, TapStatistics> inserted = [];
        foreach (string name in names.Distinct())
        {
            if (!values.TryGetValue(name, out Value? value))
                throw Absent(graph, name, values.Keys);
            inserted[name] = Insert(graph, value);
        }

        TapStatistics[] taps = [.. names.Select(name => inserted[name])];
        ModelGraph tapped = new()
        {
            ModelName = graph.ModelName,
            Nodes = graph.Nodes,
            Inputs = graph.Inputs,
            Outputs = [.. graph.Outputs, .. taps.Select(tap => tap.Node.Outputs[0]!)],
            OutputNames = [.. graph.OutputNames, .. names.Select(NameOf)],
        };
        return new TappedGraph(tapped, taps);
    }

    private static TapStatistics Insert(ModelGraph graph, Value tapped)
    {
        Value statistics = new(NameOf(tapped.Name));
        NodeAttributes attributes = new(graph.ModelName, new Dictionary<string, object>());
        Node node = new(
            NameOf(tapped.Name), TapStatistics.Name, opset: 1, [tapped], [statistics], attributes);
        TapStatistics tap = new(node);
        node.Operator = tap;
        graph.Nodes.Insert(tapped.Producer is { } p ? graph.Nodes.IndexOf(p) + 1 : 0, node);
        return tap;
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

/// <summary>A graph whose last outputs are statistics of taps.</summary>
/// <param name="Graph">The graph.</param>
/// <param name="Taps">The operators that compute them, in the order of the outputs.</param>
internal sealed record TappedGraph(ModelGraph Graph, IReadOnlyList<TapStatistics> Taps);
