using EdgeConv.Core;

namespace EdgeConv.Engine.Graph;

/// <summary>
/// Knows which values change their shape with the data. Such a value may leave the graph, but no other node
/// may read it: what follows would have to be planned anew in every run.
/// </summary>
internal sealed class DataDependence
{
    private readonly HashSet<Value> _values = [];

    /// <summary>Whether the node reads a value whose shape is only known while running.</summary>
    public bool Reaches(Node node) => node.Inputs.Any(input => input is not null && _values.Contains(input));

    /// <summary>Takes note of a node that runs in the session.</summary>
    /// <exception cref="ModelError">
    /// Unsupported: it reads a value whose shape depends on the data.
    /// </exception>
    public void Check(Node node)
    {
        Value? read = node.Inputs.FirstOrDefault(input => input is not null && _values.Contains(input));
        if (read is not null)
        {
            throw ModelError.Unsupported(
                node.Place, $"input '{read.Name}' changes its shape with the data; only graph outputs may");
        }

        if (node.OperatorName is "NonMaxSuppression" or "NonZero" or "Unique" or "Compress")
            _values.UnionWith(node.Outputs.OfType<Value>());
    }
}
