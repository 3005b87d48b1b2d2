using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Execution;

/// <summary>Owns the constants of a graph, and frees those that nothing reads any more.</summary>
internal sealed class ConstantStore : IDisposable
{
    private readonly HashSet<Tensor> _tensors = [];
    private readonly HashSet<(Node Node, int Input)> _released = [];

    /// <summary>Takes ownership of all constants in the graph.</summary>
    public void Collect(ModelGraph graph)
    {
        IEnumerable<Value> values = graph.Nodes.SelectMany(node => node.Inputs).OfType<Value>()
            .Concat(graph.Outputs).Concat(graph.Inputs.Select(input => input.Value));
        foreach (Value value in values)
        {
            if (value.Constant is { } tensor)
                _tensors.Add(tensor);
        }
    }

    /// <summary>Notes that a node does not read some of its constant inputs when it runs.</summary>
    public void Release(Node node, IEnumerable<int> inputs)
    {
        foreach (int input in inputs)
            _released.Add((node, input));
    }

    /// <summary>What a node reads as its input: the constant unless the node has released it.</summary>
    public Tensor? ReadBy(Node node, int input) =>
        _released.Contains((node, input)) ? null : node.Inputs[input]?.Constant;

    /// <summary>Frees the constants that no node reads and the graph does not output.</summary>
    public void FreeUnused(ModelGraph graph)
    {
        HashSet<Tensor> used = [.. graph.Outputs.Select(output => output.Constant).OfType<Tensor>()];
        foreach (Node node in graph.Nodes)
        {
            for (int i = 0; i < node.Inputs.Length; i++)
            {
                if (ReadBy(node, i) is { } tensor)
                    used.Add(tensor);
            }
        }

        foreach (Tensor tensor in _tensors.Where(tensor => !used.Contains(tensor)))
            tensor.Dispose();
        _tensors.IntersectWith(used);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor tensor in _tensors)
            tensor.Dispose();
        _tensors.Clear();
    }
}
