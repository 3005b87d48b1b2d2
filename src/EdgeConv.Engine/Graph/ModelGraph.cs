using EdgeConv.Core;

namespace EdgeConv.Engine.Graph;

/// <summary>
/// A model as nodes and values; nodes stand in an order in which each comes after its producers.
/// </summary>
public sealed class ModelGraph
{
    /// <summary>File name, for messages.</summary>
    public required string ModelName { get; init; }

    /// <summary>Nodes in execution order. Passes change this list.</summary>
    public required List<Node> Nodes { get; init; }

    /// <summary>Graph inputs in the model's order; initializers are not among them.</summary>
    public required IReadOnlyList<GraphInput> Inputs { get; init; }

    /// <summary>Graph outputs in the model's order. Passes may replace elements.</summary>
    public required Value[] Outputs { get; init; }

    /// <summary>
    /// The names outputs are published under, which survive any pass; same order as <see cref="Outputs"/>.
    /// </summary>
    public required IReadOnlyList<string> OutputNames { get; init; }
}

/// <summary>A graph input and what the file says of it.</summary>
/// <param name="Value">The edge.</param>
/// <param name="Type">Declared element type.</param>
/// <param name="Dimensions">
/// Declared extents; -1 where the file leaves one free; null when it declares none.
/// </param>
public sealed record GraphInput(Value Value, DataType Type, IReadOnlyList<long>? Dimensions);
