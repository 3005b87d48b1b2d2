using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;

namespace EdgeConv.Engine.Passes;

/// <summary>Changes a graph that has shapes and knows at all times which nodes read a value.</summary>
internal sealed class GraphEditor
{
    private static readonly HashSet<Node> None = [];
    private readonly ModelGraph _graph;
    private readonly Func<Node, Operator> _create;
    private readonly HashSet<string> _taps;
    private readonly Dictionary<Value, HashSet<Node>> _readers = [];
    private readonly HashSet<Value> _outputs;
    private readonly Dictionary<Node, int> _positions = [];
    private readonly HashSet<Node> _removed = [];

    /// <summary>Starts to edit <paramref name="graph"/>; call <see cref="Finish"/> at the end.</summary>
    public GraphEditor(ModelGraph graph, IEnumerable<string> taps, Func<Node, Operator> create)
    {
        _graph = graph;
        _create = create;
        _taps = new HashSet<string>(taps, StringComparer.Ordinal);
        _outputs = [.. graph.Outputs];
        for (int i = 0; i < graph.Nodes.Count; i++)
        {
            _positions.Add(graph.Nodes[i], i);
            AddReader(graph.Nodes[i]);
        }
    }

    /// <summary>Whether the value must stay as it is because the gate reads it.</summary>
    public bool IsTapped(Value value) => _taps.Contains(value.Name);

    /// <summary>Whether the value is an output of the graph.</summary>
    public bool IsOutput(Value value) => _outputs.Contains(value);

    /// <summary>Whether the node has gone.</summary>
    public bool IsRemoved(Node node) => _removed.Contains(node);

    /// <summary>Whether nothing at all reads the value.</summary>
    public bool IsUnused(Value? value) =>
        value is null || (ReadersOf(value).Count == 0 && !IsTapped(value) && !IsOutput(value));

    /// <summary>
    /// The node of operator <paramref name="name"/> that produces <paramref name="value"/>, when nothing else
    /// than its one reader sees the value, so that the two can be merged; null otherwise.
    /// </summary>
    public Node? PrivateProducer(Value? value, string name) =>
        value?.Producer is { } producer && producer.OperatorName == name && producer.Outputs.Length == 1
        && ReadersOf(value).Count == 1 && !IsTapped(value) && !IsOutput(value)
            ? producer
            : null;

    /// <summary>
    /// Lets all readers of <paramref name="from"/> read <paramref name="to"/>, which has the same content,
    /// and removes the node that produced it.
    /// </summary>
    /// <returns>
    /// False when <paramref name="from"/> must stay: it is tapped, or an output that cannot move.
    /// </returns>
    public bool TryBypass(Node node, Value from, Value to)
    {
        if (IsTapped(from) || from.Type != to.Type || !from.Shape!.Equals(to.Shape))
            return false;
        if (IsOutput(from) && (to.Producer is null || IsOutput(to)))
            return false;
        foreach (Node reader in ReadersOf(from).ToArray())
            ReplaceInput(reader, from, to);
        for (int i = 0; i < _graph.Outputs.Length; i++)
        {
            if (_graph.Outputs[i] == from)
                _graph.Outputs[i] = to;
        }

        if (_outputs.Remove(from))
            _outputs.Add(to);

        Remove(node);
        return true;
    }

    /// <summary>Takes the node out; nothing may read its outputs any more.</summary>
    public void Remove(Node node)
    {
        _removed.Add(node);
        RemoveReader(node);
    }

    /// <summary>
    /// Puts one node in the place of <paramref name="first"/> and <paramref name="second"/>: named as the
    /// first, producing what the second did.
    /// </summary>
    public void Merge(Node first, Node second, Node merged)
    {
        int position = _positions[first];
        Remove(first);
        Remove(second);
        Value output = merged.Outputs[0]!;
        (Core.DataType? type, Core.Shape? shape) = (output.Type, output.Shape);
        NodeInference.Infer(_graph, merged, _create);
        if (output.Type != type || !output.Shape!.Equals(shape))
            throw new InvalidOperationException($"{merged} made {output} of what was {type} {shape}");
        _graph.Nodes[position] = merged;
        _positions[merged] = position;
        AddReader(merged);
    }

    /// <summary>Takes out of the graph's list what was removed.</summary>
    public void Finish() => _graph.Nodes.RemoveAll(IsRemoved);

    private HashSet<Node> ReadersOf(Value value) => _readers.GetValueOrDefault(value, None);

    private void ReplaceInput(Node reader, Value from, Value to)
    {
        RemoveReader(reader);
        for (int i = 0; i < reader.Inputs.Length; i++)
        {
            if (reader.Inputs[i] == from)
                reader.Inputs[i] = to;
        }

        AddReader(reader);
    }

    private void AddReader(Node node)
    {
        foreach (Value? input in node.Inputs)
        {
            if (input is null)
                continue;
            if (!_readers.TryGetValue(input, out HashSet<Node>? readers))
                _readers.Add(input, readers = []);
            readers.Add(node);
        }
    }

    private void RemoveReader(Node node)
    {
        foreach (Value? input in node.Inputs)
        {
            if (input is not null)
                _readers[input].Remove(node);
        }
    }
}
