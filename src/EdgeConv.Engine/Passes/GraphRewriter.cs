using System.Diagnostics.CodeAnalysis;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Passes;

/// <summary>
/// Replaces nodes of a graph while a pass walks over it, and knows who reads each value. Changes reach the
/// graph with <see cref="Commit"/>.
/// </summary>
internal sealed class GraphRewriter
{
    private readonly ModelGraph _graph;
    private readonly List<List<Node>> _slots;
    private readonly Dictionary<Node, int> _slotOf = [];
    private readonly Dictionary<Value, List<Node>> _readers = [];
    private readonly HashSet<Value> _outputs;

    /// <summary>Starts on the graph as it is.</summary>
    public GraphRewriter(ModelGraph graph)
    {
        _graph = graph;
        _outputs = [.. graph.Outputs];
        _slots = [.. graph.Nodes.Select(node => new List<Node> { node })];
        for (int i = 0; i < _slots.Count; i++)
            Add(_slots[i][0], i);
    }

    /// <summary>
    /// Nodes in execution order; those replaced on the way are left out, their replacements too.
    /// </summary>
    public IEnumerable<Node> Nodes => _graph.Nodes.Where(_slotOf.ContainsKey);

    /// <summary>Nodes in execution order, as rewritten so far.</summary>
    public IEnumerable<Node> Rewritten => _slots.SelectMany(slot => slot);

    /// <summary>
    /// The one node that reads the value, once; false when there are more or the graph outputs it.
    /// </summary>
    public bool TryOnlyReader([NotNullWhen(true)] Value? value, [NotNullWhen(true)] out Node? reader)
    {
        reader = null;
        if (value is null || _outputs.Contains(value)
            || !_readers.TryGetValue(value, out List<Node>? readers) || readers.Count != 1)
        {
            return false;
        }

        reader = readers[0];
        return true;
    }

    /// <summary>
    /// Whether the nodes given are all that reads the value, and the graph does not output it.
    /// </summary>
    public bool IsReadOnlyBy([NotNullWhen(true)] Value? value, params ReadOnlySpan<Node> readers)
    {
        if (value is null || _outputs.Contains(value) || !_readers.TryGetValue(value, out List<Node>? all))
            return false;
        foreach (Node reader in all)
        {
            if (!readers.Contains(reader))
                return false;
        }

        return true;
    }

    /// <summary>The node that makes the value and is still in the graph.</summary>
    public bool TryProducer([NotNullWhen(true)] Value? value, [NotNullWhen(true)] out Node? producer)
    {
        producer = value?.Producer;
        return producer is not null && _slotOf.ContainsKey(producer);
    }

    /// <summary>Puts nodes where the last of the removed ones stood.</summary>
    public void Replace(IReadOnlyList<Node> removed, params ReadOnlySpan<Node> added)
    {
        int slot = removed.Max(node => _slotOf[node]);
        foreach (Node node in removed)
            Remove(node);
        foreach (Node node in added)
        {
            _slots[slot].Add(node);
            Add(node, slot);
        }
    }

    /// <summary>Writes the nodes back to the graph.</summary>
    public void Commit()
    {
        List<Node> nodes = [.. Rewritten];
        _graph.Nodes.Clear();
        _graph.Nodes.AddRange(nodes);
    }

    private void Add(Node node, int slot)
    {
        _slotOf[node] = slot;
        foreach (Value? input in node.Inputs)
        {
            if (input is null)
                continue;
            if (!_readers.TryGetValue(input, out List<Node>? readers))
                _readers[input] = readers = [];
            readers.Add(node);
        }
    }

    private void Remove(Node node)
    {
        _slots[_slotOf[node]].Remove(node);
        _slotOf.Remove(node);
        foreach (Value? input in node.Inputs)
        {
            if (input is not null)
                _readers[input].Remove(node);
        }
    }
}
