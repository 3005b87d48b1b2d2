using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;

namespace EdgeConv.Engine.Passes;

/// <summary>
/// The one way passes change a graph that has shapes. After every change:
/// <list type="bullet">
/// <item>nodes stand in an order in which each comes after the producers of its inputs;</item>
/// <item>a value's <see cref="Value.Producer"/> is the node that makes it, and all uses are known;</item>
/// <item>the graph's outputs and the tapped values are still made, of the same type and shape.</item>
/// </list>
/// A change that would break one of these throws. <see cref="Commit"/> writes the nodes to the graph.
/// </summary>
internal sealed class GraphRewriter
{
    private static readonly HashSet<Use> None = [];
    private readonly ModelGraph _graph;
    private readonly Func<Node, Operator> _create;
    private readonly HashSet<string> _taps;
    private readonly HashSet<Value> _outputs;
    private readonly LinkedList<Node> _order = [];
    private readonly Dictionary<Node, LinkedListNode<Node>> _places = [];
    private readonly Dictionary<Value, HashSet<Use>> _uses = [];

    /// <summary>Starts to rewrite <paramref name="graph"/>.</summary>
    /// <param name="graph">Its nodes are in execution order.</param>
    /// <param name="taps">Names of values that must stay as they are.</param>
    /// <param name="create">Makes the operators of new nodes that have none yet.</param>
    public GraphRewriter(ModelGraph graph, IEnumerable<string> taps, Func<Node, Operator> create)
    {
        _graph = graph;
        _create = create;
        _taps = new HashSet<string>(taps, StringComparer.Ordinal);
        _outputs = [.. graph.Outputs];
        foreach (Node node in graph.Nodes)
            Add(node, _order.AddLast(node));
    }

    /// <summary>The nodes in execution order.</summary>
    public IReadOnlyCollection<Node> Nodes => _order;

    /// <summary>Whether the node is in the graph.</summary>
    public bool Contains(Node node) => _places.ContainsKey(node);

    /// <summary>Whether the value must be made whoever reads it: tapped, or output by the graph.</summary>
    public bool IsKept(Value value) => _outputs.Contains(value) || _taps.Contains(value.Name);

    /// <summary>Whether nothing at all reads the value.</summary>
    public bool IsUnused(Value? value) => value is null || (!IsKept(value) && UsesOf(value).Count == 0);

    /// <summary>
    /// The node that makes <paramref name="value"/>, when the value is read once and nothing else of the
    /// node is, so that it and the reader can become one; null otherwise.
    /// </summary>
    public Node? PrivateProducer(Value? value) =>
        value?.Producer is { } producer && !IsKept(value) && UsesOf(value).Count == 1
        && producer.Outputs.All(output => output == value || IsUnused(output))
            ? producer
            : null;

    /// <summary>As <see cref="PrivateProducer(Value?)"/>, of one operator only.</summary>
    public Node? PrivateProducer(Value? value, string operatorName) =>
        PrivateProducer(value) is { } producer && producer.OperatorName == operatorName ? producer : null;

    /// <summary>
    /// Removes a node whose output 0 has the content of its input <paramref name="source"/>, which its
    /// readers read from then on.
    /// </summary>
    /// <returns>
    /// False when the node must stay: type or shape differ, the output is tapped, or the graph outputs it
    /// and <paramref name="source"/> is a graph input or another output.
    /// </returns>
    public bool TryBypass(Node node, Value source)
    {
        Value output = node.Outputs[0]!;
        if (_taps.Contains(output.Name) || output.Type != source.Type || !output.Shape!.Equals(source.Shape))
            return false;
        if (_outputs.Contains(output) && (source.Producer is null || _outputs.Contains(source)))
            return false;
        foreach (Use use in UsesOf(output).ToArray())
            Redirect(use, source);
        if (_outputs.Remove(output))
        {
            _outputs.Add(source);
            _graph.Outputs.AsSpan().Replace(output, source);
        }

        Remove(node);
        return true;
    }

    /// <summary>Removes a node that nothing reads.</summary>
    public void Remove(Node node) => Replace([node]);

    /// <summary>
    /// Puts new nodes in the place of others. The new ones read what those read, or each other, and make
    /// every value that is still wanted.
    /// </summary>
    /// <param name="removed">In execution order; the new nodes stand where the last of them stood.</param>
    /// <param name="added">In execution order; those without operator get one.</param>
    public void Replace(ReadOnlySpan<Node> removed, params ReadOnlySpan<Node> added)
    {
        HashSet<Value> sources = [];
        LinkedListNode<Node>[] places = new LinkedListNode<Node>[removed.Length];
        for (int i = 0; i < removed.Length; i++)
        {
            sources.UnionWith(removed[i].Inputs.OfType<Value>());
            places[i] = Forget(removed[i]);
        }

        LinkedListNode<Node> place = places[^1];
        foreach (Node node in added)
        {
            CheckSources(node, sources);
            Infer(node);
            place = _order.AddAfter(place, node);
            Add(node, place);
            sources.UnionWith(node.Outputs.OfType<Value>());
        }

        foreach (LinkedListNode<Node> old in places)
        {
            _order.Remove(old);
            CheckLoss(old.Value);
        }
    }

    /// <summary>Writes the nodes to the graph.</summary>
    public void Commit()
    {
        _graph.Nodes.Clear();
        _graph.Nodes.AddRange(_order);
    }

    private static void CheckSources(Node node, HashSet<Value> sources)
    {
        foreach (Value? input in node.Inputs)
        {
            if (input is { IsConstant: false } && !sources.Contains(input))
                throw new InvalidOperationException($"{node} reads {input}, the nodes it replaces do not");
        }
    }

    private void CheckLoss(Node removed)
    {
        foreach (Value? output in removed.Outputs)
        {
            if (output is { Producer: null } && !IsUnused(output))
                throw new InvalidOperationException($"{output} went with {removed} and is still read");
        }
    }

    private void Infer(Node node)
    {
        (DataType? Type, Shape? Shape)[] wanted =
            [.. node.Outputs.Select(value => (value?.Type, value?.Shape))];
        NodeInference.Infer(_graph, node, _create);
        for (int i = 0; i < wanted.Length; i++)
        {
            if (wanted[i].Shape is { } shape
                && !(shape.Equals(node.Outputs[i]!.Shape) && wanted[i].Type == node.Outputs[i]!.Type))
            {
                throw new InvalidOperationException($"{node} made {node.Outputs[i]} of what was {shape}");
            }
        }
    }

    private HashSet<Use> UsesOf(Value value) => _uses.GetValueOrDefault(value, None);

    private void Redirect(Use use, Value to)
    {
        _uses[use.Reader.Inputs[use.Input]!].Remove(use);
        use.Reader.Inputs[use.Input] = to;
        AddUse(use, to);
    }

    private void AddUse(Use use, Value value)
    {
        if (!_uses.TryGetValue(value, out HashSet<Use>? uses))
            _uses.Add(value, uses = []);
        uses.Add(use);
    }

    private void Add(Node node, LinkedListNode<Node> place)
    {
        _places.Add(node, place);
        for (int i = 0; i < node.Inputs.Length; i++)
        {
            if (node.Inputs[i] is { } input)
                AddUse(new Use(node, i), input);
        }

        foreach (Value? output in node.Outputs)
            output?.Producer = node;
    }

    // The node keeps its place in the order until what replaces it stands.
    private LinkedListNode<Node> Forget(Node node)
    {
        _places.Remove(node, out LinkedListNode<Node>? place);
        for (int i = 0; i < node.Inputs.Length; i++)
        {
            if (node.Inputs[i] is { } input)
                _uses[input].Remove(new Use(node, i));
        }

        foreach (Value? output in node.Outputs)
            output?.Producer = null;
        return place ?? throw new InvalidOperationException($"{node} is not in the graph");
    }

    /// <summary>One reading of a value: as input <paramref name="Input"/> of a node.</summary>
    private readonly record struct Use(Node Reader, int Input);
}
