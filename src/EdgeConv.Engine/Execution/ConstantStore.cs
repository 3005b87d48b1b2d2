using EdgeConv.Core;
using EdgeConv.Engine.Graph;

namespace EdgeConv.Engine.Execution;

/// <summary>Owns the constants of a graph, and frees those that nothing reads any more.</summary>
internal sealed class ConstantStore : IDisposable
{
    private readonly HashSet<Tensor> _tensors = [];
    private readonly HashSet<(Node Node, int Input)> _released = [];
    private readonly Dictionary<Tensor, int> _readers = [];

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

    /// <summary>
    /// Counts who reads each constant of a graph that does not change any more, and frees what nobody does.
    /// </summary>
    public void CountReaders(ModelGraph graph)
    {
        foreach (Value output in graph.Outputs)
            AddReader(output);
        foreach (Node node in graph.Nodes)
        {
            foreach (Value? input in node.Inputs)
                AddReader(input);
        }

        foreach (Tensor tensor in _tensors.Where(tensor => !_readers.ContainsKey(tensor)).ToList())
            Free(tensor);
    }

    /// <summary>
    /// Notes that a node does not read some of its constant inputs when it runs; what nobody reads any more is
    /// freed.
    /// </summary>
    public void Release(Node node, IEnumerable<int> inputs)
    {
        foreach (int input in inputs)
        {
            if (input >= node.Inputs.Length || !_released.Add((node, input)))
                continue;
            if (node.Inputs[input]?.Constant is { } tensor && --_readers[tensor] == 0)
                Free(tensor);
        }
    }

    /// <summary>Reads what is left from the model's file.</summary>
    /// <exception cref="ModelError">It cannot be read.</exception>
    public void Complete()
    {
        foreach (Tensor tensor in _tensors)
            tensor.Complete();
    }

    /// <summary>What a node reads as its input: the constant unless the node has released it.</summary>
    public Tensor? ReadBy(Node node, int input) =>
        _released.Contains((node, input)) ? null : node.Inputs[input]?.Constant;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor tensor in _tensors)
            tensor.Dispose();
        _tensors.Clear();
    }

    private void AddReader(Value? value)
    {
        if (value?.Constant is { } tensor)
            _readers[tensor] = _readers.GetValueOrDefault(tensor) + 1;
    }

    private void Free(Tensor tensor)
    {
        tensor.Dispose();
        _tensors.Remove(tensor);
    }
}
